//! axum's `ws`, at its defaults or with small buffers: an echo, and the README's dialogue by hand.

use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::routing::any;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

pub async fn run(listener: TcpListener, buffers: Option<usize>) {
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("it is TCP"));
    let sized = move |upgrade: WebSocketUpgrade| match buffers {
        Some(bytes) => upgrade.read_buffer_size(bytes).write_buffer_size(bytes),
        None => upgrade,
    };
    let router =
        Router::new().route("/echo", any(move |upgrade| async move { sized(upgrade).on_upgrade(echo) })).route(
            "/introduce",
            any(move |upgrade| async move {
                sized(upgrade).on_upgrade(|mut ws| async move {
                    introduce(&mut ws).await;
                })
            }),
        );
    axum::serve(listener, router).await.expect("it serves");
}

async fn echo(mut ws: WebSocket) {
    while let Some(Ok(message)) = ws.recv().await {
        if matches!(message, Message::Text(_) | Message::Binary(_)) && ws.send(message).await.is_err() {
            return;
        }
    }
}

/// Ends early where the client leaves.
async fn introduce(ws: &mut WebSocket) -> Option<()> {
    say(ws, "What is your name?").await?;
    let name = loop {
        let name = text(ws).await?;
        if !name.is_empty() {
            break name;
        }
        say(ws, "Please, insert your name!").await?;
        say(ws, "What is your name?").await?;
    };
    say(ws, "And your age?").await?;
    let age: i32 = loop {
        if let Ok(age) = text(ws).await?.trim().parse() {
            break age;
        }
        say(ws, "Please, insert an valid number").await?;
        say(ws, "And your age?").await?;
    };
    say(ws, &format!("You're {name}, and you are {age} old.")).await?;
    ws.send(Message::Close(Some(CloseFrame { code: 1000, reason: "".into() }))).await.ok()?;
    while ws.recv().await?.is_ok() {}
    Some(())
}

async fn say(ws: &mut WebSocket, text: &str) -> Option<()> {
    ws.send(Message::text(text)).await.ok()
}

async fn text(ws: &mut WebSocket) -> Option<String> {
    loop {
        match ws.recv().await?.ok()? {
            Message::Text(text) => return Some(text.as_str().to_owned()),
            Message::Close(_) => return None,
            _ => {}
        }
    }
}
