//! One conversation's record, as the session that runs it keeps it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::form::{Form, form};
use super::saved::{Access, Saved};
use super::{Inner, complaints};
use crate::flow::{Flow, Question};
use crate::message::Text;
use crate::store::{EventId, Id, Record, Schema, Status, StoreError, Time, WriteId, commit_surely, create_surely};

/// How long to wait before a write is tried again, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// How long others leave alone what is due: the process that the client is connected to comes first.
pub(super) const GRACE: Duration = Duration::from_millis(250);

/// Writes one conversation, turn by turn. Each write says which one was before it, so that of two who hold the same
/// conversation only one goes on.
///
/// Of the record that was written last it keeps what the next one needs: there is one for each client that is there.
#[derive(Debug)]
pub(crate) struct Keeper {
    sessions: Arc<Inner>,
    id: Id,
    key: Option<Box<Text>>,
    form: &'static Form,
    asked: Asked,
    /// That of the record that was written last; 0 where there was none.
    version: u64,
    created: Time,
    expires: Option<Time>,
    /// Whether it is there.
    exists: bool,
    /// What wrote it last, where that was another form.
    stored: Option<Box<Schema>>,
    pub(crate) access: Access,
}

/// The question that a conversation waits at.
#[derive(Clone, Debug)]
enum Asked {
    None,
    One(&'static Question),
    /// One that this build does not have.
    Other(Box<Text>),
}

impl Asked {
    fn of(flow: &Flow, name: &Text) -> Self {
        match flow.question(name) {
            Some(question) => Asked::One(question),
            None if name.is_empty() => Asked::None,
            None => Asked::Other(Box::new(name.clone())),
        }
    }

    fn name(&self) -> Text {
        match self {
            Asked::None => Text::default(),
            Asked::One(question) => Text::from_static(question.name),
            Asked::Other(name) => Text::clone(name),
        }
    }
}

/// Why a turn was not stored, and so did not happen.
#[derive(Debug)]
pub(crate) enum Unkept {
    /// Another connection has the conversation now.
    Taken,
    /// Somebody else has begun one with the same key in the meantime.
    Late,
    /// Another process has done something in it that was due: [`Keeper::look_again`] says how it has left it.
    Moved,
    /// The store did not answer for so long that the client is better sent away.
    Unavailable,
    /// It is left to another build, and the client is told why.
    Left(&'static str),
    /// The store will not take it, or what is there is broken. It was logged.
    Refused,
}

impl Keeper {
    /// Of a conversation that begins.
    pub(crate) fn new(sessions: Arc<Inner>, flow: &Flow, id: Id, key: Option<String>, access: Access) -> Self {
        Keeper { key: key.map(|key| Box::new(key.into())), ..Keeper::unwritten(sessions, flow, id, access) }
    }

    /// Of one that is there.
    pub(crate) fn of(sessions: Arc<Inner>, flow: &Flow, record: &Record, access: Access) -> Self {
        let mut keeper = Keeper::unwritten(sessions, flow, record.id, access);
        keeper.note(record, Asked::of(flow, &record.question));
        keeper
    }

    /// Of one of this name, of which nothing is known.
    fn unwritten(sessions: Arc<Inner>, flow: &Flow, id: Id, access: Access) -> Self {
        Keeper {
            sessions,
            id,
            key: None,
            form: form(flow),
            asked: Asked::None,
            version: 0,
            created: Time::now(),
            expires: None,
            exists: false,
            stored: None,
            access,
        }
    }

    /// Notes what is there.
    fn note(&mut self, record: &Record, asked: Asked) {
        let Record { id, version, created, expires, .. } = *record;
        (self.id, self.version, self.created, self.expires) = (id, version, created, expires);
        (self.key, self.asked) = (record.key.clone().map(Box::new), asked);
        self.exists = true;
        self.stored = Some(record.schema).filter(|stored| *stored != self.form.schema).map(Box::new);
    }

