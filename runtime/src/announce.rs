//! What a server says for itself to the person who started it.

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write as _;
use std::io::{Write as _, stderr};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

/// Every pattern that `routes!` has put into a router of this process. Shown, and nothing else: a router that was
/// nested in another one answers elsewhere.
static PATTERNS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// A route that [`listening`] is to name.
pub(crate) fn route(pattern: &'static str) {
    PATTERNS.lock().unwrap_or_else(PoisonError::into_inner).insert(pattern);
}

/// Says where the server listens, and how to talk to it. `CONVERSE_CLIENT` is a command that takes an address.
pub(crate) fn listening(address: SocketAddr) {
    let patterns = PATTERNS.lock().unwrap_or_else(PoisonError::into_inner);
    let client = env::var("CONVERSE_CLIENT").ok();
    let text = announcement(address, patterns.iter().copied(), client.as_deref());
    // Where nobody can read it, nobody misses it.
    let _ = stderr().write_all(text.as_bytes());
}

fn announcement<'p>(address: SocketAddr, patterns: impl Iterator<Item = &'p str>, client: Option<&str>) -> String {
    let mut text = format!("listening on {address}\n");
    for pattern in patterns {
        text.push_str("  ");
        if let Some(client) = client {
            text.push_str(client);
            text.push(' ');
        }
        let _ = writeln!(text, "ws://{address}{pattern}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_an_address_to_talk_to() {
        let address = SocketAddr::from(([127, 0, 0, 1], 8080));
        let patterns = || ["/introduce", "/rooms/{room}"].into_iter();
        assert_eq!(
            announcement(address, patterns(), None),
            "listening on 127.0.0.1:8080\n  ws://127.0.0.1:8080/introduce\n  ws://127.0.0.1:8080/rooms/{room}\n"
        );
        assert_eq!(
            announcement(address, patterns().take(1), Some("chat")),
            "listening on 127.0.0.1:8080\n  chat ws://127.0.0.1:8080/introduce\n"
        );
    }
}
