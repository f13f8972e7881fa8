//! The thread that notices what other connections write, as long as somebody waits for that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use converse::store::StoreError;
use rusqlite::Connection;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// How often it looks: it costs some microseconds, and nothing is read from the file.
const EVERY: Duration = Duration::from_millis(25);

pub(crate) struct Watcher {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    changed: Notify,
    waiting: AtomicUsize,
    stop: AtomicBool,
}

impl Watcher {
    pub(crate) fn start(connection: Connection) -> Result<Self, StoreError> {
        let shared = Arc::<Shared>::default();
        let watch = thread::Builder::new().name("converse-sqlite-watch".into());
        let thread = watch.spawn({
            let shared = shared.clone();
            move || shared.watch(&connection)
        });
        Ok(Watcher { shared, thread: Some(thread.map_err(|error| StoreError::Unavailable(error.into()))?) })
    }

    /// To be woken when anything is written, by [`changed`](Waiting::changed).
    pub(crate) fn wait(&self) -> Waiting<'_> {
        self.shared.waiting.fetch_add(1, SeqCst);
        self.unpark();
        Waiting(&self.shared)
    }

    /// Something was written here.
    pub(crate) fn notify(&self) {
        self.shared.changed.notify_waiters();
    }

    fn unpark(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.shared.stop.store(true, SeqCst);
        self.unpark();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // it has said on its own why it panicked
        }
    }
}

pub(crate) struct Waiting<'a>(&'a Shared);

impl Waiting<'_> {
    /// Resolves once something is written after this call.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.0.changed.notified()
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, SeqCst);
    }
}

impl Shared {
    fn watch(&self, connection: &Connection) {
        let mut seen = None;
        while !self.stop.load(SeqCst) {
            // A failure counts as a change: whoever is woken by it will ask, and be told.
            let now = connection.pragma_query_value(None, "data_version", |row| row.get::<_, i64>(0)).ok();
            if now.is_none() || now != seen {
                seen = now;
                self.changed.notify_waiters();
            }
            match self.waiting.load(SeqCst) {
                0 => thread::park(),
                _ => thread::park_timeout(EVERY),
            }
        }
    }
}