    /// What the conversation is called.
    pub(crate) fn id(&self) -> Id {
        self.id
    }

    /// What wrote it last.
    pub(crate) fn stored(&self) -> Schema {
        self.stored.as_deref().copied().unwrap_or(self.form.schema)
    }

    pub(crate) fn flow(&self) -> &'static str {
        self.form.flow
    }

    /// The name of the question that it waited at when it was written last.
    pub(crate) fn question(&self) -> Text {
        self.asked.name()
    }

    /// The question itself, if this build has it.
    pub(crate) fn asked(&self) -> Option<&'static Question> {
        if let Asked::One(question) = self.asked { Some(question) } else { None }
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn sessions(&self) -> &Arc<Inner> {
        &self.sessions
    }

    /// The record of where a turn has led, as it is to be [kept](Self::keep).
    pub(crate) fn next<S: Serialize>(
        &self,
        question: Option<&'static Question>,
        saved: &Saved<'_, S>,
    ) -> Result<Record, Unkept> {
        let now = Time::now();
        let due = [saved.silence, saved.alarm].into_iter().flatten().min();
        let mut next = Record {
            id: self.id,
            key: self.key.as_deref().cloned(),
            flow: Text::from_static(self.form.flow),
            question: Text::from_static(question.map_or("", |question| question.name)),
            schema: self.form.schema,
            status: if saved.ended.is_some() { Status::Done } else { Status::Live },
            version: self.version + 1,
            write: WriteId::random(),
            due: match saved.goes_on {
                // Whoever did it goes on at once, or has died.
                true => Some(now + GRACE),
                false => due.map(|due| Time::from_millis(due) + GRACE),
            },
            expires: None,
            created: self.created,
            updated: now,
            body: Bytes::new(),
        };
        next.expires = Some(self.sessions.expires(&next));
        self.sessions.put(&mut next, saved).map_err(|error| self.refused(&*error))?;
        Ok(next)
    }

    /// Writes where a turn has led, together with what it has consumed. Until this returns, nobody may hear of the turn.
    pub(crate) async fn keep(
        &mut self,
        question: Option<&'static Question>,
        next: &Record,
        consumed: &[EventId],
    ) -> Result<(), Unkept> {
        self.write(next, consumed).await?;
        self.note(next, question.map_or(Asked::None, Asked::One));
        Ok(())
    }

    /// Keeps what this build cannot read, under another name: a build that can may still want it.
    pub(crate) async fn set_aside(&self, saved: &Saved<'_>) -> Result<(), Unkept> {
        let id = Id::random();
        let (created, expires) = (self.created, self.expires);
        let aside = Record::new(id, Text::from_static(self.form.flow), self.question(), self.stored());
        let mut aside = Record { status: Status::Parked, created, expires, ..aside };
        self.sessions.put(&mut aside, saved).map_err(|error| self.refused(&*error))?;
        tracing::error!(conversation = self.form.flow, id = %self.id, aside = %id, "a conversation is set aside");
        let (sessions, access) = (Arc::clone(&self.sessions), Access::default());
        let mut keeper =
            Keeper { sessions, id, key: None, asked: Asked::None, exists: false, stored: None, access, ..*self };
        keeper.write(&aside, &[]).await
    }

    async fn write(&mut self, next: &Record, consumed: &[EventId]) -> Result<(), Unkept> {
        let store = self.sessions.store();
        let written = match self.exists {
            true => store.commit(next, consumed),
            false => store.create(next),
        };
        match written.await {
            Ok(()) => Ok(()),
            // Rare, and so in a box of its own.
            Err(error) => Box::pin(self.insist(next, consumed, error)).await,
        }
    }

    /// The same, and finds out what happened if the store does not say.
    async fn try_to_write(&self, next: &Record, consumed: &[EventId]) -> Result<(), StoreError> {
        match self.exists {
            true => commit_surely(self.sessions.store(), next, consumed).await,
            false => create_surely(self.sessions.store(), next).await,
        }
    }

