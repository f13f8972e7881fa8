//! `converse.v1`: numbered frames of JSON, for clients that know what they have seen and what was heard of them.
//!
//! `docs/protocol.md` says what each frame means.

use std::borrow::Cow;
use std::sync::atomic::Ordering;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::{Came, Gone};
use crate::close::Close;
use crate::limits;
use crate::message::{Binary, Message};
use crate::sessions::{Entered, Progress, Standing};
use crate::socket::{Received, WebSocket};

/// The name of the subprotocol (RFC 6455 §1.9).
pub(crate) const PROTOCOL: &str = "converse.v1";

/// How long the first frame of a client is at most: a token and two numbers have room in it.
const HELLO: usize = 4 * 1024;

/// The first frame of a client.
#[derive(Deserialize)]
pub(crate) struct Hello {
    t: String,
    /// What it was given by the last welcome, if it comes back.
    pub(crate) token: Option<String>,
    /// The number of the last output that it has seen.
    #[serde(default)]
    out: u64,
    /// The number of its last input that was acknowledged.
    #[serde(default, rename = "in")]
    inputs: u64,
}

/// Every other frame of a client.
#[derive(Deserialize)]
struct Input<'f> {
    #[serde(borrow)]
    t: Cow<'f, str>,
    n: u64,
    /// The number of the last output that it has seen.
    #[serde(default)]
    a: u64,
    text: Option<String>,
    #[serde(borrow, default, deserialize_with = "any")]
    json: Option<&'f RawValue>,
    binary: Option<Binary>,
}

/// A value that is there, even if it is `null`.
fn any<'de: 'f, 'f, D: Deserializer<'de>>(from: D) -> Result<Option<&'f RawValue>, D::Error> {
    Deserialize::deserialize(from).map(Some)
}

