//! A conversation in a box, so that one can run itself: its state would otherwise have to contain itself.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use converse_flow::Flow;

use crate::conversation::{Conversation, Slot};
use crate::talk::Talk;

#[diagnostic::do_not_recommend]
impl<C: Conversation> Conversation for Box<C> {
    type Output = C::Output;
    type State = Box<Slot<C>>;
    type With = C::With;
    type Event = C::Event;
    const BACK: bool = C::BACK;
    const FLOW: Flow = C::FLOW;

    fn question(state: &Self::State) -> usize {
        match &**state {
            Slot::Waiting(state) => C::question(state),
            Slot::Start(_) | Slot::Over => 0, // Never the state of one that waits.
        }
    }

    async fn turn(slot: &mut Slot<Self>, with: &Self::With, talk: &mut Talk<'_>) -> Poll<Self::Output> {
        let mut inner = match slot.take() {
            Slot::Start(conversation) => Box::new(Slot::Start(*conversation)),
            Slot::Waiting(inner) => inner,
            Slot::Over => return Poll::Pending,
        };
        // The type of a future that contains itself has to be forgotten somewhere.
        let turn: Pin<Box<dyn Future<Output = Poll<Self::Output>> + Send + '_>> =
            Box::pin(C::turn(&mut inner, with, talk));
        let polled = turn.await;
        if matches!(*inner, Slot::Waiting(_)) {
            *slot = Slot::Waiting(inner);
        }
        polled
    }
}
