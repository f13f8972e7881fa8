//! What a request has to be to become a WebSocket (RFC 6455 §4.2.1), and the answers to the ones that are not.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{
    ALLOW, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT,
    SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, TRANSFER_ENCODING, UPGRADE,
};
use http::request::Parts;
use http::{Method, StatusCode, Version};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::observe;

/// Why a request does not become a WebSocket. As a response it says in plain text what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpgradeRejection {
    /// 405: a handshake is a GET request.
    Method,
    /// 426: a plain HTTP request, without the headers `Connection: Upgrade` and `Upgrade: websocket`.
    NotAnUpgrade,
    /// 405: a request over HTTP/2 that is no `CONNECT` for the protocol `websocket` (RFC 8441 §4).
    #[cfg(feature = "http2")]
    NotExtendedConnect,
    /// 400: no `Host`, more than one, or one that names nothing (RFC 9112 §3.2).
    Host,
    /// 400: a body, behind which nobody could tell where the WebSocket begins.
    Body,
    /// 426: a `Sec-WebSocket-Version` other than 13, or none.
    Version,
    /// 400: more than one `Sec-WebSocket-Version` (RFC 6455 §11.3.5).
    Versions,
    /// 400: a `Sec-WebSocket-Key` that is not 16 bytes in base64, or none.
    Key,
    /// 403: a page of another host, which [`Origins`](crate::Origins) do not let in; or more than one `Origin`.
    Origin,
    /// 500: the server does not hand its connections over; not `converse::serve`'s doing, nor `axum::serve`'s.
    NotUpgradable,
}

impl UpgradeRejection {
    /// The HTTP status that says so.
    pub fn status(self) -> StatusCode {
        match self {
            UpgradeRejection::Method => StatusCode::METHOD_NOT_ALLOWED,
            #[cfg(feature = "http2")]
            UpgradeRejection::NotExtendedConnect => StatusCode::METHOD_NOT_ALLOWED,
            UpgradeRejection::NotAnUpgrade | UpgradeRejection::Version => StatusCode::UPGRADE_REQUIRED,
            UpgradeRejection::Host | UpgradeRejection::Body | UpgradeRejection::Versions | UpgradeRejection::Key => {
                StatusCode::BAD_REQUEST
            }
            UpgradeRejection::Origin => StatusCode::FORBIDDEN,
            UpgradeRejection::NotUpgradable => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl std::fmt::Display for UpgradeRejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            UpgradeRejection::Method => "a WebSocket handshake is a GET request",
            UpgradeRejection::NotAnUpgrade => {
                "this is a WebSocket: expected HTTP/1.1 with the headers `Connection: Upgrade` and `Upgrade: websocket`"
            }
            #[cfg(feature = "http2")]
            UpgradeRejection::NotExtendedConnect => {
                "this is a WebSocket: over HTTP/2, expected a CONNECT request with `:protocol` `websocket`"
            }
            UpgradeRejection::Host => "expected one header `Host` with the name of a host",
            UpgradeRejection::Body => {
                "a WebSocket handshake has no body: expected neither a `Content-Length` nor a `Transfer-Encoding`"
            }
            UpgradeRejection::Version => "expected the header `Sec-WebSocket-Version: 13`",
            UpgradeRejection::Versions => "expected one header `Sec-WebSocket-Version`, and no other",
            UpgradeRejection::Key => "expected one header `Sec-WebSocket-Key` with 16 bytes in base64",
            UpgradeRejection::Origin => {
                "this page may not open a WebSocket here: expected an `Origin` of this host, or one that is allowed"
            }
            UpgradeRejection::NotUpgradable => "this server cannot upgrade the connection",
        })
    }
}

impl std::error::Error for UpgradeRejection {}

impl IntoResponse for UpgradeRejection {
    fn into_response(self) -> Response {
        observe::refused(match self {
            UpgradeRejection::Method => "method",
            UpgradeRejection::NotAnUpgrade => "no upgrade",
            #[cfg(feature = "http2")]
            UpgradeRejection::NotExtendedConnect => "no extended connect",
            UpgradeRejection::Host => "host",
            UpgradeRejection::Body => "body",
            UpgradeRejection::Version | UpgradeRejection::Versions => "version",
            UpgradeRejection::Key => "key",
            UpgradeRejection::Origin => "origin",
            UpgradeRejection::NotUpgradable => "not upgradable",
        });
        let mut response = Response::new(Body::from(format!("{self}\n")));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        match self {
            UpgradeRejection::Method => {
                headers.insert(ALLOW, HeaderValue::from_static("GET"));
            }
            #[cfg(feature = "http2")]
            UpgradeRejection::NotExtendedConnect => {
                headers.insert(ALLOW, HeaderValue::from_static("CONNECT"));
            }
            UpgradeRejection::NotAnUpgrade | UpgradeRejection::Version => {
                // RFC 9110 §15.5.22 asks for the first two, RFC 6455 §4.2.2 for the third.
                headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
                headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            }
            UpgradeRejection::Host
            | UpgradeRejection::Body
            | UpgradeRejection::Versions
            | UpgradeRejection::Key
            | UpgradeRejection::Origin
            | UpgradeRejection::NotUpgradable => {}
        }
        response
    }
}

