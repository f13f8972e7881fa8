//! When the next line of a script is due.
//!
//! A person waits to be asked, a script would say everything at once. Sent like that it still works, the server
//! queues it, but the transcript would be unreadable. So a script waits for its turn.

use std::time::Duration;

use tokio::time::Instant;

/// The server may have more than one thing to say: after a message, the script lets this much silence pass.
const SETTLE: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(crate) struct Pace {
    /// How long a silence means that nothing more will come. A person needs no pace and has none.
    patience: Option<Duration>,
    /// Until when the script waits; `None` once it is its turn.
    until: Option<Instant>,
    /// There are no more lines.
    over: bool,
}

impl Pace {
    pub(crate) fn new(patience: Option<Duration>) -> Self {
        let mut pace = Pace { patience, until: None, over: false };
        pace.spoke();
        pace
    }

    /// A line was sent: wait for an answer.
    pub(crate) fn spoke(&mut self) {
        self.until = self.patience.map(|patience| Instant::now() + patience);
    }

    /// The server said something: wait for the rest of it, and after the last line for whatever else may come.
    pub(crate) fn heard(&mut self) {
        let quiet = if self.over { self.patience } else { self.patience.map(|patience| patience.min(SETTLE)) };
        self.until = quiet.map(|quiet| Instant::now() + quiet);
    }

    /// There are no more lines.
    pub(crate) fn over(&mut self) {
        self.over = true;
        self.spoke();
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Returns when it is the script's turn.
    pub(crate) async fn turn(&mut self) {
        if let Some(until) = self.until {
            tokio::time::sleep_until(until).await;
            self.until = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(3);

    async fn waited(pace: &mut Pace) -> Duration {
        let start = Instant::now();
        pace.turn().await;
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_person_never_waits() {
        let mut pace = Pace::new(None);
        assert_eq!(waited(&mut pace).await, Duration::ZERO);
        pace.spoke();
        pace.heard();
        assert_eq!(waited(&mut pace).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_script_waits_for_an_answer_or_loses_patience() {
        let mut pace = Pace::new(Some(PATIENCE));
        assert_eq!(waited(&mut pace).await, PATIENCE);
        assert_eq!(waited(&mut pace).await, Duration::ZERO);
        pace.spoke();
        pace.heard();
        assert_eq!(waited(&mut pace).await, SETTLE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_is_interrupted_is_still_to_come() {
        let mut pace = Pace::new(Some(PATIENCE));
        let interrupted = tokio::time::timeout(PATIENCE / 3, pace.turn()).await;
        assert!(interrupted.is_err());
        assert_eq!(waited(&mut pace).await, PATIENCE - PATIENCE / 3);
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_last_line_the_server_has_time() {
        let mut pace = Pace::new(Some(PATIENCE));
        pace.over();
        pace.heard();
        assert_eq!(waited(&mut pace).await, PATIENCE);
    }
}
