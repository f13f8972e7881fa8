//! Plays dialogues with tokio-tungstenite's own client.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PATIENCE: Duration = Duration::from_secs(10);

/// The dialogues of a file: their names and their lines.
pub(crate) fn parse(text: &str) -> Vec<(String, Vec<String>)> {
    serde_json::from_str(text).expect("the dialogues are pairs of a name and lines")
}

pub(crate) fn play(url: &str, dialogues: &str) -> Vec<String> {
    let text = std::fs::read_to_string(dialogues).expect("the dialogues can be read");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut played = Vec::new();
    for (name, lines) in parse(&text) {
        runtime.block_on(async {
            let (mut socket, _) = connect_async(url).await.expect("the server opens a socket");
            for line in &lines {
                act(&mut socket, line).await;
            }
        });
        println!("tokio-tungstenite: {name}");
        played.push(name);
    }
    played
}

async fn act(socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>, line: &str) {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "say" => socket.send(Message::text(rest)).await.expect("the server reads"),
        "send" => socket.send(Message::binary(bytes(rest))).await.expect("the server reads"),
        "hear" => assert_eq!(hear(socket).await, Some(Message::text(rest)), "{line}"),
        "closed" => {
            let code: u16 = rest.parse().expect("a close code");
            match hear(socket).await {
                Some(Message::Close(Some(close))) => assert_eq!(u16::from(close.code), code, "{line}"),
                heard => panic!("{line}, but it was {heard:?}"),
            }
            // The rest of the closing handshake: our answer goes out, and the server hangs up.
            assert_eq!(hear(socket).await, None);
        }
        "leave" => {
            let close = CloseFrame { code: 1000.into(), reason: "".into() };
            socket.close(Some(close.clone())).await.expect("the server reads");
            assert_eq!(hear(socket).await, Some(Message::Close(Some(close))), "{line}");
            assert_eq!(hear(socket).await, None);
        }
        // What was heard is all there is: the stream is dropped after this.
        "vanish" => {}
        _ => panic!("{line:?} is no line of a dialogue"),
    }
}

/// The next message, past pings, or `None` once the server has hung up.
async fn hear(socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>) -> Option<Message> {
    loop {
        let message = timeout(PATIENCE, socket.next()).await.expect("something comes");
        match message.map(|message| message.expect("the connection holds")) {
            Some(Message::Ping(_)) => {}
            message => return message,
        }
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2).map(|digits| std::str::from_utf8(digits).expect("two digits"));
    digits.map(|digits| u8::from_str_radix(digits, 16).expect("two hexadecimal digits")).collect()
}
