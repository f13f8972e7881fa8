//! Tokens in the cookies of browsers.

use std::net::IpAddr;
use std::time::Duration;

use http::header::HeaderValue;

use super::token::Token;

/// What its name begins with, ahead of that of the flow.
const NAME: &str = "converse-";

/// The cookie that a client is given for conversations of a flow.
pub(super) fn give(flow: &str, token: &Token, path: &str, lives: Duration, host: &str) -> HeaderValue {
    // What would end the cookie's attribute is left out: a shorter path is good for the longer one.
    let path = path.split(';').next().unwrap_or_default();
    let (token, lives) = (token.expose(), lives.as_secs().to_string());
    let secure = if is_loopback(host) { "" } else { "; Secure" };
    let parts = [NAME, flow, "=", &token, "; Path=", path, "; Max-Age=", &lives, "; HttpOnly; SameSite=Strict", secure];
    let mut cookie = HeaderValue::try_from(parts.concat()).expect("a path that came by HTTP can go by it");
    cookie.set_sensitive(true);
    cookie
}

/// The value of a flow's cookie in a `Cookie` header (RFC 6265 §4.2.1).
pub(super) fn find<'h>(header: &'h HeaderValue, flow: &str) -> Option<&'h str> {
    let mut pairs = header.to_str().ok()?.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| name.strip_prefix(NAME) == Some(flow)).map(|(_, value)| value)
}

/// Whether a `Host` (RFC 9110 §7.2) is this machine.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(address) => address.split(']').next(),
        None => host.split(':').next(),
    };
    let is_address = |name: &str| name.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    name.is_some_and(|name| name == "localhost" || is_address(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let header = HeaderValue::from_static("a=1; converse-Order=v1.x.y; b=2; converse-Order=late");
        assert_eq!(find(&header, "Order"), Some("v1.x.y"));
        assert_eq!(find(&header, "a"), None);
        assert_eq!(find(&HeaderValue::from_static("converse-Order"), "Order"), None);
    }

    #[test]
    fn only_this_machine_may_do_without_tls() {
        assert!(
            ["localhost", "localhost:80", "127.0.0.1:8080", "[::1]:80", "[::1]", "127.8.8.8"]
                .into_iter()
                .all(is_loopback)
        );
        assert!(
            !["example.org", "localhost.evil.org", "10.0.0.1", "", "[::2]", "me@localhost", "127.0.0.1.evil.org"]
                .into_iter()
                .any(is_loopback)
        );
    }
}
