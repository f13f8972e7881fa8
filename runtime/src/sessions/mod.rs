//! Conversations that outlive their sockets: [`Sessions`].

mod body;
mod complaints;
mod cookie;
mod flows;
mod form;
mod keeper;
mod layer;
mod live;
mod said;
mod saved;
mod schemas;
#[cfg(feature = "encryption")]
mod seal;
mod ticket;
mod token;
mod visit;
mod wake;
mod write;

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Once};
use std::time::Duration;

pub(crate) use self::body::is_for_other_keys;
pub(crate) use self::form::schema;
pub(crate) use self::keeper::{Keeper, Unkept};
pub use self::layer::WithSessions;
pub(crate) use self::said::{Words, surplus};
pub(crate) use self::saved::{Access, Progress, Saved, State};
#[cfg(feature = "encryption")]
pub use self::seal::Keys;
pub use self::ticket::Ticket;
#[cfg(feature = "testing")]
pub(crate) use self::token::Token;
pub(crate) use self::visit::{Arrival, Entered, Standing, Visit};
use crate::connection::Connection;
use crate::conversation::Conversation;
use crate::held::Held;
use crate::session;
use crate::store::{
    Count, EventId, Filter, Id, Memory, Pushed, Record, Status, Store, StoreError, StoredEvent, Summary, Time,
};

/// Keeps conversations in a [`Store`], so that they outlive the socket, and with a store that does, the process.
///
/// As a layer of a router it keeps those of every route in it. A client that comes back is where it was, and is told once
/// more what was said since its last answer: a browser by a cookie of its own for each route, anybody by the key that the
/// application has [given](Conversation::keyed). The route's handler runs again, and may refuse. Of two who are in the same
/// conversation the first is closed with 4409.
///
/// A client that offers the subprotocol `converse.v1` to the same route speaks in numbered frames of JSON: it hears everything
/// once, and is heard once.
///
/// ```no_run
/// use converse::{Sessions, prelude::*, store::Memory};
///
/// conversation! {
///     /// Asks for a name.
///     pub Greeting {
///         let name: String = ask "Who are you?";
///         say "Hello, {name}!";
///     }
/// }
///
/// #[ws_route("/greet")]
/// async fn greet() -> Greeting { Greeting }
///
/// # async fn run() -> converse::Result {
/// let sessions = Sessions::new(Memory::default());
/// converse::serve("127.0.0.1:8080", routes![greet].layer(sessions)).await
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Sessions(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    store: Arc<dyn Store>,
    settings: Settings,
    pub(crate) complaints: complaints::Complaints,
    live: live::Live,
    flows: flows::Flows,
    schemas: schemas::Schemas,
    /// Since when they are there.
    since: Time,
    started: Once,
}

#[derive(Debug)]
struct Settings {
    idle: Duration,
    ended: Duration,
    patience: Duration,
    trust_pongs: bool,
    /// Whether what is stored stays in this process's memory.
    in_memory: bool,
    #[cfg(feature = "encryption")]
    keys: Option<Keys>,
}

impl Sessions {
    /// Keeps them in `store`.
    pub fn new(store: impl Store) -> Self {
        let in_memory = (&store as &dyn Any).is::<Memory>();
        let settings = Settings {
            idle: Duration::from_secs(7 * 24 * 60 * 60),
            ended: Duration::from_secs(60 * 60),
            patience: Duration::from_secs(20),
            trust_pongs: true,
            in_memory,
            #[cfg(feature = "encryption")]
            keys: None,
        };
        Sessions(Arc::new(Inner {
            store: Arc::new(store),
            settings,
            complaints: complaints::Complaints::default(),
            live: live::Live::default(),
            flows: flows::Flows::default(),
            schemas: schemas::Schemas::default(),
            since: Time::now(),
            started: Once::new(),
        }))
    }

    /// Keeps them in this process's memory: they outlive their sockets by an hour, and end with the process. This is what
    /// [`serve`](crate::serve) does with the conversations of a router that has no sessions.
    pub fn in_memory() -> Self {
        Sessions::new(Memory::default()).idle_for(Duration::from_secs(60 * 60))
    }

    /// How long a conversation is kept in which nothing happens; 7 days, if this is not called. Longer than the cookies of
    /// browsers it is of no use to them.
    #[must_use]
    pub fn idle_for(self, time: Duration) -> Self {
        self.set(|settings| settings.idle = time)
    }

