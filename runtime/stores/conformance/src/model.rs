//! Random calls, answered by a store and by a list that is simply searched.

use std::time::Duration;

use converse::store::{
    Answer, Count, EventId, Filter, Id, Pushed, Record, Schema, Status, Store, StoreError, StoredEvent, Summary, Time,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;

use crate::Handles;
use crate::sample::{event, id, record, time};

/// How many times, and how many calls each.
const CASES: u32 = 64;
const CALLS: usize = 96;

/// The store's bound is tried elsewhere: here it is not reached.
const EVENTS: u8 = 4;

const LEASE: Duration = Duration::from_millis(2);

#[derive(Clone, Debug)]
enum Call {
    Create(Draft),
    /// On the version that is there, or so many before it.
    Commit(Draft, u64, Vec<u8>),
    Delete(u8, u64),
    Push(u8, u8),
    Claim(Vec<u8>, u64, usize),
    Clean(u64, usize),
    Find(u8),
}

/// What a record is made of.
#[derive(Clone, Debug)]
struct Draft {
    number: u8,
    key: Option<u8>,
    flow: u8,
    status: Status,
    due: Option<u64>,
    expires: Option<u64>,
}

impl Draft {
    fn record(&self) -> Record {
        Record {
            key: self.key.map(|key| key.to_string().into()),
            flow: flow(self.flow).into(),
            question: self.flow.to_string().into(),
            schema: Schema::from_bytes([self.flow; 16]),
            status: self.status,
            due: self.due.map(time),
            expires: self.expires.map(time),
            ..record(self.number)
        }
    }
}

fn flow(number: u8) -> String {
    format!("flow\0{number}")
}

fn calls() -> impl Strategy<Value = Vec<(bool, Call)>> {
    let status = prop_oneof![4 => Just(Status::Live), 1 => Just(Status::Done), 1 => Just(Status::Parked)];
    let maybe = || prop::option::of(0..10_u64);
    let draft = (0..3_u8, prop::option::of(0..2_u8), 0..2_u8, status, maybe(), maybe())
        .prop_map(|(number, key, flow, status, due, expires)| Draft { number, key, flow, status, due, expires });
    let call = prop_oneof![
        3 => draft.clone().prop_map(Call::Create),
        5 => (draft, prop_oneof![5 => Just(0), 1 => 1..3_u64], vec(0..EVENTS, 0..3)).prop_map(|(d, n, e)| Call::Commit(d, n, e)),
        1 => (0..3_u8, 0..2_u64).prop_map(|(number, before)| Call::Delete(number, before)),
        5 => (0..3_u8, 0..EVENTS).prop_map(|(number, event)| Call::Push(number, event)),
        2 => (vec(0..3_u8, 0..3), 0..12_u64, 0..4_usize).prop_map(|(flows, now, most)| Call::Claim(flows, now, most)),
        1 => (0..12_u64, 0..4_usize).prop_map(|(now, most)| Call::Clean(now, most)),
        1 => (0..2_u8).prop_map(Call::Find),
    ];
    vec((any::<bool>(), call), 1..CALLS)
}

pub(crate) fn check(runtime: &Runtime, fresh: impl AsyncFn() -> Handles) {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&calls(), |calls| {
        runtime.block_on(async {
            let Handles { one, other, keep: _keep } = fresh().await;
            let mut model = Model::default();
            for (which, call) in calls {
                let (store, witness) = if which { (&one, &other) } else { (&other, &one) };
                model.step(&**store, &call).await?;
                model.compare(&**witness).await?;
            }
            Ok(())
        })
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[derive(Default)]
struct Model(Vec<Entry>);

struct Entry {
    record: Record,
    claimable: Option<Time>,
    waiting: Vec<StoredEvent>,
    known: Vec<EventId>,
}

fn claimable(record: &Record) -> Option<Time> {
    if record.status == Status::Live { record.due } else { None }
}

impl Model {
    fn position(&self, id: Id) -> Option<usize> {
        self.0.iter().position(|entry| entry.record.id == id)
    }

    fn found(&self, flow: &str, key: &str) -> Option<&Record> {
        let records = self.0.iter().map(|entry| &entry.record);
        let keyed = records.filter(|record| record.flow == flow && record.key.as_deref() == Some(key));
        keyed.max_by_key(|record| (record.status != Status::Done, record.updated, record.id))
    }

    fn holder(&self, flow: &str, key: &str) -> Option<&Record> {
        self.found(flow, key).filter(|record| record.status != Status::Done)
    }

    fn is_free_for(&self, record: &Record) -> bool {
        let key = record.key.as_ref().filter(|_| record.status != Status::Done);
        key.and_then(|key| self.holder(&record.flow, key)).is_none_or(|holder| holder.id == record.id)
    }

    async fn step(&mut self, store: &dyn Store, call: &Call) -> Result<(), TestCaseError> {
        match call {
            Call::Create(draft) => {
                let record = draft.record();
                let expected = self.position(record.id).is_none() && self.is_free_for(&record);
                prop_assert_eq!(was_done(store.create(&record)).await, expected, "create");
                if expected {
                    let claimable = claimable(&record);
                    self.0.push(Entry { record, claimable, waiting: Vec::new(), known: Vec::new() });
                }
            }
            Call::Commit(draft, before, consumed) => {
                let position = self.position(id(draft.number));
                let version = position.map_or(1, |position| self.0[position].record.version);
                let record = Record { version: (version + 1).saturating_sub(*before), ..draft.record() };
                let consumed: Vec<_> = consumed.iter().map(|name| event(&name.to_string()).id).collect();
                let expected = position.filter(|_| *before == 0 && self.is_free_for(&record));
                prop_assert_eq!(was_done(store.commit(&record, &consumed)).await, expected.is_some(), "commit");
                if let Some(position) = expected {
                    let entry = &mut self.0[position];
                    entry.waiting.retain(|event| !consumed.contains(&event.id));
                    if record.status == Status::Done {
                        entry.waiting.clear();
                        entry.known.clear();
                    }
                    entry.claimable = claimable(&record);
                    entry.record = record;
                }
            }
            Call::Delete(number, before) => {
                let position = self.position(id(*number));
                let version = position.map_or(1, |position| self.0[position].record.version);
                let expected = position.filter(|_| *before == 0);
                let deleted = was_done(store.delete(id(*number), version.wrapping_sub(*before))).await;
                prop_assert_eq!(deleted, expected.is_some(), "delete");
                expected.map(|position| self.0.remove(position));
            }
            Call::Push(number, name) => {
                let event = event(&name.to_string());
                let expected = match self.position(id(*number)).map(|position| &mut self.0[position]) {
                    Some(entry) if entry.known.contains(&event.id) => Pushed::Duplicate,
                    Some(entry) if entry.record.status != Status::Done => {
                        entry.known.push(event.id.clone());
                        entry.waiting.push(event.clone());
                        Pushed::New
                    }
                    _ => Pushed::Missing,
                };
                prop_assert_eq!(answered(store.push(id(*number), &event)).await, expected, "push");
            }
            Call::Claim(flows, now, most) => {
                let flows: Vec<_> = flows.iter().copied().map(flow).collect();
                let known = self.0.iter().filter(|entry| flows.iter().any(|flow| entry.record.flow == **flow));
                let mut due: Vec<_> = known.filter_map(|entry| Some((entry.claimable?, entry.record.id))).collect();
                due.retain(|(at, _)| *at <= time(*now));
                due.sort_unstable();
                let flows: Vec<&str> = flows.iter().map(|flow| &**flow).collect();
                let claimed = answered(store.claim_due(&flows, time(*now), LEASE, *most)).await;
                prop_assert_eq!(claimed.len(), due.len().min(*most), "claim");
                for ((at, _), claimed) in due.iter().zip(claimed) {
                    // Of those that are due at the same time, any is first.
                    prop_assert!(due.contains(&(*at, claimed)), "claim of {claimed} too early");
                    if let Some(position) = self.position(claimed) {
                        self.0[position].claimable = Some(time(*now) + LEASE);
                    }
                }
            }
            Call::Clean(now, most) => {
                let expired = |entry: &Entry| entry.record.expires.is_some_and(|expires| expires <= time(*now));
                let expected = self.0.iter().filter(|entry| expired(entry)).count().min(*most);
                prop_assert_eq!(answered(store.clean(time(*now), *most)).await, expected as u64, "clean");
                let left = answered(store.list(&Filter::default(), None, usize::MAX)).await;
                let before = self.0.len();
                self.0.retain(|entry| !expired(entry) || left.iter().any(|summary| summary.id == entry.record.id));
                prop_assert_eq!(before - self.0.len(), expected, "clean");
            }
            Call::Find(key) => {
                for flow in [flow(0), flow(1)] {
                    let found = answered(store.find(&flow, &key.to_string())).await;
                    prop_assert_eq!(found.as_ref(), self.found(&flow, &key.to_string()), "find");
                }
            }
        }
        Ok(())
    }

    /// Everything that can be seen, at every step.
    async fn compare(&self, store: &dyn Store) -> Result<(), TestCaseError> {
        for entry in &self.0 {
            let record = answered(store.load(entry.record.id)).await;
            prop_assert_eq!(record.as_ref(), Some(&entry.record), "load");
            let waiting = answered(store.events(entry.record.id, usize::MAX)).await;
            prop_assert_eq!(&waiting, &entry.waiting, "events");
        }
        let mut summaries: Vec<Summary> = self.0.iter().map(|entry| entry.record.summary()).collect();
        summaries.sort_by_key(|summary| summary.id);
        prop_assert_eq!(answered(store.list(&Filter::default(), None, usize::MAX)).await, summaries, "list");
        let mut counts: Vec<Count> = Vec::new();
        for Entry { record, .. } in self.0.iter().filter(|entry| entry.record.status == Status::Live) {
            let Record { flow, schema, question, .. } = record.clone();
            match counts.iter_mut().find(|count| count.flow == flow) {
                Some(count) => count.records += 1,
                None => counts.push(Count { flow, schema, question, records: 1 }),
            }
        }
        counts.sort();
        prop_assert_eq!(answered(store.histogram()).await, counts, "histogram");
        Ok(())
    }
}

async fn answered<T>(answer: Answer<'_, T>) -> T {
    answer.await.unwrap_or_else(|error| panic!("the store answers, and not {error:?}"))
}

/// False if somebody else was faster.
async fn was_done(answer: Answer<'_, ()>) -> bool {
    match answer.await {
        Ok(()) => true,
        Err(StoreError::Conflict) => false,
        Err(error) => panic!("the store answers, and not {error:?}"),
    }
}
