//! Records: what is kept, and who may replace it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use converse::store::{Filter, Record, Status, Store, StoreError, commit_surely, create_surely};

use super::assert_conflict;
use crate::Handles;
use crate::faulty::{Fate, Faulty};
use crate::sample::{id, keyed, record, time};

/// Every field of a record comes back through the other handle as it was given.
pub async fn what_is_written_is_read_back(Handles { one, other, keep: _keep }: Handles) {
    let first = Record { due: Some(time(5)), expires: Some(time(6)), ..keyed(1, "key") };
    one.create(&first).await.expect("it is new");
    assert_eq!(other.load(first.id).await.expect("it is there"), Some(first.clone()));
    assert_eq!(one.load(id(2)).await.expect("the store answers"), None);
    let second =
        Record { due: None, status: Status::Parked, body: Vec::new().into(), question: "other".into(), ..first.next() };
    other.commit(&second, &[]).await.expect("it is the next version");
    assert_eq!(one.load(first.id).await.expect("it is there"), Some(second.clone()));
    assert_eq!(other.find("flow", "key").await.expect("it is there"), Some(second));
    assert_conflict(one.create(&first).await);
}

/// Names and keys are texts: whatever stands in them, and only they themselves are equal to them.
pub async fn any_text_is_a_key(Handles { one, other, keep: _keep }: Handles) {
    let texts = [
        "",
        " ",
        "a",
        "A",
        "a ",
        "a\0",
        "a\0b",
        "\0",
        "'; DROP TABLE record; --",
        "\"",
        "%",
        "_",
        "é",
        "e\u{301}",
        "🙂",
    ];
    for (number, text) in (1..).zip(texts) {
        let keyed = Record { flow: text.into(), question: text.into(), ..keyed(number, text) };
        one.create(&keyed).await.unwrap_or_else(|error| panic!("{text:?} is new: {error:?}"));
    }
    for (number, text) in (1..).zip(texts) {
        let found = other.find(text, text).await.expect("the store answers");
        assert_eq!(found.map(|record| (record.id, record.flow)), Some((id(number), text.into())), "{text:?}");
        let filter = Filter { flow: Some(text.into()), question: Some(text.into()), ..Filter::default() };
        let listed = other.list(&filter, None, 100).await.expect("the store answers");
        assert_eq!(listed.len(), 1, "{text:?}");
    }
    assert_eq!(one.histogram().await.expect("the store answers").len(), texts.len());
}

/// A body is kept byte by byte, up to half a mebibyte at least.
pub async fn a_large_body_is_kept(Handles { one, other, keep: _keep }: Handles) {
    let body = (0..512 * 1024_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).step_by(4).collect();
    let large = Record { body, ..record(1) };
    one.create(&large).await.expect("it is not too large");
    assert!(other.load(large.id).await.expect("it is there") == Some(large));
}

/// A record of more than a store takes is refused as such, and changes nothing. These handles take 64 MiB at most.
pub async fn what_is_too_large_is_refused(Handles { one, keep: _keep, .. }: Handles) {
    let small = record(1);
    one.create(&small).await.expect("it is new");
    let large = Record { body: vec![0; (64 << 20) + 1].into(), ..small.next() };
    assert!(matches!(one.commit(&large, &[]).await, Err(StoreError::TooLarge { .. })));
    assert!(matches!(one.create(&Record { id: id(2), ..large }).await, Err(StoreError::TooLarge { .. })));
    assert_eq!(one.load(id(1)).await.expect("it is there"), Some(small));
    assert_eq!(one.load(id(2)).await.expect("the store answers"), None);
}

