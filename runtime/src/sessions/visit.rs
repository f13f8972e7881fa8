//! A client comes to a route: it begins a conversation, or comes back to its own.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::future::ready;
use std::sync::Arc;

use axum::extract::OriginalUri;
use futures_util::future::Either;
use http::header::{COOKIE, HOST, HeaderValue};
use http::request::Parts;
use http::{StatusCode, Uri};
use serde::Serialize;

use super::keeper::Keeper;
use super::saved::{Access, Progress, Saved};
use super::ticket::Ticket;
use super::token::{Hash, NoToken, Token};
use super::{Sessions, complaints, cookie};
use crate::conversation::Conversation;
use crate::pinned::pinned;
use crate::store::{Id, Record, Status, StoreError, Time, commit_surely};

/// How often one tries to come in where others do so at the same time.
const TRIES: usize = 8;

/// What a request says of who comes.
pub(crate) struct Visit {
    sessions: Sessions,
    uri: Uri,
    cookies: Vec<HeaderValue>,
    host: Option<HeaderValue>,
    /// Whether it comes from no page, or from one that is trusted with cookies.
    is_own: bool,
}

/// Neither cookies nor tickets are in any log.
impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit").field("path", &self.uri.path()).finish_non_exhaustive()
    }
}

/// Where a conversation stands that a client has come to.
pub(crate) struct Entered {
    pub(crate) keeper: Keeper,
    /// What is there of it, unless it begins.
    pub(crate) saved: Option<Box<Saved<'static>>>,
    /// Why it is left to another build, if it is: then nothing of it was changed.
    pub(crate) left: Option<&'static str>,
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

/// What has let a client in.
enum By {
    /// The application's key; or nothing, where it begins.
    Key,
    Token(Hash),
    Ticket,
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
    /// Nothing where the router has no [`Sessions`]. In a box, since it is handed on from one to the next.
    pub(crate) fn of(request: &Parts, is_own: bool) -> Option<Box<Self>> {
        let sessions = Sessions::of(&request.extensions)?;
        let uri = request.extensions.get().map_or(&request.uri, |OriginalUri(uri)| uri);
        // Most of it is shared, and not looked at before it is needed: many a socket holds no conversation.
        Some(Box::new(Visit {
            sessions: sessions.clone(),
            uri: uri.clone(),
            cookies: request.headers.get_all(COOKIE).iter().cloned().collect(),
            host: request.headers.get(HOST).cloned(),
            is_own,
        }))
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
    /// The status to refuse the request with, where it comes from a page of another host. With a ticket, which no browser sends
    /// by itself, it may.
    pub(crate) fn cookie(&self, flow: &str) -> Result<Option<Token>, StatusCode> {
        let token = self.cookies.iter().find_map(|cookies| cookie::find(cookies, flow));
        match token {
            Some(_) if !self.is_own => match self.uri.query() {
                query if Ticket::of(query).is_some() => Ok(None),
                _ => Err(StatusCode::FORBIDDEN),
            },
            token => Ok(token),
        }
    }

    /// The cookie with a new token.
    pub(crate) fn give(&self, flow: &str, token: &Token) -> HeaderValue {
        cookie::give(flow, token, self.uri.path(), self.sessions.0.settings.idle, self.host())
    }

    /// Begins the conversation, or comes back to the one that the key, the ticket or the token is of. Whoever was in it before
    /// has lost it when this returns.
    ///
    /// A token that is of no conversation, for whatever reason, is as good as none: so nobody learns which reason. A ticket
    /// that is no good leads nowhere, for whatever reason, but for a client that also has a token of the same conversation:
    /// one that comes again by the same URL. It begins none, since its owner would take that for another one.
    ///
    /// # Errors
    ///
    /// The status to refuse the client with.
    pub(crate) fn enter<C: Conversation>(
        &self,
        arrival: Arrival,
    ) -> impl Future<Output = Result<Box<Entered>, StatusCode>> + Send {
        self.sessions.start();
        match (&arrival, Ticket::of(self.uri.query())) {
            (Arrival { key: None, token: None, .. }, None) => Either::Left(ready(Ok(self.begin::<C>(None)))),
            // Most come for the first time, and this is not in the way of those.
            (_, ticket) => Either::Right(pinned(|| self.come_back::<C>(arrival, ticket))),
        }
    }

    /// Begins a conversation, and gives its client a token if it has no key.
    fn begin<C: Conversation>(&self, key: Option<String>) -> Box<Entered> {
        let token = key.is_none().then(Token::new);
        let id = token.as_ref().map_or_else(Id::random, Token::id);
        let access = admit(Access::default(), By::Key, token.as_ref());
        let keeper = Keeper::new(Arc::clone(&self.sessions.0), &C::FLOW, id, key, access);
        Box::new(Entered { keeper, saved: None, left: None, standing: Standing::New, token })
    }

    /// The same for a client that comes with something.
    async fn come_back<C: Conversation>(
        &self,
        arrival: Arrival,
        ticket: Option<Result<Ticket, NoToken>>,
    ) -> Result<Box<Entered>, StatusCode> {
        let sessions = &self.sessions.0;
        let Arrival { key, token, progress } = arrival;
        let ticket = match ticket.filter(|_| key.is_none()) {
            Some(ticket) => Some(ticket.map_err(|_| StatusCode::FORBIDDEN)?),
            None => None,
        };
        for _ in 0..TRIES {
            let found = self.find(C::FLOW.name, key.as_deref(), ticket.as_ref(), token.as_ref());
            let Some((record, mut saved, by)) = found.await? else {
                if ticket.is_some() {
                    return Err(StatusCode::FORBIDDEN);
                }
                return Ok(self.begin::<C>(key));
            };
            if !sessions.may_read::<C>(&record, &saved)
                && let Some(left) = sessions.leaves::<C>(record.schema).await.map_err(unavailable)?
            {
                tracing::warn!(conversation = C::FLOW.name, id = %record.id, "{left}");
                let keeper = Keeper::of(Arc::clone(sessions), &C::FLOW, &record, saved.access.into_owned());
                let left = Some(left);
                let standing = Standing::Resumed;
                return Ok(Box::new(Entered { keeper, saved: None, left, standing, token: None }));
            }
            let new = record.key.is_none().then(|| Token::random(record.id));
            let access = admit(saved.access.into_owned(), by, new.as_ref());
            saved.access = Cow::Owned(access.clone());
            let standing = match progress.is_ahead_of(saved.progress()) {
                true => Standing::Regressed,
                false => {
                    saved.leave_out(sessions.live.heard(record.id).max(progress.outputs));
                    Standing::Resumed
                }
            };
            let mut next = record.next();
            if record.status == Status::Done {
                // The last words are told to who comes by the key, once; then it begins anew.
                next.key = None;
            }
            sessions.put(&mut next, &saved).map_err(|error| {
                sessions.complaints.log(&next.flow, next.id, complaints::NOT_STORED, &*error);
                StatusCode::INTERNAL_SERVER_ERROR
            })?;
            next.expires = Some(sessions.expires(&next));
            crash_point!("return before the write");
            match commit_surely(&*sessions.store, &next, &[]).await {
                Ok(()) => {
                    crash_point!("return behind the write");
                    let keeper = Keeper::of(Arc::clone(sessions), &C::FLOW, &next, access);
                    let saved = Some(Box::new(saved));
                    return Ok(Box::new(Entered { keeper, saved, left: None, standing, token: new }));
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(unavailable(error)),
            }
        }
        Err(StatusCode::SERVICE_UNAVAILABLE)
    }

    /// The conversation that a client comes to, and by what; or the status to refuse it with.
    async fn find(
        &self,
        flow: &str,
        key: Option<&str>,
        ticket: Option<&Ticket>,
        token: Option<&Token>,
    ) -> Result<Option<(Record, Saved<'static>, By)>, StatusCode> {
        let store = &self.sessions.0.store;
        let record = match (key, ticket.map(Ticket::id).or(token.map(Token::id))) {
            (Some(key), _) => store.find(flow, key).await.map_err(unavailable)?,
            (None, Some(id)) => store.load(id).await.map_err(unavailable)?,
            (None, None) => None,
        };
        // What has expired may not have been cleaned away yet. As long as it holds a key, that can only lead to it.
        let is_kept = |record: &Record| {
            record.expires.is_none_or(|expires| expires > Time::now()) || key.is_some() && record.status == Status::Live
        };
        let may_go_on = |record: &Record| record.flow == flow && record.status != Status::Parked;
        let Some(record) = record.filter(|record| may_go_on(record) && is_kept(record)) else {
            return Ok(None);
        };
        let saved = self.sessions.0.take(&record).map_err(|error| {
            self.sessions.0.complaints.log(&record.flow, record.id, "a conversation cannot be read", &*error);
            StatusCode::SERVICE_UNAVAILABLE
        })?;
        let Access { token: current, previous, ticket: issued, .. } = &*saved.access;
        let is_good = |ticket| issued.as_ref().is_some_and(|issued| issued.is_of(ticket, Time::now()));
        let is_one_of_its = |token: &&Token| current.iter().chain(previous.as_deref()).any(|hash| hash.is_of(token));
        let by = match (key, token.filter(is_one_of_its)) {
            (Some(_), _) => By::Key,
            (None, _) if ticket.is_some_and(is_good) => By::Ticket,
            (None, Some(token)) => By::Token(token.hash()),
            (None, None) => return Ok(None),
        };
        Ok(Some((record, saved, by)))
    }
}

/// Lets one more client in, with a token of its own. Who has the application's key needs none.
fn admit(before: Access, by: By, token: Option<&Token>) -> Access {
    let mut access = Access { epoch: before.epoch + 1, ..before };
    if matches!(by, By::Ticket) {
        access.ticket = None;
    }
    let Some(token) = token else { return access };
    let before = access.token.replace(token.hash());
    // Until something is heard of the client, it may not have got its token. Who comes by the latest one has got that.
    access.previous = match by {
        By::Key => None,
        By::Token(hash) => Some(Box::new(hash)),
        By::Ticket => before.map(Box::new),
    };
    access
}

fn unavailable(error: StoreError) -> StatusCode {
    if !error.is_full() {
        tracing::error!(error = &error as &dyn Error, "a conversation cannot be found");
    }
    StatusCode::SERVICE_UNAVAILABLE
}
