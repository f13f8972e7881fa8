//! A place where a turn waits for the test.

use std::sync::Arc;

use tokio::sync::Notify;

/// What a test waits for, and what it lets go on.
#[derive(Clone, Default)]
pub(crate) struct Gate {
    pub(crate) reached: Arc<Notify>,
    pub(crate) open: Arc<Notify>,
}

impl Gate {
    pub(crate) async fn pass(&self) {
        self.reached.notify_one();
        self.open.notified().await;
    }
}