    /// How long the last words of a conversation that has ended are kept for a client that may not have heard them; an hour,
    /// if this is not called.
    #[must_use]
    pub fn ended_for(self, time: Duration) -> Self {
        self.set(|settings| settings.ended = time)
    }

    /// How long a conversation waits for a store that cannot be reached, before its client is closed with 1013; 20 s, if
    /// this is not called. It is counted from the first try to write that has failed, and none that has begun is cut off: what
    /// the store takes for the first and for the last comes on top. Meanwhile nothing is read from the client, and nothing is lost.
    #[must_use]
    pub fn patience(self, time: Duration) -> Self {
        self.set(|settings| settings.patience = time)
    }

    /// Whether a pong says that a client has got what was said before its ping, so that this need not be said again; it
    /// does, if this is not called. Such a ping goes out once a client has been quiet for 200 ms: until then, and where it is
    /// gone by then, all is said again. Turn it off behind a proxy that answers pings by itself.
    #[must_use]
    pub fn trust_pongs(self, trust: bool) -> Self {
        self.set(|settings| settings.trust_pongs = trust)
    }

    /// Seals what is stored, so that nobody who has the store alone can read it or change it unnoticed: states, messages
    /// and events, but not the names of flows and questions, keys or dates. Then also a [`Secret`](crate::Secret) is stored.
    /// What is there and is not sealed is refused, unless [`Keys::and_unsealed`] says otherwise.
    #[cfg(feature = "encryption")]
    #[must_use]
    pub fn sealed_by(self, keys: Keys) -> Self {
        self.set(|settings| settings.keys = Some(keys))
    }

