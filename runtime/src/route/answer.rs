//! What becomes of a handler's answer.

use std::future::{Future, ready};

use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use futures_util::future::Either;

use crate::conversation::{Conversation, Dependencies};
use crate::held::Held;
use crate::sessions::Sessions;
use crate::socket::WebSocket;
use crate::upgrade::{Outcome, Upgrade};

/// What a handler can return that leaves its socket to the runtime, on a router whose state is `S`: a conversation, one
/// that is [`Held`] events, or a `Result` of either, whose error refuses the upgrade with the response that it is.
pub trait IntoConversation<S> {
    /// The conversation to be held.
    type Conversation: Conversation<With: Dependencies<S>>;

    /// The conversation, or the response that refuses it.
    ///
    /// # Errors
    ///
    /// Where the handler refuses the upgrade.
    fn into_conversation(self) -> Result<Held<Self::Conversation>, Refusal>;
}

impl<S, C: Conversation<With: Dependencies<S>>> IntoConversation<S> for C {
    type Conversation = C;

    fn into_conversation(self) -> Result<Held<C>, Refusal> {
        Ok(self.into())
    }
}

impl<S, C: Conversation<With: Dependencies<S>>> IntoConversation<S> for Held<C> {
    type Conversation = C;

    fn into_conversation(self) -> Result<Held<C>, Refusal> {
        Ok(self)
    }
}

impl<S, A: IntoConversation<S>, E: IntoResponse> IntoConversation<S> for Result<A, E> {
    type Conversation = A::Conversation;

    fn into_conversation(self) -> Result<Held<A::Conversation>, Refusal> {
        self.map_err(Refusal::new)?.into_conversation()
    }
}

/// The response to a request that becomes no WebSocket. Rare, and so it may cost an allocation, where every `Result` that
/// could hold it would have to have its size.
#[derive(Debug)]
pub struct Refusal(Box<Response>);

impl Refusal {
    pub(super) fn new(reason: impl IntoResponse) -> Self {
        Refusal(Box::new(reason.into_response()))
    }

    pub(super) fn into_response(self) -> Response {
        *self.0
    }
}

/// Holds the conversation that a handler answered with.
pub fn converse<A: IntoConversation<S>, S>(
    upgrade: Upgrade,
    answer: A,
    state: &S,
) -> impl Future<Output = Result<Response, Refusal>> + Send + use<A, S> {
    // What the handler and its state are made of does not wait.
    match answer.into_conversation() {
        Ok(held) => Either::Left(upgrade.hold(Box::new(held), Dependencies::from_state(state)).map(Ok)),
        Err(refusal) => Either::Right(ready(Err(refusal))),
    }
}

/// Has conversations of the kind that a handler answers with go on with nobody there.
pub fn hold<A: IntoConversation<S>, S>(state: &S, sessions: &Sessions) {
    sessions.hold::<A::Conversation>(Dependencies::from_state(state));
}

/// Has a handler drive the socket by hand.
pub fn on_socket<O, F, Fut>(upgrade: Upgrade, handler: F) -> Result<Response, Refusal>
where
    O: Outcome,
    F: FnOnce(WebSocket) -> Fut + Send + 'static,
    Fut: Future<Output = O> + Send + 'static,
{
    Ok(upgrade.on_socket(handler))
}
