//! Any bytes as what is stored of a conversation, and a client that comes back to it and says something.
#![no_main]

use converse::store::{Memory, Store};
use converse::{Held, Keys, Sessions, prelude::*};
use converse_fuzz::wire::{Manner, accepted, ask, frames, handshake, run, text};
use libfuzzer_sys::fuzz_target;

#[derive(Clone, Debug, PartialEq, Choice, serde::Serialize, serde::Deserialize)]
enum Size {
    Small,
    Large,
}

conversation! {
    /// Remembers a value of many a type, and can go back.
    Order {
        let name: String = ask "Name?";
        let size: Size = ask "Size?"
            on "back" => back;
        let tip: Option<f64> = ask "Tip?"
            within 30s else answer None
            on "back" => back;
        for item: (u8, char) in vec![(1_u8, 'a'), (2, 'b')] {
            let many: u64 = ask "How many {item:?}?"
                on "back" => back
                on "name" => goto name;
            say "{many}";
        }
        say "{name} {size:?} {tip:?}";
    }
}

#[ws_route("/")]
async fn order() -> Held<Order> {
    Order.keyed("ada")
}

fuzz_target!(|input: (Manner, bool, Vec<&str>, &[u8])| {
    let (manner, is_sealed, replies, body) = input;
    run(async {
        let store = Memory::default();
        let sessions = Sessions::new(store.clone());
        let sessions = if is_sealed { sessions.sealed_by(Keys::new("k", &[7; 32])) } else { sessions };
        let app = routes![order].layer(sessions);
        ask(&app, [handshake("/", b""), text("Ada")].concat(), Manner::default()).await;
        let record = store.find("Order", "ada").await.expect("it answers").expect("it was stored");
        let mut next = record.next();
        next.body = body.to_vec().into();
        store.commit(&next, &[]).await.expect("it is the next version");
        let said = replies.iter().map(|reply| text(&reply.chars().take(4000).collect::<String>()));
        let answer = ask(&app, [handshake("/", b"")].into_iter().chain(said).flatten().collect(), manner).await;
        if let Some(answer) = accepted(&answer) {
            frames(answer);
        } else if manner.listens() && !answer.is_empty() {
            // What cannot be read is nobody's fault but the server's.
            assert!(answer.starts_with(b"HTTP/1.1 50"), "{}", answer.escape_ascii());
        }
    });
});
