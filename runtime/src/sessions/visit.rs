//! A client comes to a route: it begins a conversation, or comes back to its own.

use std::sync::Arc;

use axum::extract::OriginalUri;
use http::header::{COOKIE, HOST, HeaderValue, ORIGIN};
use http::request::Parts;
use http::{StatusCode, Uri};
use serde::Serialize;

use super::keeper::Keeper;
use super::saved::{Access, Progress, Saved, schema};
use super::token::Token;
use super::{Sessions, cookie};
use crate::conversation::Conversation;
use crate::store::{Id, Record, Status, StoreError, commit_surely};

/// How often one tries to come in where others do so at the same time.
const TRIES: usize = 8;

/// What a request says of who comes.
#[derive(Debug)]
pub(crate) struct Visit {
    sessions: Sessions,
    uri: Uri,
    cookies: Vec<HeaderValue>,
    host: Option<HeaderValue>,
    origin: Option<HeaderValue>,
}

/// Where a conversation stands that a client has come to.
pub(crate) struct Entered {
    pub(crate) keeper: Keeper,
    pub(crate) access: Access,
    /// What is there of it, unless it begins.
    pub(crate) saved: Option<Saved>,
    pub(crate) standing: Standing,
    /// What the client is to come back with; nothing where it has a key.
    pub(crate) token: Option<Token>,
}

/// What a client comes with.
#[derive(Default)]
pub(crate) struct Arrival {
    /// What the application calls its conversation.
    pub(crate) key: Option<String>,
    pub(crate) token: Option<Token>,
    /// How far it is, if it says so.
    pub(crate) progress: Progress,
}

/// What a conversation is to a client that comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Standing {
    New,
    Resumed,
    /// The client has seen more of it than is stored: the store has gone back in time.
    Regressed,
}

impl Visit {
    /// Nothing where the router has no [`Sessions`].
    pub(crate) fn of(request: &Parts) -> Option<Self> {
        let sessions: &Sessions = request.extensions.get()?;
        let uri = request.extensions.get().map_or(&request.uri, |OriginalUri(uri)| uri);
        // Most of it is shared, and not looked at before it is needed: many a socket holds no conversation.
        Some(Visit {
            sessions: sessions.clone(),
            uri: uri.clone(),
            cookies: request.headers.get_all(COOKIE).iter().cloned().collect(),
            host: request.headers.get(HOST).cloned(),
            origin: request.headers.get(ORIGIN).cloned(),
        })
    }

    fn host(&self) -> &str {
        self.host.as_ref().and_then(|host| host.to_str().ok()).unwrap_or_default()
    }

    /// What conversations of this kind depend on.
    pub(crate) fn with<C: Conversation>(&self, with: C::With) -> Arc<C::With> {
        self.sessions.0.flows.with::<C>(|| with)
    }

    /// The token in the cookie that browsers have for conversations of this flow.
    ///
    /// # Errors
    ///
    /// The status to refuse the request with, where it comes from a page of another host.
    pub(crate) fn cookie(&self, flow: &str) -> Result<Option<Token>, StatusCode> {
        let name = name(flow);
        let token = self.cookies.iter().find_map(|cookies| cookie::find(cookies, &name)?.parse().ok());
        match token {
            Some(_) if !cookie::is_same_origin(self.origin.as_ref(), self.host()) => Err(StatusCode::FORBIDDEN),
            token => Ok(token),
        }
    }

    /// The cookie with a new token.
    pub(crate) fn give(&self, flow: &str, token: &Token) -> HeaderValue {
        cookie::give(&name(flow), token, self.uri.path(), self.sessions.0.settings.idle, self.host())
    }

    /// Begins the conversation, or comes back to the one that the key or the token is of. Whoever was in it before has
    /// lost it when this returns.
    ///
    /// A token that is of no conversation, for whatever reason, is as good as none: so nobody learns which reason.
    ///
    /// # Errors
    ///
    /// The status to refuse the client with.
    pub(crate) async fn enter<C: Conversation>(&self, arrival: Arrival) -> Result<Entered, StatusCode> {
        self.sessions.start();
        let sessions = &self.sessions.0;
        let Arrival { key, token, progress } = arrival;
        for _ in 0..TRIES {
            let found = self.find(C::FLOW.name, key.as_deref(), token.as_ref()).await.map_err(unavailable)?;
            let Some((record, mut saved)) = found else {
                let record = Record { key, ..Record::new(Id::random(), C::FLOW.name, "", schema(&C::FLOW)) };
                let (access, token) = admit(&record, Access::default(), None);
                let keeper = Keeper::new(Arc::clone(sessions), record, access.epoch);
                return Ok(Entered { keeper, access, saved: None, standing: Standing::New, token });
            };
            let (access, new) = admit(&record, saved.access, token.as_ref());
            saved.access = access.clone();
            let standing = match progress.is_ahead_of(saved.progress()) {
                true => Standing::Regressed,
                false => {
                    saved.leave_out(sessions.live.heard(record.id).max(progress.outputs));
                    Standing::Resumed
                }
            };
            let mut next = record.next();
            sessions.put(&mut next, &saved).map_err(|error| broken(&*error))?;
            next.expires = Some(sessions.expires(&next));
            crash_point!("return before the write");
            match commit_surely(&*sessions.store, &next, &[]).await {
                Ok(()) => {
                    crash_point!("return behind the write");
                    let keeper = Keeper::of(Arc::clone(sessions), next, access.epoch, schema(&C::FLOW));
                    return Ok(Entered { keeper, access, saved: Some(saved), standing, token: new });
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(unavailable(error)),
            }
        }
        Err(StatusCode::SERVICE_UNAVAILABLE)
    }

    async fn find(
        &self,
        flow: &str,
        key: Option<&str>,
        token: Option<&Token>,
    ) -> Result<Option<(Record, Saved)>, StoreError> {
        let record = match (key, token) {
            (Some(key), _) => self.sessions.0.store.find(flow, key).await?,
            (None, Some(token)) => self.sessions.0.store.load(token.id()).await?,
            (None, None) => None,
        };
        let Some(record) = record.filter(|record| record.flow == flow && record.status != Status::Parked) else {
            return Ok(None);
        };
        let saved = self.sessions.0.take(&record).map_err(StoreError::Fatal)?;
        let Access { token: current, previous, .. } = &saved.access;
        let may = key.is_some()
            || token.is_some_and(|token| [current, previous].into_iter().flatten().any(|hash| hash.is_of(token)));
        Ok(may.then_some((record, saved)))
    }
}

/// Lets one more client in, with a token of its own. Who has the application's key needs none.
fn admit(record: &Record, before: Access, came_with: Option<&Token>) -> (Access, Option<Token>) {
    let epoch = before.epoch + 1;
    if record.key.is_some() {
        return (Access { epoch, ..before }, None);
    }
    let token = Token::random(record.id);
    (Access { epoch, token: Some(token.hash()), previous: came_with.map(Token::hash) }, Some(token))
}

/// What the cookie for conversations of a flow is called.
fn name(flow: &str) -> String {
    format!("converse-{flow}")
}

fn unavailable(error: StoreError) -> StatusCode {
    tracing::error!(error = &error as &dyn std::error::Error, "a conversation cannot be found");
    StatusCode::SERVICE_UNAVAILABLE
}

fn broken(error: &(dyn std::error::Error + 'static)) -> StatusCode {
    tracing::error!(error, "a conversation cannot be stored");
    StatusCode::INTERNAL_SERVER_ERROR
}
