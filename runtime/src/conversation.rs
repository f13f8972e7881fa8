//! The contract between a compiled conversation and whoever runs it.
//!
//! `conversation!` implements [`Conversation`]; the session that owns a socket calls [`Conversation::turn`] with an
//! [`Input`] and gets back either the output or the state to wait in. The trait knows neither sockets nor stores.

use std::fmt;
use std::future::Future;
use std::task::Poll;
use std::time::SystemTime;

use converse_flow::Flow;
use tokio::sync::mpsc::Receiver;

use crate::event::Event;
use crate::held::Held;
use crate::message::Message;
use crate::outdated::Outdated;
use crate::remember::Remember;
use crate::talk::Talk;

/// A dialogue, compiled to a state machine. Written by `conversation!`, never by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a conversation",
    label = "not declared by `conversation!`",
    note = "what `run` holds is a conversation; a WebSocket route returns one, or a `Result` of one whose error implements \
            `IntoResponse`",
    note = "a route whose handler takes a `WebSocket` may return `converse::Result` or nothing"
)]
pub trait Conversation: Sized + Send + 'static {
    /// The value that the conversation ends with.
    type Output: Send + 'static;

    /// One variant for each place where the conversation can wait, holding exactly what is needed to go on from there.
    /// It is stored by the names of the question and of the variables.
    type State: Remember;

    /// What it depends on, one field for each name in its `with (…)`; `()` where it has none. Never stored.
    type With: Send + Sync + 'static;

    /// The events that the server can send into it; [`Never`](crate::Never) where it hears none.
    type Event: Remember;

    /// Whether a `back` stands in it or in one that it runs, so that what it was before each question has to be kept.
    const BACK: bool;

    /// What becomes of a stored one whose state nothing reads any more: `on outdated => …`.
    const OUTDATED: Outdated = Outdated::DEFAULT;

    /// The conversation's graph: its questions, what each remembers, and how they lead to one another.
    const FLOW: Flow;

    /// The index in [`Flow::questions`] of the question that `state` waits at.
    fn question(state: &Self::State) -> usize;

    /// Has it hear what comes through `events`, each in its turn. One that is for no question yet waits for its `hear`, and
    /// while too many do, the channel is not read.
    fn hearing(self, events: Receiver<Self::Event>) -> Held<Self> {
        Held::from(self).hearing(events)
    }

    /// Has the application's key find it again: whoever comes to this route with the same key is in the same conversation,
    /// on whatever device, until it has ended. Only with [`Sessions`](crate::Sessions); the first to come begins it.
    ///
    /// ```
    /// use converse::{Held, prelude::*};
    ///
    /// conversation! {
    ///     /// Takes an order.
    ///     pub Order(customer: u64) {
    ///         let dish: String = ask "What would you like?";
    ///         say "{dish} for customer {customer}.";
    ///     }
    /// }
    ///
    /// #[ws_route("/order/{customer}")]
    /// async fn order(customer: u64) -> Held<Order> {
    ///     Order { customer }.keyed(customer)
    /// }
    /// # let _: axum::Router = routes![order];
    /// ```
    fn keyed(self, key: impl fmt::Display) -> Held<Self> {
        Held::from(self).keyed(key)
    }

    /// Runs from where the conversation stands to the next place where it waits, or to its end.
    ///
    /// [`Poll::Pending`] says that it now waits ([`Slot::Waiting`]), or that it was closed by the flow itself
    /// ([`Slot::Over`], with the close in [`Talk::finish`]), or what else [`Finish`](crate::Finish) says. A turn that is
    /// dropped half-way leaves [`Slot::Over`].
    fn turn(
        slot: &mut Slot<Self>,
        with: &Self::With,
        talk: &mut Talk<'_>,
    ) -> impl Future<Output = Poll<Self::Output>> + Send;
}

/// What can be had from an application's state `S`: what the conversations of its routes depend on, each through axum's
/// [`FromRef`](axum::extract::FromRef).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be had from the state `{S}` of the router",
    label = "this conversation depends on something that the state does not have",
    note = "implement axum's `FromRef<{S}>` for each type in the conversation's `with (…)`"
)]
pub trait Dependencies<S>: Sized {
    /// The dependencies, out of the state.
    fn from_state(state: &S) -> Self;
}

impl<S> Dependencies<S> for () {
    fn from_state(_: &S) -> Self {}
}

/// Those of a conversation that is run, and those of the one that runs it.
impl<S, A: Dependencies<S>, B: Dependencies<S>> Dependencies<S> for (A, B) {
    fn from_state(state: &S) -> Self {
        (A::from_state(state), B::from_state(state))
    }
}

/// Where a conversation stands between two turns.
#[derive(Debug)]
pub enum Slot<C: Conversation> {
    /// It has not said anything yet.
    Start(C),
    /// It waits for an answer.
    Waiting(C::State),
    /// It has ended, or a turn of it is under way.
    Over,
}

impl<C: Conversation> Slot<C> {
    /// Takes what is there, for the turn that is about to run.
    #[doc(hidden)]
    pub fn take(&mut self) -> Self {
        std::mem::replace(self, Slot::Over)
    }

    /// Whether it has ended.
    #[doc(hidden)]
    pub fn is_over(&self) -> bool {
        matches!(self, Slot::Over)
    }
}

/// What wakes a conversation.
#[derive(Debug)]
pub enum Input {
    /// Its first turn.
    Start,
    /// The client said something.
    Reply(Message),
    /// The server sent something.
    Event(Event),
    /// The question's `within` has passed without a reply.
    Silence,
    /// What [`Finish::alarm`](crate::Finish::alarm) said has come: the timers that were due by then ring, and none that has
    /// become due since.
    Timer(SystemTime),
    /// The question is to be asked again: another conversation that runs this one says so, or a question that follows it
    /// goes `back`.
    Again,
    /// What was done `once` is stored: it goes on.
    Stored,
}
