//! What one build has stored, read by another.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use converse::flow::Flow;
use converse::{__private, Conversation, Input, Outbox, Slot, Talk};

/// What a build with the conversations `now` says to the lock file of one with `before`: each loss in a line.
pub(crate) fn losses(before: &[Flow], now: &[Flow]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("there is room");
    let lock = |flows, mode: Option<&str>| {
        __private::check_lock(folder.path(), "conversations.lock", flows, mode.map(AsRef::as_ref))
    };
    lock(before, Some("overwrite")).expect("it is written");
    let why = lock(now, None).err().unwrap_or_default();
    let losses = why.lines().filter_map(|line| line.strip_prefix("  ")?.rsplit_once(" (schema "));
    losses.map(|(loss, _)| loss.to_owned()).collect()
}

/// Runs a conversation through these replies; the name of each question that it comes to, and what is stored there.
pub(crate) fn stored<C: Conversation<With: Default>>(conversation: C, replies: &[&str]) -> Vec<(&'static str, String)> {
    let mut slot = Slot::Start(conversation);
    turn(&mut slot, Input::Start);
    let mut states = vec![state(&slot)];
    for &reply in replies {
        turn(&mut slot, Input::Reply(reply.into()));
        states.push(state(&slot));
    }
    states
}

fn state<C: Conversation>(slot: &Slot<C>) -> (&'static str, String) {
    let Slot::Waiting(state) = slot else { panic!("the conversation does not wait") };
    (C::FLOW.questions[C::question(state)].name, serde_json::to_string(state).expect("it can be stored"))
}

/// Reads what is stored, and goes on by a reply; what is said then.
pub(crate) fn goes_on<C: Conversation<With: Default>>(stored: &str, reply: &str) -> Result<Vec<String>, String> {
    let state = serde_json::from_str(stored).map_err(|error| error.to_string())?;
    Ok(turn(&mut Slot::<C>::Waiting(state), Input::Reply(reply.into())))
}

fn turn<C: Conversation<With: Default>>(slot: &mut Slot<C>, input: Input) -> Vec<String> {
    let outbox = Outbox::default();
    let mut talk = Talk::new(&outbox, input);
    let with = C::With::default();
    let polled = pin!(C::turn(slot, &with, &mut talk)).poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Ready(_)), "a turn of these tests never has to wait");
    outbox.take().iter().map(ToString::to_string).collect()
}

/// Compares what a lock says of a change with what becomes of conversations that were stored before it: exactly at the
/// questions with a loss they cannot be read.
#[track_caller]
pub(crate) fn survives<Old, New>(old: Old, replies: &[&str], expected: &[&str])
where
    Old: Conversation<With: Default>,
    New: Conversation<With: Default>,
{
    let losses = losses(&[Old::FLOW], &[New::FLOW]);
    assert_eq!(losses, expected);
    for (question, stored) in stored(old, replies) {
        let place = format!("{}/{question}: ", Old::FLOW.name);
        let is_lost = losses.iter().any(|loss| loss.starts_with(&place));
        let read = serde_json::from_str::<New::State>(&stored);
        assert_eq!(read.is_err(), is_lost, "{stored}: {:?}", read.err());
    }
}
