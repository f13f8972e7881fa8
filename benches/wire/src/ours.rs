//! The server that this is all about: an echo by hand, a counter, and the README's dialogue, compiled and by hand.

use axum::Router;
use converse::{Limits, prelude::*};

conversation! {
    /// Gets to know a visitor.
    Introduction {
        let name: String = ask "What is your name?"
            where !name.is_empty() else "Please, insert your name!";
        let age: i32 = ask "And your age?"
            else "Please, insert an valid number";
        say "You're {name}, and you are {age} old.";
    }
}

conversation! {
    /// Counts what it is told.
    Count {
        let mut told = 0_u32;
        loop {
            let more: String = ask "{told}";
            drop(more);
            told += 1;
        }
    }
}

/// Where it is.
pub const COUNT: &str = "/count";

#[ws_route("/count")]
async fn count() -> Count {
    Count
}

#[ws_route("/echo")]
async fn echo(mut ws: WebSocket) -> converse::Result {
    // As the others are: what one client may send in a second has no bound.
    ws.limits(Limits::default().max_message_size(1 << 20).max_messages_per_second(u32::MAX));
    while let Received::Message(message) = ws.receive().await {
        ws.send(message).await?;
    }
    Ok(())
}

#[ws_route("/introduce")]
async fn introduce() -> Introduction {
    Introduction
}

/// A client that waits for days is looked after every ten minutes: every 20 s would be 50,000 pings a second for a million.
#[ws_route("/wait", ping = "600s")]
async fn wait() -> Introduction {
    Introduction
}

#[ws_route("/introduce-by-hand")]
async fn introduce_by_hand(mut ws: WebSocket) -> converse::Result {
    ws.send("What is your name?").await?;
    let name = loop {
        match text(&mut ws).await {
            None => return Ok(()),
            Some(name) if !name.is_empty() => break name,
            Some(_) => {
                ws.send("Please, insert your name!").await?;
                ws.send("What is your name?").await?;
            }
        }
    };
    ws.send("And your age?").await?;
    let age: i32 = loop {
        let Some(reply) = text(&mut ws).await else { return Ok(()) };
        match reply.trim().parse() {
            Ok(age) => break age,
            Err(_) => {
                ws.send("Please, insert an valid number").await?;
                ws.send("And your age?").await?;
            }
        }
    };
    ws.send(format!("You're {name}, and you are {age} old.")).await?;
    ws.close().await;
    Ok(())
}

/// What the client says next, unless it leaves.
async fn text(ws: &mut WebSocket) -> Option<String> {
    match ws.receive().await {
        Received::Message(message) => message.as_text().map(str::to_owned),
        _ => None,
    }
}

/// The routes of our server.
pub fn router() -> Router {
    routes![count, echo, introduce, wait, introduce_by_hand]
}
