//! What a session does so that its conversation is stored.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::value::RawValue;

use super::{EVENTS, Ending, Led, Said, Session};
use crate::amiss::Amiss;
use crate::close::Close;
use crate::connection::Connection;
use crate::conversation::{Conversation, Input, Slot};
use crate::event::Event;
use crate::flow::Kind;
use crate::message::Message;
use crate::outdated::Outdated;
use crate::remember::{moving, unread};
use crate::sessions::{Access, Entered, Inner, Keeper, Saved, State, Unkept, Words, is_for_other_keys};
use crate::socket::{Received, WebSocket};
use crate::store::{EventId, Id, Pushed, Record, StoredEvent};

/// What belongs to a conversation that is stored, beside itself.
pub(super) struct Kept {
    keeper: Keeper,
    words: Words,
    /// The numbers of the last output and of the last input that are stored.
    out: u64,
    inputs: u64,
    /// By which others of this process say that there is something new; nothing where nobody is there.
    attached: Option<Arc<Connection>>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(connection) = &self.attached {
            self.keeper.sessions().detach(self.keeper.id(), connection);
        }
    }
}

impl Kept {
    fn new(keeper: Keeper, attached: Option<Arc<Connection>>) -> Self {
        Kept { keeper, words: Words::default(), out: 0, inputs: 0, attached }
    }

    /// What the conversation is called.
    pub(super) fn id(&self) -> Id {
        self.keeper.id()
    }

    /// How often this has gone wrong in it by now, if that is to be logged.
    pub(super) fn complaint(&self, what: &'static str) -> Option<u64> {
        self.keeper.sessions().complaints.count(self.id(), what)
    }

    /// Whether there may be something new in the store.
    pub(super) fn is_told(&self) -> bool {
        self.attached.as_ref().is_some_and(|connection| connection.is_told())
    }

    /// The number of the last output that is stored.
    pub(super) fn out(&self) -> u64 {
        self.out
    }

    /// The number of the output that asks, and the question's name.
    fn asked(&self) -> Option<(u64, &'static str)> {
        let question = self.keeper.asked().filter(|question| question.kind == Kind::Ask)?;
        Some((self.words.asked()?, question.name))
    }

    /// Forgets a conversation that has ended, once its client has heard the end of it: it answers the close behind it.
    pub(super) async fn forget_if_heard(&self, ws: &mut WebSocket) {
        let close = loop {
            match ws.receive().await {
                Received::Message(_) | Received::Silence => {}
                Received::Closed(close) => break close,
                Received::TooBig { .. } | Received::Failed(_) => return,
            }
        };
        if close.code == Close::ABNORMAL {
            return;
        }
        let (id, version) = (self.keeper.id(), self.keeper.version());
        if let Err(error) = self.keeper.sessions().store().delete(id, version).await {
            // It expires.
            tracing::debug!(%id, error = &error as &dyn std::error::Error, "an ended conversation is kept");
        }
    }

    /// An event of this process, as the store is to keep it; nothing where it cannot be stored.
    pub(super) fn pack<E: serde::Serialize>(&self, event: &E) -> Option<StoredEvent> {
        let id = EventId::from(Id::random().to_string());
        match self.keeper.sessions().put_event(self.keeper.id(), &id, event) {
            Ok(body) => Some(StoredEvent { id, body }),
            Err(error) => {
                tracing::error!(conversation = self.keeper.flow(), id = %self.keeper.id(), %error, "an event cannot be stored");
                None
            }
        }
    }

    /// Stores an event with the others; `false` where the store does not take it.
    pub(super) async fn push(&self, event: Option<StoredEvent>) -> bool {
        let Some(event) = event else { return false };
        let (conversation, id) = (self.keeper.flow(), self.keeper.id());
        let pushed = self.keeper.sessions().store().push(id, &event).await;
        let taken = matches!(pushed, Ok(Pushed::New | Pushed::Duplicate));
        if !taken {
            tracing::warn!(conversation, %id, ?pushed, "an event is kept in memory alone");
        }
        taken
    }
}

