//! Which of two builds is the later one: of each form in which conversations are stored, a record says since when there is a
//! process that stores them so.
//!
//! Hashes have no order, and builds need not know of each other. So a process says what it stores before it stores the first
//! conversation of a kind, and since when it is there itself: what nobody has come to for a while is not newer by that.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::Inner;
use super::form::schema;
use crate::conversation::Conversation;
use crate::flow::Flow;
use crate::outdated::Outdated;
use crate::store::{Id, Record, Schema, Status, StoreError, Time};

/// The flow of these records, which no conversation has. They are done, so that nobody counts, claims or parks them, and
/// never expire.
pub(super) const FLOW: &str = "converse.schema";

/// The conversations whose form this process has made known.
#[derive(Debug, Default)]
pub(super) struct Schemas(Mutex<BTreeSet<&'static str>>);

impl Inner {
    /// Makes known in what form this build stores conversations of a kind. Where that fails, it is tried again with the next.
    pub(crate) async fn make_known(&self, flow: &Flow) {
        let known = || self.schemas.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known().contains(flow.name) {
            return;
        }
        let schema = schema(flow);
        let key = Some(format!("{} {schema}", flow.name).into());
        let record = Record::new(name(flow.name, schema), FLOW, "", schema);
        let record = Record { key, status: Status::Done, created: self.since, ..record };
        match self.store.create(&record).await {
            Ok(()) | Err(StoreError::Conflict) => drop(known().insert(flow.name)),
            Err(error) if error.is_full() => {}
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(
                    conversation = flow.name,
                    error,
                    "the form in which conversations are stored is not known"
                );
            }
        }
    }

    /// Why a conversation that this build cannot read is left to another one, if it is.
    ///
    /// # Errors
    ///
    /// The store cannot be asked which of the two is the later.
    pub(crate) async fn leaves<C: Conversation>(&self, stored: Schema) -> Result<Option<&'static str>, StoreError> {
        self.make_known(&C::FLOW).await;
        let own = self.known_since(C::FLOW.name, schema(&C::FLOW)).await?;
        let stored = self.known_since(C::FLOW.name, stored).await?;
        let newer = matches!((own, stored), (Some(own), Some(stored)) if stored > own);
        Ok(match C::OUTDATED {
            _ if newer => Some("a newer build has it: connect again"),
            Outdated::Park => Some("another build has it: connect again"),
            Outdated::Restart(_) | Outdated::Close(..) => None,
        })
    }

    async fn known_since(&self, flow: &str, schema: Schema) -> Result<Option<Time>, StoreError> {
        Ok(self.store.load(name(flow, schema)).await?.map(|record| record.created))
    }
}

/// What the record of a form is called.
fn name(flow: &str, schema: Schema) -> Id {
    let hash: [u8; 32] = Sha256::digest(format!("{FLOW}|{flow}|{schema}")).into();
    Id::from_bytes(std::array::from_fn(|index| hash[index]))
}
