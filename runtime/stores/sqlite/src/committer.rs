//! The one thread that writes: what comes while it waits for the disk, it then commits together.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use converse::store::StoreError;
use rusqlite::{Connection, ErrorCode};
use tokio::sync::{mpsc, oneshot};

use crate::error::{gone, shared, undone, unknown};

/// How many writes share a transaction at most: with more of them, the first waits too long for the last.
const BATCH: usize = 64;

/// How many writes may wait.
const QUEUE: usize = 4 * BATCH;

pub(crate) struct Committer {
    /// None while it is dropped.
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Committer {
    pub(crate) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new().name("converse-sqlite-commit".into()).spawn(|| work_off(connection, queue));
        Ok(Committer { jobs: Some(jobs), thread: Some(thread.map_err(|error| StoreError::Unavailable(error.into()))?) })
    }

    /// Runs `work` in a transaction, and waits for that to be on the disk.
    ///
    /// The transaction is shared: `work` returns an error only for what undoes all of it, or if it has changed nothing.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Write { work: Some(work), result: Err(gone()), answer });
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        jobs.send(job).await.map_err(|_| gone())?;
        answered.await.unwrap_or_else(|gone| Err(StoreError::Unknown(gone.into())))
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // it has said on its own why it panicked
        }
    }
}

/// A write, and who waits for it.
trait Job: Send {
    /// Does it, in a transaction that is open.
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()>;

    /// Answers it, once it is known how the transaction ended.
    fn end(self: Box<Self>, transaction: Result<(), StoreError>);
}

struct Write<W, T> {
    work: Option<W>,
    result: Result<T, StoreError>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<W: FnOnce(&Connection) -> rusqlite::Result<T> + Send, T: Send> Job for Write<W, T> {
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if let Some(work) = self.work.take() {
            self.result = match work(connection) {
                Ok(result) => Ok(result),
                // Its own fault, and nothing was changed.
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::TooBig) => Err(undone(error)),
                Err(error) => return Err(error),
            };
        }
        Ok(())
    }

    fn end(self: Box<Self>, transaction: Result<(), StoreError>) {
        let _ = self.answer.send(transaction.and(self.result)); // whoever asked may be gone
    }
}

/// Until nobody is left who could ask for more.
fn work_off(connection: Connection, mut queue: mpsc::Receiver<Box<dyn Job>>) {
    while let Some(first) = queue.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = queue.try_recv()
        {
            batch.push(next);
        }
        commit(&connection, batch);
    }
}

fn commit(connection: &Connection, mut batch: Vec<Box<dyn Job>>) {
    let mut meaning: fn(&Arc<rusqlite::Error>) -> StoreError = shared;
    let transaction = connection.execute_batch("BEGIN IMMEDIATE").and_then(|()| {
        batch.iter_mut().try_for_each(|job| job.run(connection))?;
        meaning = unknown;
        connection.execute_batch("COMMIT")
    });
    if transaction.is_err() && !connection.is_autocommit() {
        let _ = connection.execute_batch("ROLLBACK"); // or the next `BEGIN` says what is wrong
    }
    let transaction = transaction.map_err(Arc::new);
    for job in batch {
        job.end(transaction.as_ref().copied().map_err(meaning));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    type Answer = oneshot::Receiver<Result<usize, StoreError>>;

    fn execute(sql: &'static str) -> (Box<dyn Job>, Answer) {
        let (answer, answered) = oneshot::channel();
        let work = move |connection: &Connection| connection.execute(sql, []);
        (Box::new(Write { work: Some(work), result: Err(gone()), answer }), answered)
    }

    fn connection() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        let tables = "PRAGMA foreign_keys = ON; CREATE TABLE a (x PRIMARY KEY);
            CREATE TABLE b (x REFERENCES a DEFERRABLE INITIALLY DEFERRED, y)";
        connection.execute_batch(tables).unwrap();
        connection
    }

    fn rows(connection: &Connection) -> u32 {
        connection.query_row("SELECT count(*) FROM a", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn what_fails_to_commit_has_an_unknown_outcome() {
        let connection = connection();
        let ((good, mut told), (bad, _)) =
            (execute("INSERT INTO a VALUES (1)"), execute("INSERT INTO b VALUES (2, 0)"));
        commit(&connection, vec![good, bad]);
        assert!(matches!(told.try_recv(), Ok(Err(StoreError::Unknown(_)))));
        assert!(connection.is_autocommit(), "the next transaction can begin");
    }

    #[test]
    fn a_full_disk_undoes_all_that_share_the_transaction() {
        let connection = connection();
        connection.execute_batch("PRAGMA max_page_count = 8").unwrap();
        let (good, mut told) = execute("INSERT INTO a VALUES (1)");
        let (bad, mut bad_told) = execute("INSERT INTO b VALUES (NULL, zeroblob(100000))");
        commit(&connection, vec![good, bad]);
        for told in [&mut told, &mut bad_told] {
            assert!(matches!(told.try_recv(), Ok(Err(StoreError::Unavailable(_)))));
        }
        assert_eq!(rows(&connection), 0);
        let (again, mut told) = execute("INSERT INTO a VALUES (1)");
        commit(&connection, vec![again]);
        assert!(matches!(told.try_recv(), Ok(Ok(1))));
    }

    #[test]
    fn a_file_that_stays_locked_is_unavailable_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Connection::open(folder.path().join("a.db")).unwrap();
        let (other, connection) = (open(), open());
        other.execute_batch("CREATE TABLE a (x); BEGIN IMMEDIATE").unwrap();
        connection.busy_timeout(Duration::ZERO).unwrap();
        let (job, mut told) = execute("INSERT INTO a VALUES (1)");
        commit(&connection, vec![job]);
        assert!(matches!(told.try_recv(), Ok(Err(StoreError::Unavailable(_)))));
        other.execute_batch("COMMIT").unwrap();
        let (job, mut told) = execute("INSERT INTO a VALUES (1)");
        commit(&connection, vec![job]);
        assert!(matches!(told.try_recv(), Ok(Ok(1))));
        assert_eq!(rows(&other), 1);
    }

    #[test]
    fn what_is_too_large_fails_alone() {
        let connection = connection();
        let (good, mut told) = execute("INSERT INTO a VALUES (1)");
        let (bad, mut bad_told) = execute("INSERT INTO b VALUES (NULL, zeroblob(2000000000))");
        commit(&connection, vec![good, bad]);
        assert!(matches!(told.try_recv(), Ok(Ok(1))));
        assert!(matches!(bad_told.try_recv(), Ok(Err(StoreError::TooLarge { .. }))));
        assert_eq!(rows(&connection), 1);
    }
}
