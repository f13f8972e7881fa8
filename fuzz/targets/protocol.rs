//! Clients of `converse.v1` who come one after the other and say what they like: every answer is a frame of the protocol,
//! numbers only rise, and what has a number is the same whenever it is said.
#![no_main]

use std::collections::HashMap;

use converse::{Sessions, prelude::*};
use converse_fuzz::wire::{Manner, accepted, ask, frames, handshake, run, text};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

conversation! {
    /// Says what it is told, and how often it was told something.
    Echo {
        let mut told = 0_u32;
        loop {
            let more: String = ask "{told}"
                on "back" => back;
            told += 1;
            say "{more}";
            if more == "enough" {
                break;
            }
        }
    }
}

#[ws_route("/")]
async fn echo() -> Echo {
    Echo
}

/// What a client says.
#[derive(Debug, Arbitrary)]
enum Word<'a> {
    Raw(&'a str),
    Hello { returns: bool, out: u8, inputs: u8 },
    Input { n: u8, seen: u8, what: What<'a> },
}

#[derive(Debug, Arbitrary)]
enum What<'a> {
    Text(&'a str),
    Json(u8),
    Binary(&'a [u8]),
    Nothing,
}

fuzz_target!(|clients: Vec<(Manner, Vec<Word<'_>>)>| {
    run(async {
        let app = routes![echo].layer(Sessions::in_memory());
        let mut token = None;
        let mut known = HashMap::new();
        for (manner, words) in clients {
            let mut said = handshake("/", b"Sec-WebSocket-Protocol: converse.v1\r\n");
            said.extend(words.iter().flat_map(|word| text(&write(word, token.as_deref()))));
            let answer = ask(&app, said, manner).await;
            let heard = frames(accepted(&answer).unwrap_or_default());
            // Nothing that is said here is cut into several frames.
            let texts = heard.iter().filter(|(first, _)| *first == 0x81);
            let frames = texts.map(|(_, text)| serde_json::from_slice(text).expect("a frame is JSON"));
            if let Some(new) = look(&frames.collect::<Vec<_>>(), &mut known) {
                token = Some(new);
            }
        }
    });
});

fn write(word: &Word<'_>, token: Option<&str>) -> String {
    match word {
        Word::Raw(text) => text.chars().take(4000).collect(),
        Word::Hello { returns, out, inputs } => {
            json!({ "t": "hello", "token": token.filter(|_| *returns), "out": out, "in": inputs }).to_string()
        }
        Word::Input { n, seen, what } => {
            let mut frame = json!({ "t": "in", "n": n, "a": seen });
            match what {
                What::Text(text) => frame["text"] = text.chars().take(4000).collect::<String>().into(),
                What::Json(json) => frame["json"] = (*json).into(),
                What::Binary(bytes) => frame["binary"] = bytes.iter().map(|_| 'A').collect::<String>().into(),
                What::Nothing => {}
            }
            frame.to_string()
        }
    }
}

/// Looks at the frames of a connection, beside what was said in those before; the token that it gives.
fn look(frames: &[Value], known: &mut HashMap<(String, u64), String>) -> Option<String> {
    let (welcome, rest) = frames.split_first()?;
    assert_eq!(welcome["t"], "welcome");
    let id = welcome["id"].as_str().expect("a name").to_owned();
    let (mut outputs, mut inputs) = (0, welcome["in"].as_u64().expect("a number"));
    for frame in rest {
        let n = frame["n"].as_u64().expect("a number");
        match frame["t"].as_str() {
            Some("ack") => {
                assert!(n >= inputs, "{n} was acknowledged behind {inputs}");
                inputs = n;
            }
            Some("out") => {
                assert!(n > outputs, "{n} was said behind {outputs}");
                outputs = n;
                let text = frame["text"].as_str().expect("a text").to_owned();
                let before = known.entry((id.clone(), n)).or_insert_with(|| text.clone());
                assert_eq!(*before, text, "{n} is what it was");
            }
            _ => panic!("{frame} is no frame of a server"),
        }
    }
    welcome["token"].as_str().map(str::to_owned)
}
