//! Events: in order, once, and never lost.

use converse::store::{EventId, Pushed, Record, Status, StoredEvent};

use super::assert_conflict;
use crate::Handles;
use crate::sample::{event, id, record};

/// Events wait in the order in which they came, until they are consumed; and then they do not come again.
pub async fn events_come_in_order_and_once(Handles { one, other, keep: _keep }: Handles) {
    let there = record(1);
    one.create(&there).await.expect("it is new");
    one.create(&record(2)).await.expect("it is new");
    let names = ["c", "", "a", "b\0", "b"];
    for (store, name) in [&one, &other].into_iter().cycle().zip(names) {
        assert_eq!(store.push(there.id, &event(name)).await.expect("the store answers"), Pushed::New, "{name:?}");
    }
    let empty = StoredEvent { body: Vec::new(), ..event("c") };
    assert_eq!(other.push(there.id, &empty).await.expect("the store answers"), Pushed::Duplicate);
    assert_eq!(other.push(id(2), &empty).await.expect("the store answers"), Pushed::New);
    assert_eq!(one.events(id(2), 9).await.expect("the store answers"), [empty]);
    assert_eq!(other.events(there.id, 9).await.expect("the store answers"), names.map(event));
    assert_eq!(other.events(there.id, 2).await.expect("the store answers"), [event("c"), event("")]);
    let consumed = ["a", "c", "never came"].map(EventId::from);
    one.commit(&there.next(), &consumed).await.expect("it is the next version");
    let left = ["", "b\0", "b"].map(event);
    assert_eq!(other.events(there.id, 9).await.expect("the store answers"), left);
    assert_eq!(other.push(there.id, &event("a")).await.expect("the store answers"), Pushed::Duplicate);
    assert_eq!(other.events(there.id, 9).await.expect("the store answers"), left);
    assert_eq!(one.events(id(2), 9).await.expect("the store answers").len(), 1);
}

/// A commit that conflicts consumes nothing.
pub async fn a_conflict_consumes_nothing(Handles { one, other, keep: _keep }: Handles) {
    let there = record(1);
    one.create(&there).await.expect("it is new");
    one.push(there.id, &event("a")).await.expect("it is taken");
    one.commit(&there.next(), &[]).await.expect("it is the next version");
    assert_conflict(other.commit(&there.next(), &[EventId::from("a")]).await);
    let done = Record { status: Status::Done, ..there.next() };
    assert_conflict(other.commit(&done, &[]).await);
    assert_eq!(one.events(there.id, 9).await.expect("the store answers"), [event("a")]);
}

/// Of two who push one event at once, one is told that it is new.
pub async fn of_two_who_push_one_is_first(Handles { one, other, keep: _keep }: Handles) {
    one.create(&record(1)).await.expect("it is new");
    for name in 0..20 {
        let event = event(&name.to_string());
        let (a, b) = tokio::join!(one.push(id(1), &event), other.push(id(1), &event));
        let (a, b) = (a.expect("the store answers"), b.expect("the store answers"));
        assert!(matches!((a, b), (Pushed::New, Pushed::Duplicate) | (Pushed::Duplicate, Pushed::New)), "{a:?}, {b:?}");
    }
    assert_eq!(one.events(id(1), 99).await.expect("the store answers").len(), 20);
}

/// The number of events that wait has a bound, of 10,000 at most; what was consumed does not count.
pub async fn too_many_events_are_refused(Handles { one, other, keep: _keep }: Handles) {
    let there = record(1);
    one.create(&there).await.expect("it is new");
    let mut names = (0..10_000).map(|name| name.to_string());
    let refused = loop {
        let name = names.next().expect("there is a bound");
        match one.push(there.id, &event(&name)).await.expect("the store answers") {
            Pushed::Full => break event(&name),
            pushed => assert_eq!(pushed, Pushed::New),
        }
    };
    assert_eq!(other.push(there.id, &event("0")).await.expect("the store answers"), Pushed::Duplicate);
    other.commit(&there.next(), &[EventId::from("0")]).await.expect("it is the next version");
    assert_eq!(other.push(there.id, &refused).await.expect("the store answers"), Pushed::New);
    assert_eq!(other.push(there.id, &event("more")).await.expect("the store answers"), Pushed::Full);
}

/// What is done has no events, and neither has what is not there; what is parked has.
pub async fn what_is_done_takes_no_events(Handles { one, other, keep: _keep }: Handles) {
    assert_eq!(one.push(id(1), &event("a")).await.expect("the store answers"), Pushed::Missing);
    let parked = Record { status: Status::Parked, ..record(1) };
    one.create(&parked).await.expect("it is new");
    assert_eq!(other.push(id(1), &event("a")).await.expect("the store answers"), Pushed::New);
    one.commit(&Record { status: Status::Done, ..parked.next() }, &[]).await.expect("it is the next version");
    assert_eq!(other.events(id(1), 9).await.expect("the store answers"), []);
    for name in ["a", "b"] {
        assert_eq!(other.push(id(1), &event(name)).await.expect("the store answers"), Pushed::Missing);
    }
}
