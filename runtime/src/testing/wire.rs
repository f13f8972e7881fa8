//! Transcripts over a WebSocket: of a router in this process, or at an address.

use std::fmt;
use std::future::Future;
use std::panic::{Location, resume_unwind};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use axum::Router;
use tokio::runtime::Builder;

use super::check::{self, Failure};
use super::client::Place;
use super::dialogue::place;
use super::transcript::Line;
use super::{accept, literal, script};
use crate::clock::pretended;
use crate::conversation::Conversation;
use crate::sessions::Sessions;
use crate::store::Filter;

/// Tests of what a router answers at a path, without a network: it is asked by a WebSocket client over a pipe in memory. `app`
/// makes the router, anew each time that a dialogue is played.
///
/// Time is the test's here, too. `~ 30s` costs none, but for the pings of the connection, so that `~ 30d` is for a
/// [`dialogue`](super::dialogue()); and while nothing else is left to do, single milliseconds pass by themselves. Each transcript is played again, once for every line at which the client
/// does something: there the connection breaks, and the client comes back with its cookie. That is left out where it was given
/// none, as by a router without conversations.
///
/// ```
/// use converse::Sessions;
/// use converse::prelude::*;
/// use converse::testing::route;
///
/// conversation! {
///     /// Takes an order.
///     pub Order(table: u8) {
///         let dish: String = ask "Which dish?";
///         say "{dish} for table {table}.";
///     }
/// }
///
/// #[ws_route("/order/{table}")]
/// async fn order(table: u8) -> Order {
///     Order { table }
/// }
///
/// route(|| routes![order].layer(Sessions::in_memory()), "/order/4").check(
///     "
///     < Which dish?
///     > Soup
///     < Soup for table 4.
///     ! end
///     ",
/// );
/// ```
pub fn route<A: Into<App>>(app: impl Fn() -> A + Send + Sync + 'static, path: &str) -> Wire {
    let (app, path) = (Arc::new(move || app().into()), path.to_owned());
    Wire { at: Place::Route { app, path }, headers: Vec::new(), hears: None }
}

/// Tests of what is served at an address: `ws://127.0.0.1:8080/introduce`.
///
/// Time is everybody's: `~ 30s` takes as long. Nothing is played twice, for what is there is not made anew for a test, and no
/// events can be sent. What is to be said is waited for, for 20 s, and what is said besides for a tenth of one. An address that begins with `wss://` fails: this client has no
/// TLS.
///
/// ```no_run
/// use converse::testing::address;
///
/// address("ws://127.0.0.1:8080/introduce").check("< What is your name?\n> Ada\n< And your age?");
/// ```
pub fn address(url: &str) -> Wire {
    Wire { at: Place::Address(url.to_owned()), headers: Vec::new(), hears: None }
}

/// A router, and the sessions that are in it where a transcript sends events, as for [`Wire::hears`].
///
/// ```
/// use converse::Sessions;
/// use converse::testing::App;
///
/// let sessions = Sessions::in_memory();
/// let router = axum::Router::new().layer(sessions.clone());
/// let app = App::from((router, sessions));
/// ```
pub struct App {
    pub(super) router: Router,
    sessions: Option<Sessions>,
}

impl From<Router> for App {
    fn from(router: Router) -> Self {
        App { router, sessions: None }
    }
}

impl From<(Router, Sessions)> for App {
    fn from((router, sessions): (Router, Sessions)) -> Self {
        App { router, sessions: Some(sessions) }
    }
}

type Sends = dyn Fn(Sessions, String, String) -> Sending + Send + Sync;
type Sending = Pin<Box<dyn Future<Output = Result<(), String>>>>;

/// Tests over a WebSocket: what [`route`] and [`address`] make.
#[must_use = "`check` or `check_files` runs the test"]
pub struct Wire {
    pub(super) at: Place,
    pub(super) headers: Vec<(String, String)>,
    /// Sends an event, as it is written, under a name.
    hears: Option<Arc<Sends>>,
}

