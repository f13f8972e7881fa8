//! How conversations and events become the bytes that a store keeps: JSON by names, sealed where there are keys.

use std::borrow::Cow;
use std::cell::Cell;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};

use super::Inner;
use super::form::schema;
use super::saved::Saved;
use crate::amiss::Amiss;
use crate::conversation::{Conversation, Slot};
use crate::secret;
use crate::store::{EventId, Id, Reason, Record};

thread_local! {
    /// What bodies are written into before it is known how long they are.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// How much room for bodies a thread keeps.
const SCRATCH_KEPT: usize = 64 * 1024;

impl Inner {
    /// Puts a conversation into its record, whose name, flow and version are those that will be written.
    pub(crate) fn put<S: Serialize>(&self, record: &mut Record, saved: &Saved<'_, S>) -> Result<(), Reason> {
        let mut text = SCRATCH.take();
        let written = self.privately(|| saved.write(&mut text));
        if written.is_ok() {
            let sealed = self.seal(|| place(record), &text);
            record.body = sealed.map_or_else(|| Bytes::copy_from_slice(&text), Bytes::from);
        }
        text.clear();
        if text.capacity() <= SCRATCH_KEPT {
            SCRATCH.set(text);
        }
        Ok(written.map_err(Amiss::from)?)
    }

    /// The conversation in a record.
    pub(crate) fn take(&self, record: &Record) -> Result<Saved<'static>, Reason> {
        let saved: Saved<'_> =
            serde_json::from_slice(&self.open(|| place(record), &record.body)?).map_err(Amiss::from)?;
        if saved.is_counted() { Ok(saved) } else { Err("its numbers are higher than anybody counts".into()) }
    }

    /// An event for a conversation.
    pub(crate) fn put_event<E: Serialize>(&self, to: Id, id: &EventId, event: &E) -> Result<Vec<u8>, Reason> {
        let text = self.write(event)?;
        Ok(self.seal(|| event_place(to, id), &text).unwrap_or(text))
    }

    /// The event that [`put_event`](Self::put_event) put there.
    pub(crate) fn take_event<E: DeserializeOwned>(&self, to: Id, id: &EventId, body: &[u8]) -> Result<E, Reason> {
        Ok(self.read(&self.open(|| event_place(to, id), body)?)?)
    }

    /// A value as JSON, with its secrets where nobody else will see it.
    pub(crate) fn write<T: Serialize>(&self, value: &T) -> Result<Vec<u8>, Amiss> {
        Ok(self.privately(|| serde_json::to_vec(value))?)
    }

    /// The same, as a part of what is written later.
    pub(crate) fn write_raw<T: Serialize>(&self, value: &T) -> Result<Box<RawValue>, Amiss> {
        Ok(self.privately(|| to_raw_value(value))?)
    }

    /// What [`write`](Self::write) wrote.
    pub(crate) fn read<T: DeserializeOwned>(&self, json: &[u8]) -> Result<T, Amiss> {
        Ok(self.privately(|| serde_json::from_slice(json))?)
    }

    /// Reads or writes, secrets included where nobody else will see them.
    fn privately<R>(&self, work: impl FnOnce() -> R) -> R {
        if self.is_private() { secret::in_memory(work) } else { work() }
    }

    /// Whether this build may be able to read a conversation: it is in the form of this build, or can be read.
    pub(crate) fn may_read<C: Conversation>(&self, record: &Record, saved: &Saved<'_>) -> bool {
        let state = saved.state.as_deref().filter(|_| record.schema != schema(&C::FLOW));
        state.is_none_or(|state| self.read::<Slot<C>>(state.get().as_bytes()).is_ok())
    }

    /// Whether what is stored may hold a `Secret`: it is sealed, or stays in this process's memory.
    fn is_private(&self) -> bool {
        #[cfg(feature = "encryption")]
        if self.settings.keys.is_some() {
            return true;
        }
        self.settings.in_memory
    }

    /// The text as it is to be stored; nothing where that is as it is.
    #[cfg(feature = "encryption")]
    fn seal(&self, place: impl FnOnce() -> String, text: &[u8]) -> Option<Vec<u8>> {
        self.settings.keys.as_ref().map(|keys| keys.seal(&place(), text))
    }

    #[cfg(feature = "encryption")]
    fn open<'b>(&self, place: impl FnOnce() -> String, stored: &'b [u8]) -> Result<Cow<'b, [u8]>, Reason> {
        let keys = self.settings.keys.as_ref();
        // Nobody asks where it stands where there is nothing to open it with.
        let place = keys.map(|_| place()).unwrap_or_default();
        Ok(super::seal::open(keys, &place, stored)?)
    }

    #[cfg(not(feature = "encryption"))]
    fn seal(&self, _: impl FnOnce() -> String, _: &[u8]) -> Option<Vec<u8>> {
        None
    }

    #[cfg(not(feature = "encryption"))]
    fn open<'b>(&self, _: impl FnOnce() -> String, stored: &'b [u8]) -> Result<Cow<'b, [u8]>, Reason> {
        Ok(stored.into())
    }
}

/// Whether what cannot be read, for this reason, may be for a process with other keys.
#[cfg(feature = "encryption")]
pub(crate) fn is_for_other_keys(error: &Reason) -> bool {
    error.downcast_ref().is_some_and(super::seal::Unopened::is_for_other_keys)
}

#[cfg(not(feature = "encryption"))]
pub(crate) fn is_for_other_keys(_: &Reason) -> bool {
    false
}

/// A body is good for its own record alone, for the version that it was written as, and for whoever comes by its key: with
/// another one it would be somebody else's. Only its dates may change.
fn place(record: &Record) -> String {
    let Record { id, key, flow, question, schema, status, version, .. } = record;
    // The key comes last, since it may be any text; there is none that is the same as no key.
    let key = key.as_deref().map(|key| ["|", key].concat()).unwrap_or_default();
    format!("{id}|{version}|{status:?}|{flow}|{question}|{schema}{key}")
}

fn event_place(to: Id, id: &EventId) -> String {
    format!("{to}||{}", id.as_str())
}
