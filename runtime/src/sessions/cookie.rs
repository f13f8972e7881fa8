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

/// The first token in a flow's cookies in a `Cookie` header (RFC 6265 §4.2.1). There may be several, of other paths and of
/// the domain above: what is none, or no text at all, does not hide one behind it.
pub(super) fn find(header: &HeaderValue, flow: &str) -> Option<Token> {
    let texts = header.as_bytes().split(|byte| *byte == b';').filter_map(|pair| str::from_utf8(pair).ok());
    let mut pairs = texts.filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(name, value)| (name.strip_prefix(NAME)? == flow).then(|| value.parse().ok())?)
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
        let found = |header: &str| {
            let header = HeaderValue::from_bytes(header.as_bytes()).expect("it has no line breaks");
            find(&header, "Order").map(|token| token.expose())
        };
        let (first, second) = (Token::new().expose(), Token::new().expose());
        assert_eq!(found(&format!("a=1; converse-Order={first}; b=2; converse-Order={second}")), Some(first.clone()));
        for before in
            ["converse-Order=", "converse-Order", "converse-Order=v1.x.y", "converse-Order=\u{e4}", "\u{e4}=1"]
        {
            assert_eq!(found(&format!("{before}; converse-Order={second}")).as_ref(), Some(&second), "{before}");
        }
        for none in ["", "converse-Order", &format!("a={first}"), &format!("converse-Other={first}")] {
            assert_eq!(found(none), None, "{none}");
        }
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