/// A key names one record of a flow, until that is done.
pub async fn a_key_belongs_to_one_that_is_not_done(Handles { one, other, keep: _keep }: Handles) {
    let first = keyed(1, "key");
    one.create(&first).await.expect("it is new");
    assert_conflict(other.create(&keyed(2, "key")).await);
    other.create(&Record { flow: "another".into(), ..keyed(2, "key") }).await.expect("the flow is another");
    let parked = Record { status: Status::Parked, ..first.next() };
    one.commit(&parked, &[]).await.expect("it is the next version");
    assert_conflict(other.create(&keyed(3, "key")).await);
    let done = Record { status: Status::Done, ..parked.next() };
    one.commit(&done, &[]).await.expect("it is the next version");
    assert_eq!(other.find("flow", "key").await.expect("the store answers").as_ref(), Some(&done));
    let second = keyed(3, "key");
    other.create(&second).await.expect("the key is free");
    assert_eq!(one.find("flow", "key").await.expect("the store answers"), Some(second.clone()));
    let again = Record { status: Status::Live, ..done.next() };
    assert_conflict(one.commit(&again, &[]).await);
    assert_eq!(one.load(id(1)).await.expect("it is there").as_ref(), Some(&done));
    one.commit(&done.next(), &[]).await.expect("what is done needs no key");
    let later = Record { status: Status::Done, updated: done.next().updated + Duration::from_secs(1), ..second.next() };
    other.commit(&later, &[]).await.expect("it is the next version");
    assert_eq!(one.find("flow", "key").await.expect("the store answers"), Some(later.clone()), "the last that was");
    other.delete(id(3), later.version).await.expect("it is this version");
    assert_eq!(one.find("flow", "key").await.expect("the store answers").map(|found| found.id), Some(id(1)));
    one.commit(&Record { key: None, ..done.next().next() }, &[]).await.expect("it is the next version");
    assert_eq!(other.find("flow", "key").await.expect("the store answers"), None);
}

/// Of two who commit the same version at once, one does, and the other is told.
pub async fn of_two_who_commit_one_does(Handles { one, other, keep: _keep }: Handles) {
    let mut there = record(1);
    one.create(&there).await.expect("it is new");
    for round in 0..20 {
        let (mine, yours) = (there.next(), there.next());
        let (a, b) = tokio::join!(one.commit(&mine, &[]), other.commit(&yours, &[]));
        let winner = match (&a, &b) {
            (Ok(()), Err(StoreError::Conflict)) => mine,
            (Err(StoreError::Conflict), Ok(())) => yours,
            _ => panic!("round {round}: {a:?} and {b:?}"),
        };
        there = one.load(id(1)).await.expect("it is there").expect("it is there");
        assert_eq!(there, winner);
    }
    assert_conflict(one.commit(&record(1).next(), &[]).await);
    assert_conflict(one.commit(&record(2).next(), &[]).await);
}

/// Of two who create under one name, or under one key, one does.
pub async fn of_two_who_create_one_does(Handles { one, other, keep: _keep }: Handles) {
    for round in 0..10 {
        let (a, b) = (keyed(2 * round + 1, &round.to_string()), keyed(2 * round + 2, &round.to_string()));
        let (a, b) = tokio::join!(one.create(&a), other.create(&b));
        assert!(matches!((&a, &b), (Ok(()), Err(StoreError::Conflict)) | (Err(StoreError::Conflict), Ok(()))));
    }
    let (a, b) = (record(100), record(100));
    let (a, b) = tokio::join!(one.create(&a), other.create(&b));
    assert!(a.is_ok() != b.is_ok());
}

/// Those who commit other records at the same time are in nobody's way.
pub async fn many_who_commit_all_do(Handles { one, other, keep: _keep }: Handles) {
    let work = (1..=40).map(|number| {
        let store = if number % 2 == 0 { one.clone() } else { other.clone() };
        tokio::spawn(async move {
            let mut record = record(number);
            store.create(&record).await.expect("it is new");
            for _ in 0..5 {
                record = record.next();
                store.commit(&record, &[]).await.expect("nobody else has it");
            }
            record
        })
    });
    for record in work.collect::<Vec<_>>() {
        let record = record.await.expect("the work is done");
        assert_eq!(other.load(record.id).await.expect("it is there"), Some(record));
    }
}

