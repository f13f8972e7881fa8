//! The engine without us: as many writers, each of which writes its own record again and again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use converse::store::{Id, Record, Schema, Store};
use converse_sqlite::Sqlite;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How many writes of so many bytes are done in that time.
pub(crate) async fn writes(
    server: &Handle,
    store: &Arc<Sqlite>,
    writers: usize,
    bytes: usize,
    time: Duration,
) -> usize {
    let mut tasks = JoinSet::new();
    let until = Instant::now() + time;
    for _ in 0..writers {
        let store = Arc::clone(store);
        let write = async move {
            let new = Record::new(Id::random(), "Order", "line", Schema::from_bytes([0; 16]));
            let mut record = Record { body: vec![b'x'; bytes].into(), ..new };
            store.create(&record).await.expect("it is stored");
            let mut done = 1;
            while Instant::now() < until {
                record = record.next();
                record.expires = Some(record.updated + WEEK); // as ours does, and an index with it
                store.commit(&record, &[]).await.expect("it is stored");
                done += 1;
            }
            done
        };
        tasks.spawn_on(write, server);
    }
    tasks.join_all().await.into_iter().sum()
}