/// How a request asks for a WebSocket.
#[derive(Debug)]
pub(crate) enum Asks {
    /// For all of a connection, by this key (RFC 6455 §4.2.1).
    Connection(HeaderValue),
    /// For one stream of many (RFC 8441 §4).
    #[cfg(feature = "http2")]
    Stream,
}

/// Whether a request is a handshake, and of which kind.
pub(crate) fn check(request: &Parts) -> Result<Asks, UpgradeRejection> {
    #[cfg(feature = "http2")]
    if request.version == Version::HTTP_2 {
        return check_stream(request);
    }
    let headers = &request.headers;
    if request.method != Method::GET {
        return Err(UpgradeRejection::Method);
    }
    let asks = lists(headers, &CONNECTION, "upgrade") && lists(headers, &UPGRADE, "websocket");
    if !asks || request.version < Version::HTTP_11 {
        return Err(UpgradeRejection::NotAnUpgrade);
    }
    if !names_host(headers) {
        return Err(UpgradeRejection::Host);
    }
    if has_body(headers) {
        return Err(UpgradeRejection::Body);
    }
    check_version(headers)?;
    let mut keys = headers.get_all(SEC_WEBSOCKET_KEY).into_iter();
    match (keys.next(), keys.next()) {
        (Some(key), None) if is_key(key.as_bytes()) => Ok(Asks::Connection(key.clone())),
        _ => Err(UpgradeRejection::Key),
    }
}

/// The same over HTTP/2, where there is no key, and nothing that is said of a connection (RFC 8441 §5). What stands where other
/// requests have a body is the WebSocket.
#[cfg(feature = "http2")]
fn check_stream(request: &Parts) -> Result<Asks, UpgradeRejection> {
    let protocol: Option<&hyper::ext::Protocol> = request.extensions.get();
    if request.method != Method::CONNECT || protocol.is_none_or(|protocol| protocol.as_str() != "websocket") {
        return Err(UpgradeRejection::NotExtendedConnect);
    }
    // HTTP/2 names the host by `:authority`, which a `Host` may repeat.
    if request.headers.contains_key(HOST) && !names_host(&request.headers) {
        return Err(UpgradeRejection::Host);
    }
    check_version(&request.headers)?;
    Ok(Asks::Stream)
}

/// Whether one host is named. Which pages are let in depends on it: where there were two, the proxy in front may have looked at
/// the other one.
fn names_host(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).into_iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => is_host(host.as_bytes()),
        _ => false,
    }
}

/// Whether these are characters of a host and a port (RFC 3986 §3.2.2), and the first one is not the port's.
fn is_host(host: &[u8]) -> bool {
    let is_one = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:[]".contains(byte);
    host.first().is_some_and(|first| *first != b':') && host.iter().all(is_one)
}

/// Whether something is announced behind the head (RFC 9112 §6). A length of 0 announces nothing.
fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING) || headers.get_all(CONTENT_LENGTH).into_iter().any(|length| length != "0")
}

fn check_version(headers: &HeaderMap) -> Result<(), UpgradeRejection> {
    let mut versions = headers.get_all(SEC_WEBSOCKET_VERSION).into_iter();
    match (versions.next(), versions.next()) {
        (Some(version), None) if version == "13" => Ok(()),
        (_, None) => Err(UpgradeRejection::Version),
        (_, Some(_)) => Err(UpgradeRejection::Versions),
    }
}

/// The answer that accepts a handshake.
pub(crate) fn accept(asks: &Asks) -> Response {
    match asks {
        Asks::Connection(key) => switch(key),
        // 200, and no body.
        #[cfg(feature = "http2")]
        Asks::Stream => Response::default(),
    }
}

/// The one with the answer to this key.
fn switch(key: &HeaderValue) -> Response {
    let accept = HeaderValue::try_from(derive_accept_key(key.as_bytes())).expect("base64 is a header's value");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    response
}

