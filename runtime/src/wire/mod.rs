//! How a conversation is held over a socket: what its outputs and its client's inputs look like there.

mod json;
mod plain;

use std::task::{Context, Poll};

pub(crate) use self::json::{Hello, Json, PROTOCOL};
use self::plain::Plain;
use crate::close::Close;
use crate::message::Message;
use crate::moment::Moment;
use crate::socket::WebSocket;

/// One of the two ways.
pub(crate) enum Wire {
    Plain(Plain),
    /// In a box: few clients speak it, and each that is there has room for one of the two.
    Json(Box<Json>),
}

/// What comes from a client.
pub(crate) enum Came {
    Reply(Message),
    /// What had come before: the client is to be told what is stored.
    Repeated,
    /// Nothing came in time.
    Silence,
    /// It has gone, or was closed for what it sent.
    Left,
    /// It does not keep to what was agreed upon, and is to be closed.
    Amiss(Close),
}

/// The client has gone.
#[derive(Debug)]
pub(crate) struct Gone;

impl Wire {
    /// Messages as they are. With `numbers` the client is asked what has arrived.
    pub(crate) fn plain(ws: WebSocket, numbers: bool) -> Self {
        Wire::Plain(Plain { ws, numbers })
    }

    /// Says an output, by its number, and the name of the question if it asks one.
    pub(crate) async fn say(&mut self, number: u64, question: Option<&str>, word: Message) -> Result<(), Gone> {
        match self {
            Wire::Plain(plain) => plain.say(word).await,
            Wire::Json(json) => Box::pin(json.say(number, question, &word)).await,
        }
    }

    /// Says outputs ahead of the write that they belong to; `false` where they have to wait for it.
    pub(crate) async fn say_early(&mut self, words: &[Message]) -> bool {
        let Wire::Plain(plain) = self else { return false };
        for word in words {
            // A turn that has begun is ended, even if the client has gone.
            drop(plain.say(word.clone()).await);
        }
        true
    }

    /// Everything up to the output of this number was said.
    pub(crate) async fn said(&mut self, last: u64) {
        if let Wire::Plain(plain) = self {
            plain.said(last).await;
        }
    }

    /// Inputs up to this number are stored, with what they have led to.
    pub(crate) async fn stored(&mut self, inputs: u64) -> Result<(), Gone> {
        match self {
            Wire::Plain(_) => Ok(()),
            Wire::Json(json) => Box::pin(json.stored(inputs)).await,
        }
    }

    /// The number of the last input that was received; 0 where they have none.
    pub(crate) fn inputs(&self) -> u64 {
        match self {
            Wire::Plain(_) => 0,
            Wire::Json(json) => json.inputs(),
        }
    }

    /// Waits for what comes next, but not behind `deadline`.
    pub(crate) fn poll_receive(&mut self, deadline: Option<Moment>, cx: &mut Context<'_>) -> Poll<Came> {
        self.socket().poll_receive(deadline, cx).map(|received| match self {
            Wire::Plain(plain) => plain.received(received),
            Wire::Json(json) => json.received(received),
        })
    }

    pub(crate) fn socket(&mut self) -> &mut WebSocket {
        match self {
            Wire::Plain(plain) => &mut plain.ws,
            Wire::Json(json) => json.socket(),
        }
    }
}