impl<C: Conversation> Session<C> {
    /// Says outputs by their numbers.
    pub(super) async fn say(&mut self, words: impl IntoIterator<Item = (u64, Message)>) -> Result<(), Ending> {
        let Some(wire) = &mut self.wire else { return Ok(()) };
        let asked = self.kept.as_ref().and_then(Kept::asked);
        for (number, word) in words {
            crash_point!("turn before a word");
            let question = asked.filter(|(asked, _)| *asked == number).map(|(_, question)| question);
            wire.say(number, question, word).await?;
        }
        // What was asked is said again in any case.
        if let Some(kept) = self.kept.as_ref().filter(|kept| kept.words.says_more_than_asked()) {
            wire.said(kept.out()).await;
        }
        Ok(())
    }

    /// Tells the client what of it is stored.
    pub(super) async fn acknowledge(&mut self) -> Result<(), Ending> {
        if let (Some(wire), Some(kept)) = (&mut self.wire, &self.kept) {
            wire.stored(kept.inputs).await?;
        }
        Ok(())
    }

    /// Goes on where a client has come in: from the beginning, or from where it was.
    pub(super) async fn come_in(&mut self, entered: Box<Entered>) -> Result<Option<Input>, Ending> {
        let Entered { keeper, saved, left, .. } = *entered;
        if let Some(why) = left {
            return Err(Ending::Unkept(Unkept::Left(why)));
        }
        let attached = self.wire.as_mut().map(|wire| Arc::clone(wire.socket().connection()));
        if let Some(connection) = &attached {
            keeper.sessions().attach(keeper.id(), Arc::clone(connection));
            // From here on it is told of what is sent; what was sent before is there already, if it was there itself.
            if saved.is_some() {
                connection.tell();
            }
        }
        self.kept = Some(Kept::new(keeper, attached));
        let input = self.stand(saved).await?;
        if let Some(outdated) = self.aside.take(|things| &mut things.outdated) {
            Box::pin(self.set_aside(&outdated)).await.map_err(Ending::Unkept)?;
        }
        let kept = self.kept.as_ref().expect("it was put there");
        let words: Vec<_> = kept.words.behind(0).collect();
        self.say(words).await?;
        match self.aside.take(|things| &mut things.ended) {
            Some(close) => Err(Ending::Closed(close)),
            None => Ok(input),
        }
    }

    /// Begins with nobody there.
    pub(super) async fn start(&mut self, sessions: Arc<Inner>, key: Option<String>) -> Result<Id, Ending> {
        let id = Id::random();
        let keeper = Keeper::new(sessions, &C::FLOW, id, key, Access::default());
        self.kept = Some(Kept::new(keeper, None));
        let input = self.stand(None).await?;
        match self.go_on(input).await {
            Ending::Idle | Ending::Closed(_) => Ok(id),
            ending => Err(ending),
        }
    }

    /// Goes on with nobody there.
    pub(super) async fn wake(&mut self, sessions: Arc<Inner>, record: Record) -> Ending {
        let saved = match sessions.take(&record) {
            Ok(saved) => saved,
            Err(error) => {
                tracing::error!(conversation = C::FLOW.name, id = %record.id, %error, "what is stored cannot be read");
                return Ending::Unkept(Unkept::Refused);
            }
        };
        let keeper = Keeper::of(sessions, &C::FLOW, &record, Access::clone(&saved.access));
        self.kept = Some(Kept::new(keeper, None));
        let input = match self.stand(Some(Box::new(saved))).await {
            Ok(input) => input,
            Err(ending) => return ending,
        };
        if let Err(unkept) = self.look().await {
            return Ending::Unkept(unkept);
        }
        self.go_on(input).await
    }

