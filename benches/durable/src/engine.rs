//! The engine without us: as many writers, each of which writes its own record again and again; by itself, or as often as
//! somebody says something.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use converse::store::{Id, Record, Schema, Store};
use converse_sqlite::Sqlite;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};
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
            let mut record = begun(&store, bytes).await;
            let mut done = 1;
            while Instant::now() < until {
                record = written(&store, record).await;
                done += 1;
            }
            done
        };
        tasks.spawn_on(write, server);
    }
    tasks.join_all().await.into_iter().sum()
}

/// The least that a durable turn can be: a line comes, a record is written, a line goes.
pub(crate) async fn answer(store: Arc<Sqlite>, bytes: usize, socket: DuplexStream) -> io::Result<()> {
    let mut socket = BufReader::new(socket);
    let mut record = begun(&store, bytes).await;
    let mut line = String::new();
    while socket.read_line(&mut line).await? > 0 {
        line.clear();
        record = written(&store, record).await;
        socket.write_all(b"What else, beside 4?\n").await?;
    }
    Ok(())
}

async fn begun(store: &Sqlite, bytes: usize) -> Record {
    let new = Record::new(Id::random(), "Order", "line", Schema::from_bytes([0; 16]));
    let record = Record { body: vec![b'x'; bytes].into(), ..new };
    store.create(&record).await.expect("it is stored");
    record
}

async fn written(store: &Sqlite, record: Record) -> Record {
    let mut next = record.next();
    next.expires = Some(next.updated + WEEK); // as ours does, and an index with it
    store.commit(&next, &[]).await.expect("it is stored");
    next
}
