//! Opening a file, and letting go of it.

use std::future::poll_fn;
use std::task::Poll;
use std::thread;

use converse::store::{Id, Record, Schema, Store};
use converse_sqlite::Sqlite;

fn record() -> Record {
    Record::new(Id::random(), "flow", "question", Schema::from_bytes([0; 16]))
}

#[tokio::test]
async fn dropping_a_store_writes_what_was_asked_for() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let file = folder.path().join("conversations.db");
    let store = Sqlite::open(&file).expect("the file can be made");
    let records: Vec<_> = (0..100).map(|_| record()).collect();
    for record in &records {
        let mut create = store.create(record);
        poll_fn(|cx| Poll::Ready(create.as_mut().poll(cx).is_ready())).await;
    }
    drop(store);
    let store = Sqlite::open(&file).expect("the file is whole");
    for record in records {
        assert_eq!(store.load(record.id).await.expect("the file can be read"), Some(record));
    }
}

#[test]
fn many_may_open_a_new_file_at_once() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    for round in 0..10 {
        let file = folder.path().join(round.to_string());
        let open = || Sqlite::open(&file).map(drop);
        let opened = thread::scope(|scope| [(); 4].map(|()| scope.spawn(open)).map(|thread| thread.join()));
        for opened in opened {
            opened.expect("nothing panics").expect("the file can be made");
        }
    }
}