impl Wire {
    /// A header of the client's request, for example `("authorization", "Bearer 7")`.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The conversation that hears the events of `*` lines. The router has to come with its sessions:
    ///
    /// ```
    /// use converse::Sessions;
    /// use converse::prelude::*;
    /// use converse::testing::route;
    ///
    /// conversation! {
    ///     /// Waits for the money.
    ///     pub Till hears u32 {
    ///         say "Pay, please.";
    ///         let cents: u32 = hear;
    ///         say "{cents} cents, thank you.";
    ///     }
    /// }
    ///
    /// #[ws_route("/till")]
    /// async fn till() -> Till {
    ///     Till
    /// }
    ///
    /// fn app() -> (axum::Router, Sessions) {
    ///     let sessions = Sessions::in_memory();
    ///     (routes![till].layer(sessions.clone()), sessions)
    /// }
    ///
    /// route(app, "/till").hears::<Till>().check("< Pay, please.\n* 50\n< 50 cents, thank you.\n! end");
    /// ```
    pub fn hears<C: Conversation>(mut self) -> Self {
        self.hears = Some(Arc::new(|sessions, name, event| Box::pin(send::<C>(sessions, name, event))));
        self
    }

    /// Plays a [transcript](crate::testing#what-a-line-says), as [`Dialogue::check`](super::Dialogue::check) does.
    ///
    /// # Panics
    ///
    /// If the dialogue goes otherwise, if what is written is no transcript, or if there is no WebSocket.
    #[track_caller]
    pub fn check(&self, transcript: &str) {
        let at = Location::caller();
        let accept = |accepted: &str| accept::in_source(at, transcript, accepted);
        check::text(&place(at), transcript, accept, |written| self.checked(Path::new(""), written));
    }

    /// Plays the transcripts in a folder, as [`Dialogue::check_files`](super::Dialogue::check_files) does.
    ///
    /// # Panics
    ///
    /// If one of them goes otherwise, or there is none.
    #[track_caller]
    pub fn check_files(&self, folder: impl AsRef<Path>) {
        check::files(folder.as_ref(), |folder, written| self.checked(folder, written));
    }

    /// On a thread with a runtime of its own, whatever there is around the test.
    fn checked(&self, folder: &Path, written: Vec<(usize, Line)>) -> Result<(), Failure> {
        let test = || {
            let is_ours = matches!(self.at, Place::Route { .. });
            let runtime = Builder::new_current_thread().enable_all().start_paused(is_ours).build();
            runtime.expect("the system has what a runtime needs").block_on(async {
                if is_ours {
                    pretended::begin(pretended::first());
                }
                script::survives(self, &written, folder).await
            })
        };
        thread::scope(|scope| scope.spawn(test).join()).unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Sends what an event's line says.
    pub(super) async fn send(&self, app: Option<&App>, name: String, event: &str) -> Result<(), String> {
        let sessions = app.and_then(|app| app.sessions.clone());
        match (&self.at, &self.hears, sessions) {
            (Place::Address(_), ..) => Err("events are sent within the process: an address takes none".to_owned()),
            (_, None, _) => Err("it is not said who hears events: `route(…).hears::<Order>()`".to_owned()),
            (.., None) => Err("events go through sessions: have `route` return `(router, sessions)`".to_owned()),
            (_, Some(send), Some(sessions)) => send(sessions, name, event.to_owned()).await,
        }
    }
}

/// To the only conversation of this flow that there is.
async fn send<C: Conversation>(sessions: Sessions, name: String, event: String) -> Result<(), String> {
    let flow = C::FLOW.name;
    let event =
        literal::read::<C::Event>(&event).map_err(|error| format!("`{event}` is no event of {flow}: {error}"))?;
    let filter = Filter { flow: Some(flow.into()), ..Filter::default() };
    let found = sessions.list(&filter, None, 2).await.map_err(|error| error.to_string())?;
    let [only] = &found[..] else { return Err(format!("there is no {flow}, or more than one, to send this to")) };
    sessions.send::<C>(only.id, &name, &event).await.map(drop).map_err(|error| error.to_string())
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Wire").field(&self.at).finish()
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("App").finish_non_exhaustive()
    }
}
