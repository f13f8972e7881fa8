//! A process that holds a conversation, as a test sees it: its client is the test, and its time that of the test.

use std::borrow::Cow;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use tokio::runtime::{Builder, Runtime};
use tokio::time::advance;

use crate::clock::pretended;
use crate::close::Close;
use crate::connection::{Batch, Connection, Outgoing};
use crate::conversation::Conversation;
use crate::link::End;
use crate::message::Message;
use crate::moment::Moment;
use crate::registry::ConnectionId;
use crate::session;
use crate::sessions::{Arrival, Saved, Sessions, Token, Visit};
use crate::socket::WebSocket;
use crate::store::{Filter, Id, Memory, Pushed, Record, Schema, Status, Store};

/// What outlives a process.
#[derive(Clone)]
pub(super) struct World {
    store: Memory,
    now: SystemTime,
    /// What the client comes back with.
    token: Option<Token>,
    id: Option<Id>,
    /// How many events were sent.
    events: u64,
}

impl World {
    pub(super) fn new() -> Self {
        World { store: Memory::default(), now: pretended::first(), token: None, id: None, events: 0 }
    }

    /// One with a conversation in it that a build of this schema has stored at a question.
    ///
    /// # Errors
    ///
    /// If that is not what is stored of a conversation.
    pub(super) fn holding<C: Conversation>(
        schema: Schema,
        question: &str,
        stored: &serde_json::Value,
    ) -> Result<Self, String> {
        let mut world = World::new();
        let mut saved = <Saved<'_>>::deserialize(stored).map_err(|error| error.to_string())?;
        let mut record = Record::new(Id::random(), C::FLOW.name, question, schema);
        let token = Token::random(record.id);
        saved.access.to_mut().token = Some(token.hash());
        Sessions::new(world.store.clone()).0.put(&mut record, &saved).map_err(|error| error.to_string())?;
        (world.token, world.id) = (Some(token), Some(record.id));
        let runtime = Builder::new_current_thread().build().expect("the system has what a runtime needs");
        runtime.block_on(world.store.create(&record)).map_err(|error| error.to_string())?;
        Ok(world)
    }
}

/// A process, with one client in it.
pub(super) struct Process<C: Conversation> {
    runtime: Runtime,
    sessions: Sessions,
    world: World,
    with: Arc<C::With>,
    client: Option<Client>,
}

struct Client {
    connection: Arc<Connection>,
    session: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// How far a conversation has come by itself.
#[derive(Debug)]
pub(super) enum Stands {
    /// It waits for somebody.
    Waits,
    /// It has closed.
    Closed(Close),
    /// It is gone without a close.
    Gone,
    /// It goes on and on by itself.
    Endless,
}

/// After so much of it, what a conversation does by itself is taken for endless.
const ENDLESS: usize = 10_000;

impl<C: Conversation> Process<C> {
    pub(super) fn new(world: World, with: C::With) -> Self {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
        let runtime = runtime.expect("the system has what a runtime needs");
        let sessions = Sessions::new(world.store.clone()).trust_pongs(false);
        let now = world.now;
        runtime.block_on(async { pretended::begin(now) });
        Process { runtime, sessions, world, with: Arc::new(with), client: None }
    }

    /// The client comes in. What is there begins with `conversation`, unless it comes back.
    pub(super) fn enter(&mut self, conversation: C) -> (Vec<Message>, Stands) {
        let mut request = http::Request::new(());
        request.extensions_mut().insert(self.sessions.clone());
        let visit = Visit::of(&request.into_parts().0, true).expect("there are sessions");
        let arrival = Arrival { token: self.world.token.take(), ..Arrival::default() };
        let entered = self.runtime.block_on(async { visit.enter::<C>(arrival).await }).expect("the store is there");
        self.world.token.clone_from(&entered.token);
        self.world.id = Some(entered.keeper.id());
        let connection = Arc::new(Connection::new(ConnectionId::unique()));
        let ws = WebSocket::new(Arc::clone(&connection));
        let with = Arc::clone(&self.with);
        let (held, entered) = (Box::new(conversation.into()), Some(entered));
        self.client = Some({
            let _in_it = self.runtime.enter(); // Its clocks begin where time is the test's.
            Client { connection, session: Box::pin(session::hold(ws, held, entered, with)) }
        });
        self.settle()
    }

    /// The client says something.
    pub(super) fn say(&mut self, message: Message) -> (Vec<Message>, Stands) {
        if let Some(client) = &self.client {
            let mut came = Batch::default();
            client.connection.take_in(&mut came, message);
            client.connection.deliver(came);
        }
        self.settle()
    }

