//! What a session does so that its conversation is stored.

use std::future::pending;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::{EVENTS, Ending, Session, say};
use crate::close::Close;
use crate::conversation::{Conversation, Input, Slot};
use crate::event::Event;
use crate::message::Message;
use crate::outdated::Outdated;
use crate::remember::moving;
use crate::sessions::{Access, Attached, Entered, Inner, Keeper, Saved, Unkept, Words, schema};
use crate::socket::{Received, WebSocket};
use crate::store::{EventId, Id, Pushed, Record, StoredEvent};

/// What belongs to a conversation that is stored, beside itself.
pub(super) struct Kept {
    keeper: Keeper,
    access: Access,
    words: Words,
    /// Where others of this process say that there is something new; not needed where nobody is there.
    attached: Option<Arc<Attached>>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(attached) = &self.attached {
            self.keeper.sessions().detach(self.keeper.record().id, attached);
        }
    }
}

impl Kept {
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
        let record = self.keeper.record();
        if let Err(error) = self.keeper.sessions().store().delete(record.id, record.version).await {
            // It expires.
            tracing::debug!(id = %record.id, error = &error as &dyn std::error::Error, "an ended conversation is kept");
        }
    }

    /// An event of this process, as the store is to keep it; nothing where it cannot be stored.
    pub(super) fn pack<E: serde::Serialize>(&self, event: &E) -> Option<StoredEvent> {
        let (sessions, record) = (self.keeper.sessions(), self.keeper.record());
        let id = EventId::from(Id::random().to_string());
        match sessions.put_event(record.id, &id, event) {
            Ok(body) => Some(StoredEvent { id, body }),
            Err(error) => {
                tracing::error!(conversation = %record.flow, id = %record.id, %error, "an event cannot be stored");
                None
            }
        }
    }

    /// Stores an event with the others; `false` where the store does not take it.
    pub(super) async fn push(&self, event: Option<StoredEvent>) -> bool {
        let Some(event) = event else { return false };
        let record = self.keeper.record();
        let pushed = self.keeper.sessions().store().push(record.id, &event).await;
        let taken = matches!(pushed, Ok(Pushed::New | Pushed::Duplicate));
        if !taken {
            tracing::warn!(conversation = %record.flow, id = %record.id, ?pushed, "an event is kept in memory alone");
        }
        taken
    }
}

/// Waits until there may be something new in the store.
pub(super) async fn told(kept: Option<&Kept>) {
    match kept.and_then(|kept| kept.attached.as_ref()) {
        Some(attached) => attached.told().await,
        None => pending().await,
    }
}

