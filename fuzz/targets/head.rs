//! Any head of a request: a handshake is one, its page may open it, its cookies, tickets and tokens lead nowhere, and
//! whomever a proxy speaks for, it has named.
#![no_main]

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use converse::{Sessions, prelude::*};
use converse_fuzz::wire::{Manner, accepted, ask, frames, handshake, run};
use libfuzzer_sys::fuzz_target;

conversation! {
    /// Asks for a name.
    Greeting {
        let name: String = ask "Who are you?";
        say "Hello, {name}!";
    }
}

#[ws_route("/greet/{*path}")]
async fn greet(path: String) -> Greeting {
    drop(path);
    Greeting
}

const PROXIES: [&str; 2] = ["10.0.0.0/8", "2001:db8::/32"];

fuzz_target!(|input: (Manner, &str, &[u8])| {
    let (manner, path, head) = input;
    let lines = head.split(|byte| *byte == b'\n');
    let more: Vec<u8> = lines.clone().flat_map(|line| [line, b"\r\n"].concat()).collect();
    let said = handshake(&format!("/greet/{path}"), &more);
    let answer = run(async { ask(&routes![greet].layer(Sessions::in_memory()), said, manner).await });
    if let Some(answer) = accepted(&answer) {
        frames(answer);
    }
    let headers = lines.filter_map(header).collect::<HeaderMap>();
    if let Some(client) = converse::__fuzzing::forwarded(&PROXIES, &headers) {
        assert!(named(&headers, client.ip()), "{client} is named in {headers:?}");
    }
});

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_at(line.iter().position(|byte| *byte == b':')?);
    Some((name.try_into().ok()?, value[1..].try_into().ok()?))
}

/// Whether one of the pieces between what separates them is this address.
fn named(headers: &HeaderMap, client: IpAddr) -> bool {
    let values = headers.values().filter_map(|value| value.to_str().ok());
    let mut pieces = values.flat_map(|value| value.split([',', ';', '=', '"', '[', ']', ' ', '\t']));
    pieces.any(|piece| {
        let without_port = piece.rsplit_once(':').map_or(piece, |(address, _)| address);
        [piece, without_port].iter().any(|text| text.parse() == Ok(client))
    })
}
