//! The form in which conversations of a flow are stored, as this build knows it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::flow::{Flow, Runs};
use crate::store::Schema;

/// What is the same for all conversations of a flow. It is kept once and for ever: whoever waits needs no more than a
/// reference.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) flow: &'static str,
    /// What tells the states of two builds apart: the names of the questions, and of the variables with their types; and of
    /// what runs in one, all of that again.
    pub(crate) schema: Schema,
}

/// That of a flow.
pub(crate) fn form(flow: &Flow) -> &'static Form {
    type Place = (&'static str, usize, usize);
    /// All that were asked for, by where their questions stand: a few, which are found faster in a tree.
    static KNOWN: Mutex<BTreeMap<Place, &'static Form>> = Mutex::new(BTreeMap::new());
    let place = (flow.name, flow.questions.as_ptr().addr(), flow.questions.len());
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(form) = known().get(&place) {
        return form;
    }
    // It asks for that of what is run.
    let schema = fingerprint(flow);
    known().entry(place).or_insert_with(|| Box::leak(Box::new(Form { flow: flow.name, schema })))
}

fn fingerprint(flow: &Flow) -> Schema {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    let mut questions: Vec<_> = flow.questions.iter().collect();
    questions.sort_by_key(|question| question.name);
    for question in questions {
        add(question.name);
        let mut fields = question.remembers.to_vec();
        fields.sort_by_key(|field| field.name);
        for field in fields {
            add("+");
            add(field.name);
            add(field.ty);
            if let Some(Runs::Other(inner)) = field.runs {
                add(&form(inner).schema.to_string());
            }
        }
    }
    let hash: [u8; 32] = hash.finalize().into();
    Schema::from_bytes(std::array::from_fn(|index| hash[index]))
}

/// What tells them apart.
pub(crate) fn schema(flow: &Flow) -> Schema {
    form(flow).schema
}
