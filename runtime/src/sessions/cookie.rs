//! Tokens in the cookies of browsers.

use std::time::Duration;

use bytes::Bytes;
use http::header::HeaderValue;

use super::token::Token;

/// The cookie that a client is given.
pub(super) fn give(name: &str, token: &Token, path: &str, lives: Duration, host: &str) -> HeaderValue {
    let secure = if is_loopback(host) { "" } else { "; Secure" };
    // What would end the cookie's attribute is left out: a shorter path is good for the longer one.
    let path = path.split(';').next().unwrap_or_default();
    let (token, lives) = (token.expose(), lives.as_secs().to_string());
    let parts = [name, "=", &token, "; Path=", path, "; Max-Age=", &lives, "; HttpOnly; SameSite=Strict", secure];
    let text = Bytes::from(parts.concat());
    let mut cookie = HeaderValue::from_maybe_shared(text).expect("a path that came by HTTP can go by it");
    cookie.set_sensitive(true);
    cookie
}

/// The value of a cookie in a `Cookie` header (RFC 6265 §4.2.1).
pub(super) fn find<'h>(header: &'h HeaderValue, name: &str) -> Option<&'h str> {
    let pairs = header.to_str().ok()?.split(';');
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(known, _)| *known == name).map(|(_, value)| value)
}

fn is_loopback(host: &str) -> bool {
    let Ok(host) = host.parse::<http::uri::Authority>() else { return false };
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let header = HeaderValue::from_static("a=1; converse-Order=v1.x.y; b=2; converse-Order=late");
        assert_eq!(find(&header, "converse-Order"), Some("v1.x.y"));
        assert_eq!(find(&header, "Order"), None);
        assert_eq!(find(&HeaderValue::from_static("converse-Order"), "converse-Order"), None);
    }

    #[test]
    fn only_this_machine_may_do_without_tls() {
        assert!(["localhost", "localhost:80", "127.0.0.1:8080", "[::1]:80", "127.8.8.8"].into_iter().all(is_loopback));
        assert!(!["example.org", "localhost.evil.org", "10.0.0.1", "", "[::2]"].into_iter().any(is_loopback));
    }
}
