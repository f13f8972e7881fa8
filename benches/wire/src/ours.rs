//! The server that this is all about: an echo by hand, a counter, and the README's dialogue.

use axum::Router;
use converse::{Limits, prelude::*};

use crate::by_hand::{introduce_by_hand, introduce_by_hand_kept};

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

/// The routes of our server.
pub fn router() -> Router {
    routes![count, echo, introduce, wait, introduce_by_hand, introduce_by_hand_kept]
}
