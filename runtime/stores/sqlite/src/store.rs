//! The store's methods: bounds, and who does what on which thread.

use std::time::Duration;

use converse::store::{
    Answer, Arrivals, Count, EventId, Filter, Id, Mark, Pushed, Record, Store, StoreError, StoredEvent, Summary, Time,
};

use crate::{Sqlite, read, write};

impl Store for Sqlite {
    fn create<'a>(&'a self, record: &'a Record) -> Answer<'a, ()> {
        Box::pin(async move {
            self.bounds.check(record.size())?;
            let record = record.clone();
            done_or_conflict(self.write(move |to| write::create(to, &record)).await?)
        })
    }

    fn load(&self, id: Id) -> Answer<'_, Option<Record>> {
        self.read(move |from| read::load(from, id))
    }

    fn find<'a>(&'a self, flow: &'a str, key: &'a str) -> Answer<'a, Option<Record>> {
        let (flow, key) = (flow.to_owned(), key.to_owned());
        self.read(move |from| read::find(from, &flow, &key))
    }

    fn commit<'a>(&'a self, record: &'a Record, consumed: &'a [EventId]) -> Answer<'a, ()> {
        Box::pin(async move {
            self.bounds.check(record.size())?;
            let (record, consumed) = (record.clone(), consumed.to_vec());
            done_or_conflict(self.write(move |to| write::commit(to, &record, &consumed)).await?)
        })
    }

    fn delete(&self, id: Id, version: u64) -> Answer<'_, ()> {
        Box::pin(async move { done_or_conflict(self.write(move |to| write::delete(to, id, version)).await?) })
    }

    fn push<'a>(&'a self, id: Id, event: &'a StoredEvent) -> Answer<'a, Pushed> {
        Box::pin(async move {
            self.bounds.check(event.size())?;
            let (event, most) = (event.clone(), self.bounds.events());
            let pushed = self.write(move |to| write::push(to, id, &event, most)).await?;
            if pushed == Pushed::New {
                self.watcher.notify();
            }
            Ok(pushed)
        })
    }

    fn events(&self, id: Id, most: usize) -> Answer<'_, Vec<StoredEvent>> {
        self.read(move |from| read::events(from, id, most))
    }

    fn claim_due<'a>(&'a self, flows: &'a [&'a str], now: Time, lease: Duration, most: usize) -> Answer<'a, Vec<Id>> {
        let flows: Vec<String> = flows.iter().copied().map(str::to_owned).collect();
        Box::pin(async move {
            // It is asked again and again, and who only reads is in nobody's way.
            let asked = flows.clone();
            if self.read(move |from| read::due(from, &asked, now, 1)).await?.is_empty() {
                return Ok(Vec::new());
            }
            self.write(move |to| write::claim_due(to, &flows, now, lease, most)).await
        })
    }

    fn mark(&self) -> Answer<'_, Mark> {
        self.read(read::mark)
    }

    fn arrivals(&self, after: Mark) -> Answer<'_, Arrivals> {
        Box::pin(async move {
            let waiting = self.watcher.wait();
            loop {
                let changed = waiting.changed(); // before looking, so that nothing is missed
                if let Some(arrivals) = self.read(move |from| read::arrivals(from, after)).await? {
                    return Ok(arrivals);
                }
                changed.await;
            }
        })
    }

    fn list<'a>(&'a self, filter: &'a Filter, after: Option<Id>, most: usize) -> Answer<'a, Vec<Summary>> {
        let filter = filter.clone();
        self.read(move |from| read::list(from, &filter, after, most))
    }

    fn histogram(&self) -> Answer<'_, Vec<Count>> {
        self.read(read::histogram)
    }

    fn clean(&self, now: Time, most: usize) -> Answer<'_, u64> {
        Box::pin(async move {
            if !self.read(move |from| read::any_expired(from, now)).await? {
                return Ok(0);
            }
            self.write(move |to| write::clean(to, now, most)).await
        })
    }
}

fn done_or_conflict(done: bool) -> Result<(), StoreError> {
    if done { Ok(()) } else { Err(StoreError::Conflict) }
}
