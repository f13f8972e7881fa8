//! tokio-websockets, as its own example has it.

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_websockets::ServerBuilder;

pub async fn connection(stream: TcpStream) {
    let Ok((_, mut ws)) = ServerBuilder::new().accept(stream).await else { return };
    while let Some(Ok(message)) = ws.next().await {
        if (message.is_text() || message.is_binary()) && ws.send(message).await.is_err() {
            return;
        }
    }
}