/// The frames of the server.
#[derive(Serialize)]
#[serde(tag = "t", rename_all = "lowercase")]
enum Frame<'f> {
    Welcome {
        id: String,
        epoch: u64,
        #[serde(rename = "in")]
        inputs: u64,
        out: u64,
        state: Standing,
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<String>,
    },
    Out {
        n: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        ask: Option<&'f str>,
        #[serde(flatten)]
        word: Word<'f>,
    },
    Ack {
        n: u64,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Word<'f> {
    Text(&'f str),
    Binary(Binary),
}

/// A client that speaks it.
pub(crate) struct Json {
    ws: WebSocket,
    /// The number of the last output that it was told, or has seen before.
    out: u64,
    /// The number of the last input that was received, and of the last that is stored.
    inputs: u64,
    stored: u64,
    /// Whether it is to be told, once more, what is stored.
    owes: bool,
}

impl Hello {
    /// Waits for it.
    ///
    /// # Errors
    ///
    /// What to close with where something else comes, or nothing.
    pub(crate) async fn receive(ws: &mut WebSocket) -> Result<Self, Close> {
        match ws.receive_within(limits::HANDSHAKE).await {
            Received::Message(message) => Hello::read(&message),
            Received::Silence => Err(amiss("no hello came in time")),
            // It is closed already: this close is not sent.
            Received::Closed(_) | Received::TooBig { .. } | Received::Failed(_) => Err(Close::new(Close::NORMAL, "")),
        }
    }

    fn read(message: &Message) -> Result<Self, Close> {
        if message.len() > HELLO {
            return Err(Close::new(Close::TOO_BIG, format!("a hello has at most {HELLO} bytes")));
        }
        object(message).filter(|hello: &Hello| hello.t == "hello").ok_or_else(|| amiss(r#"expected {"t":"hello"}"#))
    }

    /// How far the client is.
    pub(crate) fn progress(&self) -> Progress {
        Progress { inputs: self.inputs, outputs: self.out }
    }
}

impl Json {
    /// Welcomes a client that was let in.
    pub(crate) async fn welcome(ws: WebSocket, hello: &Hello, entered: &Entered) -> Result<Self, Gone> {
        let Progress { inputs, outputs } = entered.saved.as_ref().map(|saved| saved.progress()).unwrap_or_default();
        let out = if entered.standing == Standing::Resumed { hello.out } else { 0 };
        ws.heard().store(out, Ordering::Release);
        let json = Json { ws, out, inputs, stored: inputs, owes: false };
        json.send(&Frame::Welcome {
            id: entered.keeper.id().to_string(),
            epoch: entered.keeper.access.epoch,
            inputs,
            out: outputs,
            state: entered.standing,
            token: entered.token.as_ref().map(|token| token.expose()),
        })
        .await?;
        Ok(json)
    }

    pub(super) async fn say(&mut self, n: u64, ask: Option<&str>, word: &Message) -> Result<(), Gone> {
        if n <= self.out {
            return Ok(());
        }
        let word = match word {
            Message::Text(text) => Word::Text(text),
            Message::Binary(bytes) => Word::Binary(Binary(bytes.clone())),
        };
        self.send(&Frame::Out { n, ask, word }).await?;
        self.out = n;
        Ok(())
    }

    pub(super) async fn stored(&mut self, inputs: u64) -> Result<(), Gone> {
        self.owes |= inputs > self.stored;
        self.stored = inputs;
        self.acknowledge().await
    }

    pub(super) fn inputs(&self) -> u64 {
        self.inputs
    }

    pub(super) fn received(&mut self, received: Received) -> Came {
        match received {
            Received::Message(message) => match self.take(&message) {
                Ok(Some(reply)) => Came::Reply(reply),
                Ok(None) => Came::Repeated,
                Err(close) => Came::Amiss(close),
            },
            Received::Silence => Came::Silence,
            Received::Closed(_) | Received::TooBig { .. } | Received::Failed(_) => Came::Left,
        }
    }

    pub(super) fn socket(&mut self) -> &mut WebSocket {
        &mut self.ws
    }

    /// The reply in a frame, unless it was taken before.
    fn take(&mut self, frame: &Message) -> Result<Option<Message>, Close> {
        let input = object(frame).filter(|input: &Input<'_>| input.t == "in");
        let input = input.ok_or_else(|| amiss(r#"expected {"t":"in","n":…} with a text, json or binary"#))?;
        // What was not said does not count.
        if input.a <= self.out {
            self.ws.heard().fetch_max(input.a, Ordering::Release);
        }
        if (1..=self.inputs).contains(&input.n) {
            self.owes = true;
            return Ok(None);
        }
        if input.n != self.inputs + 1 {
            // A gap; or 0, which is no input: who counts from there would take it for applied.
            return Err(amiss(format!("expected the input {}, not {}", self.inputs + 1, input.n)));
        }
        let reply = match (input.text, input.json, input.binary) {
            (Some(text), None, None) => Message::from(text),
            (None, Some(json), None) => Message::from(json.get()),
            (None, None, Some(bytes)) => Message::from(bytes),
            _ => return Err(amiss("expected one of text, json and binary")),
        };
        self.inputs = input.n;
        Ok(Some(reply))
    }

    /// Says what is stored, if that is owed. This can be dropped half-way: then it still is.
    async fn acknowledge(&mut self) -> Result<(), Gone> {
        if self.owes {
            self.send(&Frame::Ack { n: self.stored }).await?;
            self.owes = false;
        }
        Ok(())
    }

    async fn send(&self, frame: &Frame<'_>) -> Result<(), Gone> {
        let json = serde_json::to_string(frame).expect("names, numbers and texts can be written");
        self.ws.send(json).await.map_err(|_closed| Gone)
    }
}

/// What is in a frame. For serde a list of the same values would do as well, whose order nobody has promised.
fn object<'f, T: Deserialize<'f>>(frame: &'f Message) -> Option<T> {
    let text = frame.as_text()?;
    let is_object = text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{');
    serde_json::from_str(text).ok().filter(|_| is_object)
}

fn amiss(reason: impl Into<Cow<'static, str>>) -> Close {
    Close::new(Close::PROTOCOL, reason)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::connection::Connection;
    use crate::registry::ConnectionId;

    fn json() -> Json {
        let connection = Connection::new(ConnectionId::unique());
        Json { ws: WebSocket::new(Arc::new(connection)), out: 7, inputs: 2, stored: 1, owes: false }
    }

    #[test]
    fn an_input_is_a_text_a_value_or_bytes() {
        let mut json = json();
        for (frame, reply) in [
            (r#"{"t":"in","n":3,"a":7,"text":"a \"word\""}"#, Message::from("a \"word\"")),
            (r#"{"json":{"b": 1.50,"a":[]},"n":4,"t":"in","later":0}"#, Message::from(r#"{"b": 1.50,"a":[]}"#)),
            (" \t\r\n{\"t\":\"in\",\"n\":5,\"json\":null}", Message::from("null")),
            (r#"{"t":"in","n":6,"binary":"yv4="}"#, Message::from(vec![0xCA, 0xFE])),
        ] {
            assert_eq!(json.take(&frame.into()), Ok(Some(reply)));
        }
        assert_eq!(json.ws.heard().load(Ordering::Acquire), 7);
    }

    #[test]
    fn what_was_taken_before_is_only_acknowledged() {
        let mut json = json();
        for n in 1..=2 {
            json.owes = false;
            assert_eq!(json.take(&format!(r#"{{"t":"in","n":{n},"a":8,"text":""}}"#).into()), Ok(None));
            assert!(json.owes);
        }
        assert_eq!(json.ws.heard().load(Ordering::Acquire), 0, "the eighth was never said");
    }

    #[test]
    fn anything_else_is_a_mistake() {
        for (frame, reason) in [
            (r#"{"t":"in","n":4,"text":"hi"}"#, "expected the input 3, not 4"),
            (r#"{"t":"in","n":0,"text":"hi"}"#, "expected the input 3, not 0"),
            (r#"{"t":"in","n":3}"#, "expected one of text, json and binary"),
            (r#"{"t":"in","n":3,"text":"hi","json":1}"#, "expected one of text, json and binary"),
            (r#"{"t":"hello"}"#, r#"expected {"t":"in","n":…} with a text, json or binary"#),
            (r#"{"t":"out","n":3,"text":"hi"}"#, r#"expected {"t":"in","n":…} with a text, json or binary"#),
            (r#"{"t":"in","n":-3,"text":"hi"}"#, r#"expected {"t":"in","n":…} with a text, json or binary"#),
            (r#"{"t":"in","n":3,"binary":"%"}"#, r#"expected {"t":"in","n":…} with a text, json or binary"#),
            (r#"["in",3,0,"hi",null,null]"#, r#"expected {"t":"in","n":…} with a text, json or binary"#),
            ("hi", r#"expected {"t":"in","n":…} with a text, json or binary"#),
        ] {
            let close = json().take(&frame.into()).expect_err(frame);
            assert_eq!((close.code, &*close.reason), (1002, reason));
            assert!(close.sendable().is_ok(), "{frame}");
        }
        assert!(json().take(&br#"{"t":"in","n":3,"text":"hi"}"#.to_vec().into()).is_err(), "frames are text");
    }

    #[test]
    fn a_hello_is_small_and_says_so() {
        let read = |text: &str| Hello::read(&text.into()).map(|hello| (hello.progress(), hello.token));
        assert_eq!(read(r#"{"t":"hello"}"#), Ok((Progress::default(), None)));
        let (progress, token) = read(r#"{"t":"hello","token":"v1.x","out":17,"in":9,"more":1}"#).expect("it is one");
        assert_eq!((progress, token.as_deref()), (Progress { inputs: 9, outputs: 17 }, Some("v1.x")));
        for text in
            ["", "{}", "hello", r#"{"t":"in","n":1,"text":""}"#, r#"{"t":"hello","out":"1"}"#, r#"["hello",null,0,0]"#]
        {
            assert_eq!(read(text).expect_err(text).code, 1002);
        }
        let long = format!(r#"{{"t":"hello","token":"{}"}}"#, "x".repeat(HELLO));
        assert_eq!(read(&long).expect_err("it is too long").code, 1009);
    }

    #[test]
    fn its_own_frames_are_as_they_are_documented() {
        let shown = |frame: Frame<'_>| serde_json::to_string(&frame).expect("it can be written");
        let out = |n, ask, word| shown(Frame::Out { n, ask, word });
        assert_eq!(out(1, None, Word::Text("Hello!")), r#"{"t":"out","n":1,"text":"Hello!"}"#);
        assert_eq!(out(2, Some("name"), Word::Text("Who?")), r#"{"t":"out","n":2,"ask":"name","text":"Who?"}"#);
        assert_eq!(out(3, None, Word::Binary(Binary(vec![0xCA, 0xFE].into()))), r#"{"t":"out","n":3,"binary":"yv4="}"#);
        assert_eq!(shown(Frame::Ack { n: 9 }), r#"{"t":"ack","n":9}"#);
    }
}