/// Who was not told of a write finds out by its name.
pub async fn an_unknown_outcome_is_settled(Handles { one, other, keep: _keep }: Handles) {
    for (number, lost) in (1..).zip([&[true][..], &[false], &[false, false], &[false, true]]) {
        let first = record(number);
        create_surely(&losing(&one, lost), &first).await.expect("it is new");
        assert_eq!(other.load(first.id).await.expect("it is there"), Some(first.clone()));
        let second = first.next();
        commit_surely(&losing(&other, lost), &second, &[]).await.expect("it is the next version");
        assert_eq!(one.load(first.id).await.expect("it is there"), Some(second.clone()));
        commit_surely(&*one, &second, &[]).await.expect("it was done already");
        assert_conflict(commit_surely(&losing(&one, lost), &first.next(), &[]).await);
        assert_conflict(create_surely(&losing(&one, lost), &record(number)).await);
    }
    let never = commit_surely(&losing(&one, &[false; 9]), &record(100), &[]).await;
    assert_conflict(never);
}

/// The store, whose first writes are done or not, in this order, without a word of it.
fn losing(store: &Arc<dyn Store>, done: &[bool]) -> Faulty {
    let (done, writes) = (done.to_vec(), AtomicUsize::new(0));
    Faulty::before(store.clone(), move |method| match method {
        "create" | "commit" => match done.get(writes.fetch_add(1, Relaxed)) {
            Some(&done) => Fate::Lost { done },
            None => Fate::Answered,
        },
        _ => Fate::Answered,
    })
}

/// A record is deleted as the version that it is, with its events, and its key is free.
pub async fn what_is_deleted_leaves_nothing(Handles { one, other, keep: _keep }: Handles) {
    let there = keyed(1, "key");
    one.create(&there).await.expect("it is new");
    let next = there.next();
    one.commit(&next, &[]).await.expect("it is the next version");
    one.push(next.id, &crate::sample::event("a")).await.expect("it is taken");
    assert_conflict(other.delete(there.id, there.version).await);
    other.delete(there.id, next.version).await.expect("it is this version");
    assert_conflict(other.delete(there.id, next.version).await);
    assert_eq!(one.load(there.id).await.expect("the store answers"), None);
    one.create(&there).await.expect("name and key are free");
    assert_eq!(other.events(there.id, 9).await.expect("the store answers"), []);
}

/// A list is in the order of names, and goes on behind any of them.
pub async fn lists_have_pages(Handles { one, other, keep: _keep }: Handles) {
    let records: Vec<_> = (0..30_u8)
        .map(|number| Record {
            flow: format!("flow {}", number % 2).into(),
            question: format!("question {}", number % 3).into(),
            status: [Status::Live, Status::Parked, Status::Done, Status::Live, Status::Live][usize::from(number) % 5],
            ..record(number.wrapping_mul(17))
        })
        .collect();
    for record in &records {
        one.create(record).await.expect("it is new");
    }
    let filters = [
        Filter::default(),
        Filter { flow: Some("flow 1".into()), ..Filter::default() },
        Filter { question: Some("question 2".into()), status: Some(Status::Live), ..Filter::default() },
        Filter { flow: Some("none".into()), ..Filter::default() },
    ];
    for filter in filters {
        let passes = |record: &&Record| {
            filter.flow.as_ref().is_none_or(|flow| *flow == record.flow)
                && filter.question.as_ref().is_none_or(|question| *question == record.question)
                && filter.status.is_none_or(|status| status == record.status)
        };
        let mut expected: Vec<_> = records.iter().filter(passes).map(Record::summary).collect();
        expected.sort_by_key(|record| record.id);
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = other.list(&filter, after, 4).await.expect("the store answers");
            assert!(page.len() <= 4 && page.iter().all(|record| Some(record.id) > after), "{page:?} behind {after:?}");
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            listed.extend(page);
        }
        assert_eq!(listed, expected, "{filter:?}");
    }
}