    /// The server sends an event.
    pub(super) fn send(&mut self, event: &C::Event) -> (Vec<Message>, Stands) {
        let id = self.world.id.expect("somebody has come in");
        self.world.events += 1;
        let name = format!("event {}", self.world.events);
        // One that finds no room, as too many wait already, is lost as it would be anywhere.
        let _: Pushed = self.runtime.block_on(self.sessions.send::<C>(id, &name, event)).expect("the store is there");
        self.settle()
    }

    /// Time passes. What happens meanwhile happens in its order.
    pub(super) fn pass(&mut self, time: Duration) -> (Vec<Message>, Stands) {
        let mut rest = time;
        let (mut said, mut stands) = self.settle();
        while matches!(stands, Stands::Waits) {
            let Some(alarm) = self.alarm().filter(|alarm| *alarm <= rest) else { break };
            self.advance(alarm);
            rest -= alarm;
            let (more, then) = self.settle();
            said.extend(more);
            stands = then;
        }
        self.advance(rest);
        (said, stands)
    }

    /// How long it is until its first clock runs out.
    pub(super) fn alarm(&self) -> Option<Duration> {
        let alarm = self.client.as_ref().and_then(|client| client.connection.drive(Waker::noop(), 0).alarm)?;
        Some(alarm.since(self.runtime.block_on(async { Moment::now() })))
    }

    /// What is stored of the conversation, but for who may come back.
    pub(super) fn stored(&self) -> Result<serde_json::Value, String> {
        let id = self.world.id.expect("somebody has come in");
        let loaded = self.runtime.block_on(self.world.store.load(id));
        let record = loaded.map_err(|error| error.to_string())?.expect("it is stored");
        let mut saved = self.sessions.0.take(&record).map_err(|error| error.to_string())?;
        saved.access = Cow::default();
        let mut written = Vec::new();
        saved.write(&mut written).and_then(|()| serde_json::from_slice(&written)).map_err(|error| error.to_string())
    }

    /// Whether something is there that this build could not read.
    pub(super) fn has_set_aside(&self) -> bool {
        let parked = Filter { status: Some(Status::Parked), ..Filter::default() };
        let found = self.runtime.block_on(self.world.store.list(&parked, None, 1));
        found.is_ok_and(|found| !found.is_empty())
    }

    /// The question that the conversation waits at.
    pub(super) fn question(&self) -> String {
        let summary = self.world.id.and_then(|id| self.runtime.block_on(self.sessions.get(id)).ok()?);
        summary.map(|summary| summary.question.to_string()).unwrap_or_default()
    }

    /// The connection breaks.
    pub(super) fn cut(&mut self) {
        let _in_it = self.runtime.enter();
        self.client = None;
    }

    /// The process is killed. What is left of it.
    pub(super) fn kill(mut self) -> World {
        self.world.now += self.runtime.block_on(async { pretended::passed() });
        self.cut();
        self.world
    }

    fn advance(&self, time: Duration) {
        if !time.is_zero() {
            self.runtime.block_on(advance(time));
        }
    }

    /// Lets the conversation go on until it can go no further by itself. What it said.
    fn settle(&mut self) -> (Vec<Message>, Stands) {
        let mut said = Vec::new();
        let Some(client) = &mut self.client else { return (said, Stands::Gone) };
        let mut rounds = 0;
        let stands = self.runtime.block_on(poll_fn(|cx| {
            rounds += 1;
            if rounds > ENDLESS { Poll::Ready(Stands::Endless) } else { client.poll(&mut said, cx) }
        }));
        if !matches!(stands, Stands::Waits) {
            self.client = None;
        }
        (said, stands)
    }
}

impl Client {
    fn close_wanted(&self) -> Option<Close> {
        self.connection.drive(Waker::noop(), 0);
        self.connection.asked_close()
    }

    fn poll(&mut self, said: &mut Vec<Message>, cx: &mut Context<'_>) -> Poll<Stands> {
        let mut closed = None;
        loop {
            self.connection.forget_reader();
            let polled = self.session.as_mut().poll(cx);
            let before = said.len();
            let mut outbox = self.connection.drive(Waker::noop(), usize::MAX).outbox;
            while let Some(outgoing) = outbox.pop() {
                if let Outgoing::Message(message) = outgoing {
                    said.push(message);
                }
            }
            if polled.is_ready() {
                let close = closed.or_else(|| self.close_wanted());
                return Poll::Ready(close.map_or(Stands::Gone, Stands::Closed));
            }
            if closed.is_none()
                && let Some(close) = self.close_wanted()
            {
                // The client answers the close, so that the conversation is known to have been heard to its end.
                self.connection.end(End::Closed(close.clone()));
                closed = Some(close);
            } else if closed.is_none() && self.connection.is_awaited() {
                return Poll::Ready(Stands::Waits);
            } else if said.len() > ENDLESS {
                return Poll::Ready(Stands::Endless);
            } else if said.len() == before {
                return Poll::Pending;
            } // Otherwise there is room for more now.
        }
    }
}
