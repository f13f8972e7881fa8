//! The file: what is in it, and how one of an earlier version becomes one of this.

use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use converse::store::StoreError;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::error::undone;

/// Says whose file it is: "cnvs".
const APPLICATION: i32 = 0x636e_7673;

/// How long to wait for another process to be done with the file.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to leave the file alone that another connection is about to change.
const PAUSE: Duration = Duration::from_millis(5);

/// The first SQLite that does not damage files in WAL mode when several connections reset the log at once.
const OLDEST: i32 = 3_051_003;

/// From each version of the file to the next. What stands here was released and is never changed; versions count from 0,
/// the empty file.
const STEPS: [&str; 3] = [RECORDS, EVENTS, LOOKS];

/// `status` is 0 for live, 1 for done and 2 for parked; `wake` is when the record can be claimed, if it ever can. The body
/// stands last, so that what is listed can be read without it.
const RECORDS: &str = "
    CREATE TABLE record (
        id BLOB NOT NULL PRIMARY KEY,
        key TEXT,
        flow TEXT NOT NULL,
        question TEXT NOT NULL,
        schema BLOB NOT NULL,
        status INTEGER NOT NULL,
        version INTEGER NOT NULL,
        write BLOB NOT NULL,
        due INTEGER,
        expires INTEGER,
        created INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        wake INTEGER,
        body BLOB NOT NULL
    );
    CREATE UNIQUE INDEX record_key ON record (flow, key) WHERE key IS NOT NULL AND status <> 1;
    CREATE INDEX record_wake ON record (wake, id) WHERE wake IS NOT NULL;
    CREATE INDEX record_expires ON record (expires, id) WHERE expires IS NOT NULL;
";

/// An event that was consumed has no body any more. Numbers are never given twice.
const EVENTS: &str = "
    CREATE TABLE event (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        record BLOB NOT NULL,
        id TEXT NOT NULL,
        body BLOB,
        UNIQUE (record, id)
    );
    CREATE INDEX event_waiting ON event (record, number) WHERE body IS NOT NULL;
    CREATE INDEX event_arrived ON event (number, record) WHERE body IS NOT NULL;
";

/// What is due is looked for by flow, and what has ended by key.
const LOOKS: &str = "
    DROP INDEX record_wake;
    CREATE INDEX record_wake ON record (flow, wake, id) WHERE wake IS NOT NULL;
    CREATE INDEX record_ended ON record (flow, key, updated, id) WHERE key IS NOT NULL AND status = 1;
";

/// Whether the library of this [version number](rusqlite::version_number) will do.
pub(crate) fn check_library(version: i32) -> Result<(), StoreError> {
    if version >= OLDEST {
        return Ok(());
    }
    let name = |version: i32| format!("{}.{}.{}", version / 1_000_000, version / 1_000 % 1_000, version % 1_000);
    Err(refused(format!("SQLite {} can damage the file: it takes {} or newer", name(version), name(OLDEST))))
}

/// Opens a connection to a file that is up to date from then on.
pub(crate) fn open(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = Connection::open(path).map_err(undone)?;
    connection.busy_timeout(PATIENCE).map_err(undone)?;
    bring_up_to_date(&mut connection, &STEPS)?;
    // Writes to the file itself, and so only once it is known to be ours.
    enter_wal(&connection).map_err(undone)?;
    connection.pragma_update(None, "synchronous", "full").map_err(undone)?;
    Ok(connection)
}

/// Has the file written by way of a log. Whoever comes while another connection does that is turned away at once, busy
/// time-out or not.
fn enter_wal(connection: &Connection) -> rusqlite::Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < until => {
                thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
}

fn bring_up_to_date(connection: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(undone)?;
    let number = |name: &str| transaction.pragma_query_value(None, name, |row| row.get::<_, i32>(0)).map_err(undone);
    let (application, version) = (number("application_id")?, number("user_version")?);
    let is_empty = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
    let is_new =
        application == 0 && version == 0 && transaction.query_row(is_empty, [], |row| row.get(0)).map_err(undone)?;
    if application != APPLICATION && !is_new {
        return Err(refused("the file is a database of something else".into()));
    }
    let Some(missing) = usize::try_from(version).ok().and_then(|version| steps.get(version..)) else {
        return Err(refused(format!("the file is of version {version}, and this program knows {}", steps.len())));
    };
    if missing.is_empty() {
        return Ok(());
    }
    for step in missing {
        transaction.execute_batch(step).map_err(undone)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION).map_err(undone)?;
    transaction.pragma_update(None, "user_version", steps.len() as i64).map_err(undone)?;
    transaction.commit().map_err(undone)
}

fn refused(why: String) -> StoreError {
    StoreError::Fatal(Box::new(io::Error::other(why)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    #[test]
    fn a_library_that_damages_files_is_refused() {
        assert!(check_library(3_051_003).is_ok());
        assert!(check_library(3_053_002).is_ok());
        for version in [3_051_002, 3_040_001, 3_007_000] {
            assert!(matches!(check_library(version), Err(StoreError::Fatal(_))), "{version}");
        }
        assert!(check_library(rusqlite::version_number()).is_ok());
    }

    #[test]
    fn a_file_of_any_earlier_version_becomes_one_of_this() {
        let shape = |connection: &Connection| -> Vec<String> {
            let mut statement =
                connection.prepare("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name").unwrap();
            let rows = statement.query_map([], |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        };
        let mut fresh = Connection::open_in_memory().unwrap();
        bring_up_to_date(&mut fresh, &STEPS).unwrap();
        for version in 1..=STEPS.len() {
            let mut old = Connection::open_in_memory().unwrap();
            bring_up_to_date(&mut old, &STEPS[..version]).unwrap();
            let row =
                "INSERT INTO record VALUES (x'00', NULL, 'f', 'q', x'01', 0, 1, x'02', NULL, NULL, 3, 4, NULL, x'05')";
            old.execute(row, []).unwrap();
            bring_up_to_date(&mut old, &STEPS).unwrap();
            assert_eq!(shape(&old), shape(&fresh), "from version {version}");
            let rows: u32 = old.query_row("SELECT count(*) FROM record", [], |row| row.get(0)).unwrap();
            assert_eq!(rows, 1, "from version {version}");
        }
    }

    #[test]
    fn a_file_of_a_later_version_is_refused() {
        let mut later = Connection::open_in_memory().unwrap();
        bring_up_to_date(&mut later, &[&STEPS[..], &["CREATE TABLE more (x)"]].concat()).unwrap();
        let error = bring_up_to_date(&mut later, &STEPS).unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), "the file is of version 4, and this program knows 3");
    }

    #[test]
    fn a_file_of_something_else_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
        let before = std::fs::read(&path).unwrap();
        let error = open(&path).unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), "the file is a database of something else");
        assert_eq!(std::fs::read(&path).unwrap(), before);
        std::fs::write(&path, "Dear diary, this is no database at all.".repeat(20)).unwrap();
        assert!(matches!(open(&path), Err(StoreError::Fatal(_))));
    }
}
