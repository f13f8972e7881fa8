//! What a server says for itself to the person who started it.

use std::env;
use std::fmt::Write as _;
use std::io::{Write as _, stderr};
use std::net::SocketAddr;

use crate::route;

/// Says where the server listens, and how to talk to it. `CONVERSE_CLIENT` is a command that takes an address.
pub(crate) fn listening(address: SocketAddr) {
    let client = env::var("CONVERSE_CLIENT").ok();
    let text = announcement(address, route::patterns().into_iter(), client.as_deref());
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
