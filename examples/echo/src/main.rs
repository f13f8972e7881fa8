//! The socket by hand: two handlers that read and write it themselves.

use std::time::Duration;

use converse::Limits;
use converse::prelude::*;

/// Greets whoever says something, and leaves after half a minute of silence.
#[ws_route("/connect")]
async fn connect(mut ws: WebSocket) -> converse::Result {
    while let Received::Message(message) = ws.receive_within(Duration::from_secs(30)).await {
        println!("Received message: {message}");
        ws.send("Hello!").await?;
    }
    ws.close().await;
    Ok(())
}

/// Sends back what it gets: text as text, binary as binary.
#[ws_route("/echo")]
async fn echo(mut ws: WebSocket) -> converse::Result {
    ws.limits(Limits::default().max_message_size(16 << 20));
    while let Received::Message(message) = ws.receive().await {
        ws.send(message).await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> converse::Result {
    converse::serve("127.0.0.1:8080", routes![connect, echo]).await
}

#[cfg(test)]
mod tests;