    /// Stands where the conversation was left that it keeps; what it goes on with at once, if it does.
    async fn stand(&mut self, saved: Option<Box<Saved<'static>>>) -> Result<Option<Input>, Ending> {
        let kept = self.kept.as_mut().expect("it was put there");
        kept.keeper.sessions().make_known(&C::FLOW).await;
        let Some(saved) = saved else { return Ok(Some(Input::Start)) };
        (kept.words, kept.inputs) = (saved.words(), saved.inputs);
        kept.out = kept.words.out();
        if let Some(close) = saved.close() {
            self.aside.things().ended = Some(close);
            return Ok(None);
        }
        // Whatever becomes of it, no key is used a second time.
        self.done = saved.done;
        let state = saved.state.as_deref().map_or("null", RawValue::get);
        let (read, moved) = moving(|| kept.keeper.sessions().read::<Slot<C>>(state.as_bytes()));
        match read {
            Ok(slot) => self.slot = slot,
            Err(error) => return Box::pin(self.cannot_read(saved, error)).await,
        }
        let saved = *saved;
        self.history.restore(saved.before.into_owned(), saved.state.filter(|_| !saved.goes_on), saved.asks);
        if moved {
            // What was said, and how long there was to answer, is of a question that is gone.
            kept.words.forget();
            return Ok(Some(Input::Again));
        }
        self.clocks.restore(saved.silence, saved.alarm);
        Ok(saved.goes_on.then_some(Input::Stored))
    }

    /// What becomes of a conversation whose state this build cannot read.
    async fn cannot_read(&mut self, saved: Box<Saved<'static>>, error: Amiss) -> Result<Option<Input>, Ending> {
        let kept = self.kept.as_mut().expect("it stands there");
        let (id, question, variable) = (kept.keeper.id(), &*kept.keeper.question(), unread());
        let left = kept.keeper.sessions().leaves::<C>(kept.keeper.stored()).await;
        if let Some(why) = left.map_err(|error| Ending::Unkept(kept.keeper.failed(&error)))? {
            tracing::debug!(conversation = C::FLOW.name, %id, question, variable, %error, "{why}");
            return Err(Ending::Unkept(Unkept::Left(why)));
        }
        tracing::error!(
            conversation = C::FLOW.name,
            %id,
            question,
            variable,
            %error,
            "this build cannot read what is stored"
        );
        let Slot::Start(_) = self.slot else {
            // Only a client can have it begin again, or end.
            return Err(Ending::Unkept(Unkept::Refused));
        };
        kept.words.forget();
        self.aside.things().outdated = Some(saved);
        match C::OUTDATED {
            Outdated::Close(code, reason) => {
                self.aside.things().ended = Some(Close::new(code, reason));
                Ok(None)
            }
            Outdated::Restart(words) => {
                kept.words.extend([Message::from(words)]);
                Ok(Some(Input::Start))
            }
            Outdated::Park => unreachable!("it is left"),
        }
    }

    /// Keeps what cannot be read under another name, and stores the end of the conversation where it ends by that.
    async fn set_aside(&mut self, outdated: &Saved<'_>) -> Result<(), Unkept> {
        let kept = self.kept.as_ref().expect("it stands there");
        kept.keeper.set_aside(outdated).await?;
        let said = self.said();
        match self.aside.get().and_then(|things| things.ended.clone()) {
            Some(close) => self.keep(None, Led { left_behind: true, ..Led::default() }, Some(&close), &said).await,
            None => Ok(()),
        }
    }

    /// Nothing yet.
    pub(super) fn said(&self) -> Said {
        Said { before: self.kept.as_ref().map_or(0, |kept| kept.words.out()), ..Said::default() }
    }

    /// Begins to deal with what has come.
    pub(super) fn begin(&mut self, input: &Input, said: &mut Said) {
        let Some(kept) = &mut self.kept else { return };
        match input {
            Input::Stored | Input::Again => return,
            // The token that it was given has arrived.
            Input::Reply(_) => kept.keeper.access.previous = None,
            _ => {}
        }
        said.before = kept.words.out();
    }

    /// What was said of another question need not be said again.
    pub(super) fn leave_words_behind(&mut self, said: &Said) {
        if let Some(kept) = &mut self.kept {
            kept.words.answered(said.before);
        }
    }

    /// The state as it will be stored, if it waits, is stored, and may be gone back to.
    pub(super) fn state(&self) -> Result<Option<Box<RawValue>>, Unkept> {
        let (true, Some(kept), Slot::Waiting(_)) = (C::BACK, &self.kept, &self.slot) else { return Ok(None) };
        kept.keeper.sessions().write_raw(&self.slot).map(Some).map_err(|error| kept.keeper.refused(&error))
    }