impl<C: Conversation> Session<'_, C> {
    /// Goes on where a client has come in: from the beginning, or from where it was.
    pub(super) async fn come_in(&mut self, entered: Entered) -> Ending {
        let Entered { keeper, access, saved, left, .. } = entered;
        if let Some(why) = left {
            tracing::warn!(conversation = C::FLOW.name, id = %keeper.record().id, "{why}");
            return Ending::Unkept(Unkept::Left(why));
        }
        let attached = keeper.sessions().attach(keeper.record().id);
        // From here on it is told of what is sent; what was sent before is there already.
        attached.tell();
        let kept = Kept { keeper, access, words: Words::default(), attached: Some(attached) };
        let input = match self.stand(kept, saved).await {
            Ok(input) => input,
            Err(ending) => return ending,
        };
        if let Some(outdated) = self.outdated.take()
            && let Err(unkept) = self.set_aside(&outdated).await
        {
            return Ending::Unkept(unkept);
        }
        let kept = self.kept.as_ref().expect("it was put there");
        let words = kept.words.all().to_vec();
        if let Err(left) = say(self.ws.as_deref(), words).await {
            return left;
        }
        if let Some(close) = self.ended.take() {
            return Ending::Closed(close);
        }
        self.converse(input).await
    }

    /// Begins with nobody there.
    pub(super) async fn start(&mut self, sessions: Arc<Inner>, key: Option<String>) -> Result<Id, Ending> {
        let record = Record { key, ..Record::new(Id::random(), C::FLOW.name, "", schema(&C::FLOW)) };
        let (id, access) = (record.id, Access::default());
        let keeper = Keeper::new(sessions, record, access.epoch);
        let input = self.stand(Kept { keeper, access, words: Words::default(), attached: None }, None).await?;
        match self.converse(input).await {
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
        let access = saved.access.clone();
        let keeper = Keeper::of(sessions, record, access.epoch, schema(&C::FLOW));
        let kept = Kept { keeper, access, words: Words::default(), attached: None };
        let input = match self.stand(kept, Some(saved)).await {
            Ok(input) => input,
            Err(ending) => return ending,
        };
        match self.look().await {
            Ok(()) => self.converse(input).await,
            Err(unkept) => Ending::Unkept(unkept),
        }
    }

    /// Stands where the conversation was left; what it goes on with at once, if it does.
    async fn stand(&mut self, kept: Kept, saved: Option<Saved>) -> Result<Option<Input>, Ending> {
        self.id = kept.keeper.record().id.to_string();
        kept.keeper.sessions().make_known(&C::FLOW).await;
        let kept = self.kept.insert(kept);
        let Some(saved) = saved else { return Ok(Some(Input::Start)) };
        if let Some(close) = saved.close() {
            (kept.words, self.ended) = (saved.words, Some(close));
            return Ok(None);
        }
        // Whatever becomes of it, no key is used a second time.
        self.done = saved.done;
        let state = saved.state.as_deref().map_or("null", RawValue::get);
        let (read, moved) = moving(|| kept.keeper.sessions().read::<Slot<C>>(state.as_bytes()));
        match read {
            Ok(slot) => self.slot = slot,
            Err(error) => return self.cannot_read(saved, error).await,
        }
        self.history.restore(saved.before, saved.here.or(saved.state), saved.asks);
        if moved {
            // What was said, and how long there was to answer, is of a question that is gone.
            return Ok(Some(Input::Again));
        }
        kept.words = saved.words;
        self.clocks.restore(saved.silence, saved.alarm);
        Ok(saved.goes_on.then_some(Input::Stored))
    }

    /// What becomes of a conversation whose state this build cannot read.
    async fn cannot_read(&mut self, saved: Saved, error: serde_json::Error) -> Result<Option<Input>, Ending> {
        let kept = self.kept.as_mut().expect("it stands there");
        let record = kept.keeper.record();
        let (id, question) = (record.id, &*record.question);
        let left = kept.keeper.sessions().leaves::<C>(record).await;
        if let Some(why) = left.map_err(|error| Ending::Unkept(kept.keeper.failed(&error)))? {
            tracing::debug!(conversation = C::FLOW.name, %id, question, %error, "{why}");
            return Err(Ending::Unkept(Unkept::Left(why)));
        }
        tracing::error!(conversation = C::FLOW.name, %id, question, %error, "this build cannot read what is stored");
        let Slot::Start(_) = self.slot else {
            // Only a client can have it begin again, or end.
            return Err(Ending::Unkept(Unkept::Refused));
        };
        self.outdated = Some(saved);
        match C::OUTDATED {
            Outdated::Close(code, reason) => {
                self.ended = Some(Close::new(code, reason));
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
    async fn set_aside(&mut self, outdated: &Saved) -> Result<(), Unkept> {
        let kept = self.kept.as_ref().expect("it stands there");
        kept.keeper.set_aside(outdated).await?;
        match self.ended.clone() {
            Some(close) => self.keep(false, false, Some(&close)).await,
            None => Ok(()),
        }
    }

    /// Begins to deal with what has come.
    pub(super) fn begin(&mut self, input: &Input) {
        let Some(kept) = &mut self.kept else { return };
        match input {
            Input::Stored | Input::Again => return,
            // The token that it was given has arrived.
            Input::Reply(_) => kept.access.previous = None,
            _ => {}
        }
        kept.words.begin();
    }

    /// What was said of another question need not be said again.
    pub(super) fn leave_words_behind(&mut self) {
        if let Some(kept) = &mut self.kept {
            kept.words.answered();
        }
    }

    /// Stores where a turn has led.
    pub(super) async fn keep(&mut self, advanced: bool, goes_on: bool, close: Option<&Close>) -> Result<(), Unkept> {
        let Some(kept) = &mut self.kept else { return Ok(()) };
        // As they are only once this is stored.
        let mut words = kept.words.clone();
        if advanced || close.is_some() {
            words.answered();
        }
        words.extend(self.words.iter().cloned());
        let (silence, alarm) = self.clocks.stored();
        let mut question = String::new();
        let mut state = None;
        if let Slot::Waiting(waiting) = &self.slot {
            question.push_str(C::FLOW.questions.get(C::question(waiting)).map_or("", |question| question.name));
            state = Some(raw(kept.keeper.sessions(), &self.slot).map_err(|error| kept.keeper.refused(&error))?);
        }
        let saved = Saved {
            state,
            words,
            done: self.done,
            goes_on,
            before: self.history.before.clone(),
            here: self.history.here.clone().filter(|_| goes_on),
            asks: self.history.asks,
            silence,
            alarm,
            ended: close.map(|close| (close.code, close.reason.to_string())),
            access: kept.access.clone(),
        };
        let consumed = self.events.heard();
        kept.keeper.keep(&question, &saved, &consumed).await?;
        kept.words = saved.words;
        self.events.forget_heard();
        Ok(())
    }

    /// Looks into the store for what others have put there.
    pub(super) async fn look(&mut self) -> Result<(), Unkept> {
        let Some(kept) = &mut self.kept else { return Ok(()) };
        if let Some(attached) = &kept.attached {
            if attached.is_replaced() {
                return Err(Unkept::Taken);
            }
            kept.keeper.check().await?;
        }
        let (sessions, id) = (kept.keeper.sessions(), kept.keeper.record().id);
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
                    self.events.pass_over(event);
                }
            }
        }
        Ok(())
    }

    /// Goes on from what another process has done in the conversation meanwhile: its clock ran out or an event came, and
    /// this one was slow. The reply still counts where the question is the same.
    pub(super) async fn catch_up(&mut self, reply: Option<Message>) -> Result<Option<Input>, Ending> {
        let Some(mut kept) = self.kept.take() else { return Ok(None) };
        let asked = kept.keeper.record().question.clone();
        let saved = kept.keeper.look_again().await.map_err(Ending::Unkept)?;
        let same = asked == kept.keeper.record().question && saved.ended.is_none();
        let heard = std::mem::take(&mut kept.words);
        (self.words, self.early) = (Vec::new(), 0);
        self.events.forget_stored();
        self.slot = Slot::Over;
        let input = self.stand(kept, Some(saved)).await?;
        let kept = self.kept.as_ref().expect("it stands there again");
        let known = if kept.words.all().starts_with(heard.all()) { heard.all().len() } else { 0 };
        say(self.ws.as_deref(), kept.words.all()[known..].to_vec()).await?;
        if let Some(close) = self.ended.take() {
            return Err(Ending::Closed(close));
        }
        self.look().await.map_err(Ending::Unkept)?;
        Ok(input.or_else(|| reply.filter(|_| same).map(Input::Reply)))
    }
}

fn raw<C: Conversation>(sessions: &Inner, slot: &Slot<C>) -> serde_json::Result<Box<RawValue>> {
    let json = String::from_utf8(sessions.write(slot)?).expect("JSON is UTF-8");
    RawValue::from_string(json)
}
