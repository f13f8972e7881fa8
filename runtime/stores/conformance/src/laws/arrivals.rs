//! Arrivals: who waits for events hears of them, whoever pushed them.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use converse::store::{Answer, Arrivals, EventId, Id, Mark, Store};
use tokio::time::timeout;

use crate::Handles;
use crate::sample::{event, id, record};

/// What came is told after so long at the latest.
const PATIENCE: Duration = Duration::from_secs(10);

/// An event that is pushed through one handle wakes who waits at either.
pub async fn arrivals_wake_the_other_handle(Handles { one, other, keep: _keep }: Handles) {
    one.create(&record(1)).await.expect("it is new");
    let mark = one.mark().await.expect("the store answers");
    let (mut near, mut far) = (one.arrivals(mark), other.arrivals(mark));
    assert!(is_pending(&mut near).await && is_pending(&mut far).await);
    one.push(id(1), &event("a")).await.expect("it is taken");
    let (near, far) = (soon(near).await, soon(far).await);
    assert_eq!((&near.ids, &near), (&vec![id(1)], &far));
    let mut next = other.arrivals(near.mark);
    assert!(is_pending(&mut next).await);
    one.push(id(1), &event("b")).await.expect("it is taken");
    assert!(soon(next).await.mark > near.mark);
}

/// What came before the mark is not told, nor what was consumed; behind the start is all that waits.
pub async fn arrivals_are_behind_their_mark(Handles { one, other, keep: _keep }: Handles) {
    for number in 1..=3 {
        one.create(&record(number)).await.expect("it is new");
    }
    one.push(id(1), &event("a")).await.expect("it is taken");
    let mark = other.mark().await.expect("the store answers");
    assert!(mark > Mark::START);
    one.push(id(2), &event("a")).await.expect("it is taken");
    assert_eq!(soon(other.arrivals(mark)).await.ids, [id(2)]);
    other.push(id(3), &event("a")).await.expect("it is taken");
    other.push(id(2), &event("b")).await.expect("it is taken");
    assert_eq!(all(&*one, mark).await, [id(2), id(3)]);
    assert_eq!(all(&*other, Mark::START).await, [id(1), id(2), id(3)]);
    one.commit(&record(3).next(), &[EventId::from("a")]).await.expect("it is the next version");
    assert_eq!(all(&*other, Mark::START).await, [id(1), id(2)]);
    one.delete(id(2), 1).await.expect("it is this version");
    assert_eq!(all(&*other, Mark::START).await, [id(1)]);
    let last = one.mark().await.expect("the store answers");
    one.push(id(3), &event("b")).await.expect("it is taken");
    assert_eq!(soon(other.arrivals(last)).await.ids, [id(3)]);
}

/// Whoever stops waiting half-way misses nothing by it.
pub async fn arrivals_can_be_dropped(Handles { one, other, keep: _keep }: Handles) {
    one.create(&record(1)).await.expect("it is new");
    let mark = other.mark().await.expect("the store answers");
    for _ in 0..3 {
        assert!(is_pending(&mut other.arrivals(mark)).await);
    }
    one.push(id(1), &event("a")).await.expect("it is taken");
    let mut dropped = other.arrivals(mark);
    let _ = is_pending(&mut dropped).await;
    drop(dropped);
    assert_eq!(soon(other.arrivals(mark)).await.ids, [id(1)]);
}

/// All that wait behind the mark, in order. One more event is pushed behind them, so that there is an end to come to.
async fn all(store: &dyn Store, mut mark: Mark) -> Vec<Id> {
    let (end, mut ids) = (store.mark().await.expect("the store answers"), BTreeSet::new());
    let last = record(9);
    let _ = store.create(&last).await; // it may be there
    store.push(last.id, &event(&end.number().to_string())).await.expect("it is taken");
    while mark <= end {
        let arrivals = soon(store.arrivals(mark)).await;
        assert!(arrivals.mark > mark, "{arrivals:?} behind {mark:?}");
        mark = arrivals.mark;
        ids.extend(arrivals.ids);
    }
    ids.remove(&last.id);
    ids.into_iter().collect()
}

async fn soon(arrivals: Answer<'_, Arrivals>) -> Arrivals {
    timeout(PATIENCE, arrivals).await.expect("it is told in time").expect("the store answers")
}

async fn is_pending<T>(future: &mut Answer<'_, T>) -> bool {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_pending())).await
}