    /// Writes what could not be written, for as long as that may yet succeed.
    async fn insist(&mut self, next: &Record, consumed: &[EventId], mut error: StoreError) -> Result<(), Unkept> {
        if matches!(error, StoreError::Conflict | StoreError::Unknown(_)) {
            error = match self.try_to_write(next, consumed).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
        }
        let until = Instant::now() + self.sessions.settings.patience;
        let (mut pause, longest) = PAUSES;
        loop {
            if let StoreError::Conflict = error {
                match self.sessions.store.load(self.id).await {
                    Ok(None) if self.has_expired() => self.exists = false,
                    Ok(record) => return Err(self.lost_to(record)),
                    Err(unknown) => error = unknown,
                }
            }
            if !matches!(error, StoreError::Conflict) {
                // Nobody has been told anything of one that begins: it can as well begin later.
                let turned_away = error.is_full() && self.version == 0;
                if !may_pass(&error) || turned_away || Instant::now() + pause > until {
                    return Err(self.failed(&error));
                }
                if !error.is_full() {
                    tracing::warn!(conversation = self.form.flow, id = %self.id, %error, "the store cannot be reached");
                }
                sleep(pause).await;
                pause = (pause * 2).min(longest);
            }
            error = match self.try_to_write(next, consumed).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
        }
    }

    /// Whether its record may be gone because nothing has happened for so long, while its client was there all the time.
    fn has_expired(&self) -> bool {
        self.exists && self.expires.is_some_and(|expires| expires < Time::now())
    }

    /// Whom it was lost to.
    fn lost_to(&self, record: Option<Record>) -> Unkept {
        match record.map(|record| self.sessions.take(&record)) {
            Some(Ok(saved)) if saved.access.epoch == self.access.epoch => Unkept::Moved,
            Some(Err(error)) => self.refused(&*error),
            None if !self.exists => Unkept::Late,
            _ => Unkept::Taken,
        }
    }

    /// Goes on from what another process has written.
    pub(crate) async fn look_again(&mut self, flow: &Flow) -> Result<Saved<'static>, Unkept> {
        let store = &*self.sessions.store;
        let record = match store.load(self.id).await {
            Ok(Some(record)) => record,
            Ok(None) => return Err(Unkept::Taken),
            Err(error) => return Err(self.failed(&error)),
        };
        let saved = self.sessions.take(&record).map_err(|error| self.refused(&*error))?;
        if saved.access.epoch != self.access.epoch {
            return Err(Unkept::Taken);
        }
        self.note(&record, Asked::of(flow, &record.question));
        // A ticket may have been issued.
        self.access = Access::clone(&saved.access);
        Ok(saved)
    }

    /// Looks whether it is still as it was written last.
    pub(crate) async fn check(&self) -> Result<(), Unkept> {
        if !self.exists {
            return Ok(());
        }
        match self.sessions.store.load(self.id).await {
            Ok(Some(record)) if record.version == self.version => Ok(()),
            Ok(None) if self.has_expired() => Ok(()),
            Ok(record) => Err(self.lost_to(record)),
            // The next write will tell.
            Err(_) => Ok(()),
        }
    }

    /// What becomes of a turn that the store has failed.
    pub(crate) fn failed(&self, error: &StoreError) -> Unkept {
        if !may_pass(error) {
            return self.refused(error);
        }
        match error.is_full() {
            // The store has said so, once for all.
            true => tracing::debug!(conversation = self.form.flow, id = %self.id, "the store is full"),
            false => {
                tracing::error!(conversation = self.form.flow, id = %self.id, %error, "the store cannot be reached");
            }
        }
        Unkept::Unavailable
    }

    pub(crate) fn refused(&self, error: &(dyn std::error::Error + 'static)) -> Unkept {
        self.sessions.complaints.log(self.form.flow, self.id, complaints::NOT_STORED, error);
        Unkept::Refused
    }
}

/// Whether it may be better when it is tried again.
fn may_pass(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::Unknown(_))
}
