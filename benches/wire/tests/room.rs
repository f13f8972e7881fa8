//! What a store in memory counts is what it has allocated: by that it knows when it is full.

use allocation_counter::measure;
use converse::store::{Bounds, EventId, Id, Memory, Pushed, Record, Schema, Status, Store, StoredEvent, Time};
use tokio::runtime::Builder;

/// How much each store may hold. The last eighth is for those that are there.
const TOTAL: usize = 16 << 20;

/// What each record has beside its body.
#[derive(Clone, Copy, Debug)]
enum Beside {
    Nothing,
    Date,
    Key,
    Events(usize),
}

#[test]
fn a_full_store_has_allocated_about_as_much_as_it_may() {
    for beside in [Beside::Nothing, Beside::Date, Beside::Key, Beside::Events(1), Beside::Events(20)] {
        for body in [100, 300, 5_000, 70_000] {
            let store = Memory::new(Bounds::default().max_total(TOTAL));
            let runtime = Builder::new_current_thread().build().expect("a runtime");
            let used = measure(|| runtime.block_on(fill(&store, body, beside)));
            let held = used.bytes_current as f64 / (TOTAL - TOTAL / 8) as f64;
            println!("{beside:?}, {body} B: {:.1} %", held * 100.0);
            assert!((0.5..1.02).contains(&held), "{beside:?}, {body} B: {held}");
        }
    }
}

/// Begins conversations until no more are taken.
async fn fill(store: &Memory, body: usize, beside: Beside) {
    for number in 0.. {
        let record = Record {
            key: matches!(beside, Beside::Key).then(|| format!("customer {number}").into()),
            due: matches!(beside, Beside::Date).then(|| Time::from_millis(number)),
            expires: Some(Time::MAX),
            status: Status::Live,
            body: vec![0; body].into(),
            ..Record::new(Id::random(), "checkout", "age", Schema::from_bytes([0; 16]))
        };
        if store.create(&record).await.is_err() {
            return;
        }
        let Beside::Events(events) = beside else { continue };
        for event in 0..events {
            let event = StoredEvent { id: EventId::from(format!("payment {event}")), body: vec![0; 20] };
            let pushed = store.push(record.id, &event).await;
            assert!(matches!(pushed, Ok(Pushed::New)), "{pushed:?}");
        }
    }
}
