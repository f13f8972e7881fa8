//! The thread that reads, while the other one writes.

use std::thread::{self, JoinHandle};

use converse::store::StoreError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::error::{gone, undone};

/// How many reads may wait.
const QUEUE: usize = 256;

type Job = Box<dyn FnOnce(&Connection) + Send>;

pub(crate) struct Reader {
    /// None while it is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    pub(crate) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, mut queue) = mpsc::channel::<Job>(QUEUE);
        let thread = thread::Builder::new().name("converse-sqlite-read".into()).spawn(move || {
            while let Some(job) = queue.blocking_recv() {
                job(&connection);
            }
        });
        Ok(Reader { jobs: Some(jobs), thread: Some(thread.map_err(|error| StoreError::Unavailable(error.into()))?) })
    }

    /// Runs `work`, which sees all that was committed before.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move |connection: &Connection| {
            let _ = answer.send(work(connection)); // whoever asked may be gone
        });
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        jobs.send(job).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?.map_err(undone)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // it has said on its own why it panicked
        }
    }
}
