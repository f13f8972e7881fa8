//! Many connections at a time: echoes, visits of one message, dialogues.

use std::convert::Infallible;
use std::io::Result;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::{JoinSet, yield_now};

use crate::client::{Burst, CLOSE, Client, TEXT, Target, frame, wrong};

/// How many connections are opened at the same time, by whatever opens some.
const AT_ONCE: usize = 32;

/// What the README's visitor says, and what is said to it then; the first is said to nobody's word.
const DIALOGUE: [(Option<&str>, &[&str]); 5] = [
    (None, &["What is your name?"]),
    (Some(""), &["Please, insert your name!", "What is your name?"]),
    (Some("Ada"), &["And your age?"]),
    (Some("thirty-six"), &["Please, insert an valid number", "And your age?"]),
    (Some("36"), &["You're Ada, and you are 36 old."]),
];

/// When a connection has done enough.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// At this time.
    At(Instant),
    /// After so many.
    After(usize),
}

impl Stop {
    fn is_due(self, done: usize) -> bool {
        match self {
            Stop::At(time) => Instant::now() >= time,
            Stop::After(many) => done >= many,
        }
    }
}

/// What a client does that comes and goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Visit {
    /// One message, and its echo.
    Echo,
    /// The README's dialogue, from its first word to its close.
    Dialogue,
    /// The dialogue as far as its first answer.
    OneAnswer,
}

/// Opens so many connections, and has each make the visit's way, short of its close.
///
/// # Errors
///
/// If the server does not do what it should.
pub async fn open(target: Target, many: usize, visit: Option<Visit>) -> Result<Vec<Client>> {
    let mut openers = JoinSet::new();
    for part in 0..AT_ONCE.min(many) {
        openers.spawn(async move {
            let mut clients = Vec::new();
            for _ in (part..many).step_by(AT_ONCE) {
                let mut client = Client::connect(&target).await?;
                if let Some(visit) = visit {
                    act(&mut client, &target, visit).await?;
                }
                clients.push(client);
            }
            Result::Ok(clients)
        });
    }
    let opened: Result<Vec<_>> = openers.join_all().await.into_iter().collect();
    Ok(opened?.into_iter().flatten().collect())
}

/// Has clients stay, and answer pings, until one is sent away.
///
/// # Errors
///
/// If they hear anything at all.
pub async fn stay(clients: Vec<Client>) -> Result<()> {
    let mut all = JoinSet::new();
    for mut client in clients {
        all.spawn(async move { client.hear().await });
    }
    match all.join_next().await {
        Some(Ok(heard)) => Err(wrong("the quiet", &heard?.1)),
        _ => Ok(()),
    }
}

/// Comes back to where [`Visit::OneAnswer`] has left a dialogue; how long it took to hear where that is.
///
/// # Errors
///
/// If it is anywhere else.
pub async fn come_back(target: &Target, cookie: &str) -> Result<Duration> {
    let began = Instant::now();
    let mut client = Client::come_back(target, Some(cookie)).await?;
    let (_, heard) = client.hear().await?;
    match &*heard {
        b"And your age?" => Ok(began.elapsed()),
        _ => Err(wrong("what is said on the return", &heard)),
    }
}

/// Has every client send bursts and wait for what comes of them; how long each burst took, and the clients.
///
/// # Errors
///
/// If anything comes back but what was sent.
pub async fn echo(clients: Vec<Client>, burst: &Arc<Burst>, stop: Stop) -> Result<(Vec<Client>, Vec<Duration>)> {
    let mut talks = JoinSet::new();
    for mut client in clients {
        let burst = Arc::clone(burst);
        talks.spawn(async move {
            let (mut took, mut buffer) = (Vec::new(), Vec::new());
            while !stop.is_due(took.len()) {
                let began = Instant::now();
                client.echo(&burst, &mut buffer).await?;
                took.push(began.elapsed());
            }
            Result::Ok((client, took))
        });
    }
    let done: Result<Vec<_>> = talks.join_all().await.into_iter().collect();
    let (clients, took): (Vec<_>, Vec<_>) = done?.into_iter().unzip();
    Ok((clients, took.concat()))
}

/// One round for every client, few at a time: what is to be measured is what stays afterwards.
///
/// # Errors
///
/// If anything comes back but what was sent.
pub async fn echo_in_turn(mut clients: Vec<Client>, burst: &Arc<Burst>) -> Result<Vec<Client>> {
    let mut done = Vec::with_capacity(clients.len());
    while !clients.is_empty() {
        let few = clients.split_off(clients.len().saturating_sub(AT_ONCE));
        done.extend(echo(few, burst, Stop::After(1)).await?.0);
    }
    Ok(done)
}

/// Has clients come, do what they came for, and go, some at the same time; how many it were. They never sleep meanwhile: whoever
/// sends to one on this machine that does has to wake it, and the slower a server is, the more often.
///
/// # Errors
///
/// If the server does not do what it should.
pub async fn visits(target: Target, visit: Visit, stop: Stop) -> Result<usize> {
    let mut visitors = JoinSet::new();
    for _ in 0..AT_ONCE {
        visitors.spawn(async move {
            let mut done = 0;
            while !stop.is_due(done) {
                let mut client = Client::connect(&target).await?;
                act(&mut client, &target, visit).await?;
                if visit == Visit::Dialogue {
                    answer_close(client).await?;
                } else {
                    client.close().await?;
                }
                done += 1;
            }
            Result::Ok(done)
        });
    }
    tokio::select! {
        done = visitors.join_all() => done.into_iter().sum(),
        never = stay_awake() => match never {},
    }
}

async fn stay_awake() -> Infallible {
    loop {
        yield_now().await;
    }
}

async fn act(client: &mut Client, target: &Target, visit: Visit) -> Result<()> {
    let turns = match visit {
        Visit::Echo => return client.echo(&Burst::new(target, 1, 64), &mut Vec::new()).await,
        Visit::Dialogue => &DIALOGUE[..],
        Visit::OneAnswer => &DIALOGUE[..3],
    };
    for (said, answers) in turns {
        if let Some(said) = said {
            client.say(&frame(TEXT, said.as_bytes())).await?;
        }
        for answer in *answers {
            let (opcode, heard) = client.hear().await?;
            if opcode != TEXT || heard != answer.as_bytes() {
                return Err(wrong(&format!("{answer:?}"), &heard));
            }
        }
    }
    Ok(())
}

/// A dialogue that is over is closed by the server, with 1000.
async fn answer_close(mut client: Client) -> Result<()> {
    let (opcode, code) = client.hear().await?;
    if opcode != CLOSE || code != 1000_u16.to_be_bytes() {
        return Err(wrong("the end", &code));
    }
    client.say(&frame(CLOSE, &code)).await
}
