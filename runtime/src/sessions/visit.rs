//! A client comes to a route: it begins a conversation, or comes back to its own.

use std::sync::Arc;

use axum::extract::OriginalUri;
use http::header::{COOKIE, HOST, HeaderValue, ORIGIN};
use http::request::Parts;
use http::{StatusCode, Uri};

use super::Sessions;
use super::keeper::Keeper;
use super::saved::{Access, Saved, schema};
use super::token::Token;
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
    /// Why it is left to another build, if it is: then nothing of it was changed.
    pub(crate) left: Option<&'static str>,
    /// What the client is to come back with.
    pub(crate) cookie: Option<HeaderValue>,
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

    /// Begins the conversation, or comes back to the one that the key or the cookie is of. Whoever was in it before has
    /// lost it when this returns.
    ///
    /// A cookie that is of no conversation, for whatever reason, is as good as none: so nobody learns which reason.
    ///
    /// # Errors
    ///
    /// The status to refuse the request with.
    pub(crate) async fn enter<C: Conversation>(&self, key: Option<String>) -> Result<Entered, StatusCode> {
        self.sessions.start();
        let sessions = &self.sessions.0;
        let name = format!("converse-{}", C::FLOW.name);
        let token = match key {
            Some(_) => None,
            None => self.cookies.iter().find_map(|cookies| cookie(cookies, &name)).and_then(|value| value.parse().ok()),
        };
        if token.is_some() && !is_same_origin(self.origin.as_ref(), self.host()) {
            return Err(StatusCode::FORBIDDEN);
        }
        for _ in 0..TRIES {
            let found = self.find(C::FLOW.name, key.as_deref(), token.as_ref()).await.map_err(unavailable)?;
            let Some((record, saved)) = found else {
                let id = Id::random();
                let record = Record { key, ..Record::new(id, C::FLOW.name, "", schema(&C::FLOW)) };
                let (access, cookie) = self.admit(&name, &record, Access::default(), None);
                let keeper = Keeper::new(Arc::clone(sessions), record, access.epoch);
                return Ok(Entered { keeper, access, saved: None, left: None, cookie });
            };
            if !sessions.may_read::<C>(&record, &saved)
                && let Some(left) = sessions.leaves::<C>(&record).await.map_err(unavailable)?
            {
                let (access, left) = (saved.access, Some(left));
                let keeper = Keeper::of(Arc::clone(sessions), record, access.epoch, schema(&C::FLOW));
                return Ok(Entered { keeper, access, saved: None, left, cookie: None });
            }
            let (access, cookie) = self.admit(&name, &record, saved.access.clone(), token.as_ref());
            let saved = Saved { access: access.clone(), ..saved };
            let mut next = record.next();
            sessions.put(&mut next, &saved).map_err(|error| broken(&*error))?;
            next.expires = Some(sessions.expires(&next));
            crash_point!("return before the write");
            match commit_surely(&*sessions.store, &next, &[]).await {
                Ok(()) => {
                    crash_point!("return behind the write");
                    let keeper = Keeper::of(Arc::clone(sessions), next, access.epoch, schema(&C::FLOW));
                    return Ok(Entered { keeper, access, saved: Some(saved), left: None, cookie });
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

    /// Lets one more client in, with a token of its own. Who has the application's key needs none.
    fn admit(
        &self,
        name: &str,
        record: &Record,
        before: Access,
        came_with: Option<&Token>,
    ) -> (Access, Option<HeaderValue>) {
        let epoch = before.epoch + 1;
        if record.key.is_some() {
            return (Access { epoch, ..before }, None);
        }
        let token = Token::random(record.id);
        let secure = if is_loopback(self.host()) { "" } else { "; Secure" };
        let lives = self.sessions.0.settings.idle.as_secs();
        // What would end the cookie's attribute is left out: a shorter path is good for the longer one.
        let path = self.uri.path().split(';').next().unwrap_or_default();
        let text =
            format!("{name}={}; Path={path}; Max-Age={lives}; HttpOnly; SameSite=Strict{secure}", token.expose());
        let mut cookie = HeaderValue::from_str(&text).expect("a path that came by HTTP can go by it");
        cookie.set_sensitive(true);
        (Access { epoch, token: Some(token.hash()), previous: came_with.map(Token::hash) }, Some(cookie))
    }
}

/// The value of a cookie in a `Cookie` header (RFC 6265 §4.2.1).
fn cookie<'h>(header: &'h HeaderValue, name: &str) -> Option<&'h str> {
    let pairs = header.to_str().ok()?.split(';');
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Whether a request comes from a page of the same host, or from no page: browsers send cookies along with WebSocket
/// handshakes of any page, and say by `Origin` whose it is (RFC 6455 §10.2).
fn is_same_origin(origin: Option<&HeaderValue>, host: &str) -> bool {
    match origin {
        None => true,
        Some(origin) => {
            let origin = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok());
            origin.and_then(|origin| origin.authority().map(|at| at.as_str().eq_ignore_ascii_case(host))) == Some(true)
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let Ok(host) = host.parse::<http::uri::Authority>() else { return false };
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn unavailable(error: StoreError) -> StatusCode {
    tracing::error!(error = &error as &dyn std::error::Error, "a conversation cannot be found");
    StatusCode::SERVICE_UNAVAILABLE
}

fn broken(error: &(dyn std::error::Error + 'static)) -> StatusCode {
    tracing::error!(error, "a conversation cannot be stored");
    StatusCode::INTERNAL_SERVER_ERROR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let header = HeaderValue::from_static("a=1; converse-Order=v1.x.y; b=2; converse-Order=late");
        assert_eq!(cookie(&header, "converse-Order"), Some("v1.x.y"));
        assert_eq!(cookie(&header, "Order"), None);
        assert_eq!(cookie(&HeaderValue::from_static("converse-Order"), "converse-Order"), None);
    }

    #[test]
    fn a_page_of_another_host_is_another_origin() {
        let with = |origin| is_same_origin(Some(&HeaderValue::from_static(origin)), "example.org:8080");
        assert!(is_same_origin(None, "example.org"));
        assert!(with("https://example.org:8080"));
        assert!(with("http://EXAMPLE.org:8080"));
        for other in ["https://example.org", "https://evil.org", "null", "", "https://example.org:8080.evil.org"] {
            assert!(!with(other), "{other}");
        }
    }

    #[test]
    fn only_this_machine_may_do_without_tls() {
        assert!(["localhost", "localhost:80", "127.0.0.1:8080", "[::1]:80", "127.8.8.8"].into_iter().all(is_loopback));
        assert!(!["example.org", "localhost.evil.org", "10.0.0.1", "", "[::2]"].into_iter().any(is_loopback));
    }
}
