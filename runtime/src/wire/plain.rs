//! Messages as they are: for any client.

use futures_util::TryFutureExt;

use super::{Came, Gone};
use crate::message::Message;
use crate::socket::{Received, WebSocket};

pub(crate) struct Plain {
    pub(super) ws: WebSocket,
    /// Whether the client is asked what has arrived.
    pub(super) numbers: bool,
}

impl Plain {
    /// No `async fn`, which would have a second place for the word.
    pub(super) fn say(&self, word: Message) -> impl Future<Output = Result<(), Gone>> + Send {
        self.ws.connection().send(word).map_err(|_closed| Gone)
    }

    pub(super) async fn said(&mut self, last: u64) {
        if self.numbers && last > 0 {
            self.ws.number(last).await;
        }
    }

    pub(super) fn received(&mut self, received: Received) -> Came {
        match received {
            Received::Message(message) => Came::Reply(message),
            Received::Silence => Came::Silence,
            Received::Closed(_) | Received::TooBig { .. } | Received::Failed(_) => Came::Left,
        }
    }
}
