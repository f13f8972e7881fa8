//! What was acknowledged survives the process, and another process hears of it meanwhile.

use std::collections::HashMap;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use converse::store::{Id, Mark, Pushed, Record, Schema, Store, StoredEvent};
use converse_sqlite::Sqlite;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Set for the process that is killed: the file that it writes to.
const FILE: &str = "CONVERSE_SQLITE_CRASH";
const NAME: &str = "what_was_acknowledged_survives_a_kill";

const ROUNDS: usize = 5;
const ACKNOWLEDGED: usize = 400;
const WRITERS: usize = 16;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill() {
    if let Some(file) = env::var_os(FILE) {
        return write_for_ever(Path::new(&file)).await;
    }
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let file = folder.path().join("conversations.db");
    let witness = Sqlite::open(&file).expect("the file can be made");
    let mut mark = Mark::START;
    for round in 0..ROUNDS {
        let mut writer = start(&file);
        let arrivals = timeout(PATIENCE, witness.arrivals(mark)).await.expect("the writer writes");
        mark = arrivals.expect("the file can be read").mark;
        let acknowledged = kill_after(&mut writer, ACKNOWLEDGED);
        let reopened = Sqlite::open(&file).expect("the file is whole");
        for store in [&reopened, &witness] {
            for (&id, &version) in &acknowledged {
                let record = store.load(id).await.expect("the file can be read").expect("it was created");
                // One more write may have been done whose acknowledgement did not get out any more.
                assert!((version..=version + 1).contains(&record.version), "round {round}: {version}, {record:?}");
                assert_eq!(record.body, body(record.version), "round {round}");
                let waiting = store.events(id, usize::MAX).await.expect("the file can be read");
                assert!(waiting.iter().all(|event| event.id.as_str() == record.version.to_string()), "{waiting:?}");
            }
        }
        mark = mark.max(reopened.mark().await.expect("the file can be read"));
    }
}

fn start(file: &Path) -> Child {
    let program = env::current_exe().expect("this program is a file");
    let mut command = Command::new(program);
    command.args(["--exact", NAME, "--nocapture"]).env(FILE, file).stdout(Stdio::piped());
    command.spawn().expect("this program can be run")
}

/// Kills the writer, and returns the last versions that it had acknowledged by then.
fn kill_after(writer: &mut Child, many: usize) -> HashMap<Id, u64> {
    let lines = BufReader::new(writer.stdout.take().expect("it is piped")).lines();
    let mut acknowledged = HashMap::new();
    for (number, line) in lines.map_while(Result::ok).filter_map(|line| said(&line)).enumerate() {
        acknowledged.insert(line.0, line.1);
        if number == many {
            writer.kill().expect("it still runs");
        }
    }
    assert!(acknowledged.len() == WRITERS, "all writers get to write");
    assert!(!writer.wait().expect("it was started").success(), "it was killed");
    acknowledged
}

fn said(line: &str) -> Option<(Id, u64)> {
    let (id, version) = line.split_once("wrote ")?.1.split_once(' ')?;
    Some((id.parse().ok()?, version.parse().ok()?))
}

async fn write_for_ever(file: &Path) {
    let store: &Sqlite = Box::leak(Box::new(Sqlite::open(file).expect("the file can be opened")));
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        writers.spawn(async move {
            let first = Record::new(Id::random(), "flow", "question", Schema::from_bytes([0; 16]));
            let mut record = Record { body: body(1).into(), ..first };
            store.create(&record).await.expect("it is new");
            loop {
                println!("wrote {} {}", record.id, record.version);
                let event = StoredEvent { id: record.version.to_string().into(), body: body(record.version) };
                assert_eq!(store.push(record.id, &event).await.expect("the file can be written"), Pushed::New);
                record = record.next();
                record.body = body(record.version).into();
                store.commit(&record, &[event.id]).await.expect("nobody else has it");
            }
        });
    }
    while writers.join_next().await.is_some() {}
}

fn body(version: u64) -> Vec<u8> {
    version.to_be_bytes().repeat(128)
}
