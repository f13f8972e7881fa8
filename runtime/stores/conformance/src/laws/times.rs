//! What happens by itself: what is due, and what expires.

use std::time::Duration;

use converse::store::{Pushed, Record, Status};

use crate::Handles;
use crate::sample::{event, id, keyed, record, time};

const LEASE: Duration = Duration::from_millis(100);

/// What is due is handed out once, the longest overdue first, until the lease is over or it was written.
pub async fn what_is_due_is_claimed_once(Handles { one, other, keep: _keep }: Handles) {
    for (number, due) in [(1, Some(30)), (2, Some(10)), (3, Some(20)), (4, Some(500)), (5, None)] {
        one.create(&Record { due: due.map(time), ..record(number) }).await.expect("it is new");
    }
    let parked = Record { due: Some(time(1)), status: Status::Parked, ..record(6) };
    one.create(&parked).await.expect("it is new");
    one.create(&Record { status: Status::Done, id: id(7), ..parked }).await.expect("it is new");
    assert_eq!(one.claim_due(&["flow"], time(9), LEASE, 9).await.expect("the store answers"), []);
    assert_eq!(one.claim_due(&["flow"], time(30), LEASE, 2).await.expect("the store answers"), [id(2), id(3)]);
    assert_eq!(other.claim_due(&["flow"], time(30), LEASE, 9).await.expect("the store answers"), [id(1)]);
    assert_eq!(other.claim_due(&["flow"], time(129), LEASE, 9).await.expect("the store answers"), []);
    let next = Record { due: Some(time(40)), ..record(3).next() };
    one.commit(&next, &[]).await.expect("a claim is not in its way");
    one.commit(&Record { due: None, ..record(1).next() }, &[]).await.expect("a claim is not in its way");
    assert_eq!(other.load(id(3)).await.expect("it is there"), Some(next));
    assert_eq!(other.claim_due(&["flow"], time(129), LEASE, 9).await.expect("the store answers"), [id(3)]);
    assert_eq!(other.claim_due(&["flow"], time(130), LEASE, 9).await.expect("the store answers"), [id(2)]);
    let (a, b) =
        tokio::join!(one.claim_due(&["flow"], time(900), LEASE, 9), other.claim_due(&["flow"], time(900), LEASE, 9));
    let mut claimed = [a.expect("the store answers"), b.expect("the store answers")].concat();
    claimed.sort_unstable();
    assert_eq!(claimed, [id(2), id(3), id(4)]);
}

/// What is due of a flow that one handle does not know is left to another that does.
pub async fn what_is_due_of_other_flows_is_left_alone(Handles { one, other, keep: _keep }: Handles) {
    for (number, flow) in [(1, "a"), (2, "b"), (3, "c"), (4, "a")] {
        let due = Some(time(number.into()));
        one.create(&Record { flow: flow.into(), due, ..record(number) }).await.expect("it is new");
    }
    assert_eq!(one.claim_due(&[], time(9), LEASE, 9).await.expect("the store answers"), []);
    assert_eq!(one.claim_due(&["d", "A", ""], time(9), LEASE, 9).await.expect("the store answers"), []);
    assert_eq!(one.claim_due(&["c", "b"], time(9), LEASE, 1).await.expect("the store answers"), [id(2)]);
    assert_eq!(
        other.claim_due(&["a", "b", "c"], time(9), LEASE, 9).await.expect("the store answers"),
        [1, 3, 4].map(id)
    );
}

/// What has expired is removed, with its events, and its key is free.
pub async fn what_expires_is_cleaned(Handles { one, other, keep: _keep }: Handles) {
    for (number, expires) in [(1, Some(10)), (2, Some(20)), (3, Some(30)), (4, None)] {
        let record = Record { expires: expires.map(time), ..keyed(number, &number.to_string()) };
        one.create(&record).await.expect("it is new");
    }
    one.push(id(2), &event("a")).await.expect("it is taken");
    let live = Record { expires: Some(time(40)), ..keyed(3, "3").next() };
    one.commit(&live, &[]).await.expect("it is the next version");
    assert_eq!(other.clean(time(9), 9).await.expect("the store answers"), 0);
    assert_eq!(other.clean(time(30), 1).await.expect("the store answers"), 1);
    assert_eq!(other.load(id(1)).await.expect("the store answers"), None);
    assert_eq!(one.clean(time(30), 9).await.expect("the store answers"), 1);
    assert_eq!(one.clean(time(30), 9).await.expect("the store answers"), 0);
    assert_eq!(other.find("flow", "2").await.expect("the store answers"), None);
    one.create(&keyed(2, "2")).await.expect("name and key are free");
    assert_eq!(one.push(id(2), &event("a")).await.expect("the store answers"), Pushed::New);
    assert_eq!(one.load(id(3)).await.expect("it is there"), Some(live));
}