/// The first of these subprotocols that is in the lists that a client offers, where they are written as they are.
pub(crate) fn negotiate(offered: &[HeaderValue], protocols: &[&'static str]) -> Option<&'static str> {
    let is_offered = |protocol: &&'static str| {
        let mut lists = offered.iter().filter_map(|list| list.to_str().ok());
        lists.any(|list| list.split(',').any(|item| item.trim() == *protocol))
    };
    protocols.iter().copied().find(is_offered)
}

/// Whether a header, which may come several times, has `token` in one of its lists.
fn lists(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let is_it = |item: &[u8]| item.trim_ascii().eq_ignore_ascii_case(token.as_bytes());
    headers.get_all(name).into_iter().any(|list| list.as_bytes().split(|&byte| byte == b',').any(is_it))
}

/// Whether this is base64 of 16 bytes: 22 digits and the padding.
fn is_key(key: &[u8]) -> bool {
    key.len() == 24
        && key.ends_with(b"==")
        && key[..22].iter().all(|&digit| digit.is_ascii_alphanumeric() || digit == b'+' || digit == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

    fn rejection(method: Method, headers: &[(HeaderName, &'static str)]) -> Option<UpgradeRejection> {
        let mut request = http::Request::new(());
        *request.method_mut() = method;
        for (name, value) in headers {
            request.headers_mut().append(name, HeaderValue::from_static(value));
        }
        check(&request.into_parts().0).err()
    }

    fn good() -> Vec<(HeaderName, &'static str)> {
        vec![
            (HOST, "localhost:8080"),
            (CONNECTION, "keep-alive, Upgrade"),
            (UPGRADE, "WebSocket"),
            (SEC_WEBSOCKET_VERSION, "13"),
            (SEC_WEBSOCKET_KEY, KEY),
        ]
    }

    fn with(name: HeaderName, value: &'static str) -> Vec<(HeaderName, &'static str)> {
        let mut headers = good();
        headers.retain(|(other, _)| *other != name);
        headers.push((name, value));
        headers
    }

    #[test]
    fn a_handshake_is_accepted_with_the_key_of_the_rfc() {
        assert_eq!(rejection(Method::GET, &good()), None);
        let response = accept(&Asks::Connection(HeaderValue::from_static(KEY)));
        assert_eq!(response.headers()[SEC_WEBSOCKET_ACCEPT], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn tokens_count_and_not_what_looks_like_them() {
        let get = |headers: &[_]| rejection(Method::GET, headers);
        assert_eq!(rejection(Method::POST, &good()), Some(UpgradeRejection::Method));
        assert_eq!(get(&[]), Some(UpgradeRejection::NotAnUpgrade));
        assert_eq!(get(&with(CONNECTION, "not-upgrade")), Some(UpgradeRejection::NotAnUpgrade));
        assert_eq!(get(&with(UPGRADE, "h2c")), Some(UpgradeRejection::NotAnUpgrade));
        assert_eq!(get(&with(SEC_WEBSOCKET_VERSION, "8")), Some(UpgradeRejection::Version));
        assert_eq!(get(&good()[..3]), Some(UpgradeRejection::Version));
    }

    #[test]
    fn a_handshake_names_one_host() {
        for host in ["example.org", "EXAMPLE.org:443", "[::1]:8080", "a_b.example.org.", "x%20y"] {
            assert_eq!(rejection(Method::GET, &with(HOST, host)), None, "{host}");
        }
        for host in ["", ":8080", "a b", "evil.org, example.org", "user@example.org", "http://example.org"] {
            assert_eq!(rejection(Method::GET, &with(HOST, host)), Some(UpgradeRejection::Host), "{host}");
        }
        assert_eq!(rejection(Method::GET, &good()[1..]), Some(UpgradeRejection::Host), "none");
        let twice = [&[(HOST, "evil.org")][..], &good()].concat();
        assert_eq!(rejection(Method::GET, &twice), Some(UpgradeRejection::Host), "two");
    }

    #[test]
    fn a_version_is_said_once() {
        for other in ["8", "13"] {
            let twice = [good(), vec![(SEC_WEBSOCKET_VERSION, other)]].concat();
            assert_eq!(rejection(Method::GET, &twice), Some(UpgradeRejection::Versions), "13 and {other}");
        }
    }

    #[test]
    fn a_handshake_has_no_body() {
        let and = |name, value| rejection(Method::GET, &with(name, value));
        assert_eq!(and(CONTENT_LENGTH, "0"), None);
        assert_eq!(and(CONTENT_LENGTH, "9"), Some(UpgradeRejection::Body));
        assert_eq!(and(TRANSFER_ENCODING, "chunked"), Some(UpgradeRejection::Body));
        let mut both = with(CONTENT_LENGTH, "0");
        both.push((TRANSFER_ENCODING, "chunked"));
        assert_eq!(rejection(Method::GET, &both), Some(UpgradeRejection::Body));
    }

    #[test]
    fn a_subprotocol_is_one_of_a_list() {
        let offers = |list| negotiate(&[HeaderValue::from_static(list)], &["converse.v1"]).is_some();
        assert!(offers("converse.v1") && offers("chat, converse.v1"));
        assert!(!offers("Converse.v1") && !offers("converse.v10") && !offers(""));
        let lists = ["chat.v1, chat.v2", "converse.v1"].map(HeaderValue::from_static);
        assert_eq!(negotiate(&lists, &["chat.v3", "chat.v2", "chat.v1"]), Some("chat.v2"), "the server's choice");
    }

    #[test]
    fn a_key_is_sixteen_bytes_and_there_is_one() {
        for key in ["", "x", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ=!", "dGhlIHNhbXBsZSBub25!ZQ=="] {
            assert_eq!(rejection(Method::GET, &with(SEC_WEBSOCKET_KEY, key)), Some(UpgradeRejection::Key), "{key}");
        }
        let mut twice = good();
        twice.push((SEC_WEBSOCKET_KEY, KEY));
        assert_eq!(rejection(Method::GET, &twice), Some(UpgradeRejection::Key));
    }
}
