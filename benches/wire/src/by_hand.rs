//! The README's dialogue by hand, on a socket of ours: as it comes, and with each turn kept, as those of a conversation are.

use std::sync::LazyLock;

use converse::prelude::*;
use converse::store::{Id, Memory, Record, Schema, Store, StoreError};
use serde::Serialize;

#[ws_route("/introduce-by-hand")]
pub(crate) async fn introduce_by_hand(mut ws: WebSocket) -> converse::Result {
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

/// The same, kept before anything is said: nobody is given anything to come back with.
#[ws_route("/introduce-by-hand-kept")]
pub(crate) async fn introduce_by_hand_kept(mut ws: WebSocket) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut kept = Kept::begin(&Asked::Name).await?;
    ws.send("What is your name?").await?;
    let name = loop {
        match text(&mut ws).await {
            None => return Ok(()),
            Some(name) if !name.is_empty() => break name,
            Some(_) => {
                kept.write(&Asked::Name).await?;
                ws.send("Please, insert your name!").await?;
                ws.send("What is your name?").await?;
            }
        }
    };
    let asked = Asked::Age { name };
    kept.write(&asked).await?;
    ws.send("And your age?").await?;
    let age: i32 = loop {
        let Some(reply) = text(&mut ws).await else { return Ok(()) };
        match reply.trim().parse() {
            Ok(age) => break age,
            Err(_) => {
                kept.write(&asked).await?;
                ws.send("Please, insert an valid number").await?;
                ws.send("And your age?").await?;
            }
        }
    };
    kept.write(&Asked::Nothing).await?;
    let Asked::Age { name } = asked else { return Ok(()) };
    ws.send(format!("You're {name}, and you are {age} old.")).await?;
    ws.close().await;
    kept.forget().await?;
    Ok(())
}

/// What the client says next, unless it leaves.
async fn text(ws: &mut WebSocket) -> Option<String> {
    match ws.receive().await {
        Received::Message(message) => message.as_text().map(str::to_owned),
        _ => None,
    }
}

/// Where it stands.
#[derive(Serialize)]
enum Asked {
    Name,
    Age { name: String },
    Nothing,
}

/// Where it is kept.
static STORE: LazyLock<Memory> = LazyLock::new(Memory::default);

struct Kept(Record);

impl Kept {
    async fn begin(asked: &Asked) -> Result<Self, StoreError> {
        let record = Record::new(Id::random(), "by hand", "", Schema::from_bytes([0; 16]));
        let record = filled(record, asked)?;
        STORE.create(&record).await?;
        Ok(Kept(record))
    }

    async fn write(&mut self, asked: &Asked) -> Result<(), StoreError> {
        self.0 = filled(self.0.next(), asked)?;
        STORE.commit(&self.0, &[]).await
    }

    async fn forget(self) -> Result<(), StoreError> {
        STORE.delete(self.0.id, self.0.version).await
    }
}

fn filled(record: Record, asked: &Asked) -> Result<Record, StoreError> {
    let question = match asked {
        Asked::Name => "name",
        Asked::Age { .. } => "age",
        Asked::Nothing => "",
    };
    let body = serde_json::to_vec(asked).map_err(|error| StoreError::Fatal(error.into()))?;
    Ok(Record { question: question.into(), body: body.into(), ..record })
}
