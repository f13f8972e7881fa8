//! tokio-tungstenite without anything around it, at its defaults.

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;

pub async fn connection(stream: TcpStream) {
    let Ok(mut ws) = tokio_tungstenite::accept_async(stream).await else { return };
    while let Some(Ok(message)) = ws.next().await {
        if (message.is_text() || message.is_binary()) && ws.send(message).await.is_err() {
            return;
        }
    }
}