    /// # Panics
    ///
    /// If a router has them already.
    fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        let inner = Arc::get_mut(&mut self.0).expect("sessions are set up before a router has them");
        change(&mut inner.settings);
        self
    }

    /// Has this process go on with conversations of this kind that nobody is connected to, when an event comes or a clock
    /// runs out. A [`Server`](crate::Server) does so with those of the `#[ws_route]`s in its router, and any process with those
    /// that it has answered a request for: this is for the others.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn hold<C: Conversation>(&self, with: C::With) {
        self.0.flows.with::<C>(move || with);
        self.start();
    }

    /// Begins a conversation that nobody is connected to yet: it goes as far as it gets, and whoever comes with its key to a
    /// route of its kind is told what was said. Returns its name.
    ///
    /// # Errors
    ///
    /// [`Conflict`](StoreError::Conflict) where there is one with this key that has not ended;
    /// [`Fatal`](StoreError::Fatal) where its code panics or cannot be stored, which is logged; or the store cannot be
    /// reached.
    ///
    /// ```
    /// # use converse::{Sessions, prelude::*, store::StoreError};
    /// conversation! {
    ///     /// Has a person decide.
    ///     pub Approval(what: String) {
    ///         let yes: bool = ask "May I {what}?" within 7d else { return };
    ///         say "{yes}, then.";
    ///     }
    /// }
    ///
    /// # async fn run(sessions: Sessions) -> Result<(), StoreError> {
    /// let approval = Approval { what: "deploy on a Friday".into() };
    /// sessions.begin(approval.keyed("ada"), ()).await?;
    /// # Ok(()) }
    /// ```
    pub async fn begin<C: Conversation>(
        &self,
        conversation: impl Into<Held<C>>,
        with: C::With,
    ) -> Result<Id, StoreError> {
        self.start();
        session::begin(&self.0, conversation.into(), self.0.flows.with::<C>(|| with)).await
    }

    /// Sends an event to a conversation, wherever it is. It is stored, and is heard once: `id` is the sender's name for it,
    /// and of several with the same name only the first counts.
    ///
    /// # Errors
    ///
    /// The store cannot be reached, or the event cannot be stored.
    ///
    /// ```
    /// # use converse::{Sessions, prelude::*, store::Pushed};
    /// # conversation! { pub Checkout hears u32 { let paid: u32 = hear; say "{paid}"; } }
    /// # async fn paid(sessions: Sessions, order: &str) -> Result<(), converse::store::StoreError> {
    /// let Some(checkout) = sessions.find::<Checkout>(order).await? else { return Ok(()) };
    /// let pushed = sessions.send::<Checkout>(checkout.id, "payment 17", &1200).await?;
    /// assert_eq!(pushed, Pushed::New);
    /// # Ok(()) }
    /// ```
    pub async fn send<C: Conversation>(&self, to: Id, id: &str, event: &C::Event) -> Result<Pushed, StoreError> {
        let id = EventId::from(id);
        let body = self.0.put_event(to, &id, event).map_err(StoreError::Fatal)?;
        let pushed = self.0.store.push(to, &StoredEvent { id, body }).await?;
        if pushed == Pushed::New {
            self.0.live.tell(to);
        }
        Ok(pushed)
    }

    /// The conversation of this kind that has the key, and has not ended.
    ///
    /// # Errors
    ///
    /// The store cannot be reached.
    pub async fn find<C: Conversation>(&self, key: impl fmt::Display) -> Result<Option<Summary>, StoreError> {
        let record = self.0.store.find(C::FLOW.name, &key.to_string()).await?;
        Ok(record.filter(|record| record.status != Status::Done).map(|record| record.summary()))
    }

    /// The conversation of this name.
    ///
    /// # Errors
    ///
    /// The store cannot be reached.
    pub async fn get(&self, id: Id) -> Result<Option<Summary>, StoreError> {
        Ok(self.0.store.load(id).await?.map(|record| record.summary()))
    }

    /// The first `most` conversations that pass, in the order of their names, behind the name `after`. What is kept of builds
    /// is there only for who asks for its flow, `converse.schema`.
    ///
    /// # Errors
    ///
    /// The store cannot be reached.
    pub async fn list(&self, filter: &Filter, after: Option<Id>, most: usize) -> Result<Vec<Summary>, StoreError> {
        let (mut all, mut last) = (Vec::new(), after);
        loop {
            let missing = most - all.len();
            let page = self.0.store.list(filter, last, missing).await?;
            let is_last = page.len() < missing;
            last = page.last().map(|summary| summary.id).or(last);
            all.extend(page.into_iter().filter(|summary| filter.flow.is_some() || summary.flow != schemas::FLOW));
            if is_last || all.len() == most {
                return Ok(all);
            }
        }
    }

    /// How many conversations wait at which question.
    ///
    /// # Errors
    ///
    /// The store cannot be reached.
    pub async fn histogram(&self) -> Result<Vec<Count>, StoreError> {
        self.0.store.histogram().await
    }

    /// Ends a conversation and forgets it, whatever it waits for; `false` where there is none. A client that is in it is
    /// closed with 4409 by what it says next, or at once where it is connected to this process.
    ///
    /// # Errors
    ///
    /// The store cannot be reached.
    pub async fn end(&self, id: Id) -> Result<bool, StoreError> {
        loop {
            let Some(record) = self.0.store.load(id).await? else { return Ok(false) };
            match self.0.store.delete(id, record.version).await {
                Ok(()) => {
                    self.0.live.tell(id);
                    return Ok(true);
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Begins to look after conversations that nobody is connected to.
    fn start(&self) {
        self.0.started.call_once(|| wake::start(&self.0));
    }
}

impl Inner {
    /// Goes on with a conversation that nobody is connected to, if something is to be done in it.
    async fn wake(self: &Arc<Self>, id: Id) {
        if self.live.tell(id) {
            return;
        }
        let record = match self.store.load(id).await {
            Ok(Some(record)) if record.status == Status::Live => record,
            Ok(_) => return,
            Err(error) => {
                return tracing::warn!(%id, error = &error as &dyn std::error::Error, "a conversation cannot be woken");
            }
        };
        self.flows.go_on(self, record).await;
    }

    /// Has what comes for a conversation told to the reader of this connection, and to nobody else.
    pub(crate) fn attach(&self, id: Id, connection: Arc<Connection>) {
        self.live.attach(id, connection);
    }

    pub(crate) fn has(&self, id: Id, connection: &Arc<Connection>) -> bool {
        self.live.has(id, connection)
    }

    pub(crate) fn detach(&self, id: Id, connection: &Arc<Connection>) {
        self.live.detach(id, connection);
    }

    pub(crate) fn trusts_pongs(&self) -> bool {
        self.settings.trust_pongs
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// When a record may be forgotten: not before what is still to come in it.
    fn expires(&self, record: &Record) -> Time {
        let lives = if record.status == Status::Done { self.settings.ended } else { self.settings.idle };
        record.due.map_or(record.updated, |due| due.max(record.updated)) + lives
    }
}