    /// Stores where a turn has led; `written` is the state, where it was needed as text before.
    pub(super) async fn keep(
        &mut self,
        written: Option<&RawValue>,
        led: Led,
        close: Option<&Close>,
        said: &Said,
    ) -> Result<(), Unkept> {
        let question = self.question();
        let Some(kept) = &mut self.kept else { return Ok(()) };
        // Where this fails, what is stored is looked at anew.
        let words = &mut kept.words;
        if led.left_behind {
            words.answered(said.before);
        }
        words.pass(said.forgotten);
        words.extend(said.words.iter().cloned());
        if led.asks || close.is_some() {
            words.ask();
        }
        let mut inputs = kept.inputs;
        if let Some(wire) = &mut self.wire {
            words.arrived(wire.socket().heard().load(Ordering::Acquire));
            inputs = inputs.max(wire.inputs());
        }
        let (words, numbers) = words.stored();
        let (silence, alarm) = self.clocks.stored();
        let (before, asks) = self.history.stored();
        let next = kept.keeper.next(
            question,
            &Saved {
                state: match (written, &self.slot) {
                    (Some(written), _) => Some(State::Written(written)),
                    (None, Slot::Waiting(_)) => Some(State::Value(&self.slot)),
                    (None, _) => None,
                },
                words: words.into(),
                numbers,
                inputs,
                done: self.done,
                goes_on: led.goes_on,
                before: before.into(),
                asks,
                silence,
                alarm,
                ended: close.map(|close| (close.code, (&*close.reason).into())),
                access: Cow::Borrowed(&kept.keeper.access),
            },
        )?;
        let consumed = self.events.heard();
        kept.keeper.keep(question, &next, &consumed).await?;
        (kept.out, kept.inputs) = (kept.words.out(), inputs);
        self.events.forget_heard();
        Ok(())
    }

    /// Looks into the store for what others have put there.
    pub(super) async fn look(&mut self) -> Result<(), Unkept> {
        let Some(kept) = &mut self.kept else { return Ok(()) };
        if let Some(connection) = &kept.attached {
            if !kept.keeper.sessions().has(kept.keeper.id(), connection) {
                return Err(Unkept::Taken);
            }
            kept.keeper.check().await?;
        }
        let (sessions, id) = (kept.keeper.sessions(), kept.keeper.id());
        let events = match sessions.store().events(id, EVENTS).await {
            Ok(events) => events,
            Err(error) => {
                // They are told of once more, or found with the next.
                tracing::warn!(%id, error = &error as &dyn std::error::Error, "the events of a conversation cannot be read");
                return Ok(());
            }
        };
        for StoredEvent { id: event, body } in events {
            if self.events.knows(&event) {
                continue;
            }
            match sessions.take_event::<C::Event>(id, &event, &body) {
                Ok(value) => self.events.add(event, Event::new(value)),
                Err(error) => {
                    tracing::error!(conversation = C::FLOW.name, %id, event = event.as_str(), %error, "an event cannot be read");
                    self.events.pass_over(event, is_for_other_keys(&error));
                }
            }
        }
        Ok(())
    }

    /// Goes on from what another process has done in the conversation meanwhile: its clock ran out or an event came, and
    /// this one was slow. The reply still counts where the question is the same.
    pub(super) async fn catch_up(&mut self, reply: Option<Message>) -> Result<Option<Input>, Ending> {
        let Some(mut kept) = self.kept.take() else { return Ok(None) };
        let asked = kept.keeper.question();
        let saved = kept.keeper.look_again(&C::FLOW).await.map_err(Ending::Unkept)?;
        let same = asked == kept.keeper.question() && saved.ended.is_none();
        let said = kept.out;
        self.events.forget_stored();
        self.slot = Slot::Over;
        self.kept = Some(kept);
        let input = self.stand(Some(Box::new(saved))).await?;
        let kept = self.kept.as_ref().expect("it stands there again");
        let words: Vec<_> = kept.words.behind(said).collect();
        self.say(words).await?;
        if let Some(close) = self.aside.take(|things| &mut things.ended) {
            return Err(Ending::Closed(close));
        }
        self.look().await.map_err(Ending::Unkept)?;
        Ok(input.or_else(|| reply.filter(|_| same).map(Input::Reply)))
    }
}
