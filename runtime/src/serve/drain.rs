//! Stopping: what has begun gets to its end, as long as that takes no longer than it may.

use std::pin::pin;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, sleep};

use super::host::Host;
use super::signal::signal;
use crate::open::{Open, restart};

/// How a server stops.
#[derive(Debug)]
pub(super) struct Drain {
    pub(super) time: Duration,
    pub(super) batch: usize,
    pub(super) every: Duration,
}

impl Default for Drain {
    fn default() -> Self {
        Drain { time: Duration::from_secs(10), batch: 1_000, every: Duration::from_millis(200) }
    }
}

impl Drain {
    /// Stops, and returns once nothing is left, time is up or a signal says that it takes too long.
    pub(super) async fn run(&self, host: &Host) {
        host.stop();
        let mut ended = pin!(self.end(host));
        let mut impatience = pin!(signal());
        let mut cut = pin!(sleep(self.time / 10 * 9));
        let mut over = pin!(sleep(self.time));
        let mut report = interval(Duration::from_secs(1));
        report.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut in_time = true;
        loop {
            tokio::select! {
                () = &mut ended => return tracing::info!("stopped"),
                () = &mut impatience => return tracing::warn!("stopped by a second signal"),
                () = &mut cut, if in_time => {
                    in_time = false;
                    host.sockets.cut();
                }
                () = &mut over => return tracing::warn!("some connections did not end in time"),
                _ = report.tick() => tracing::info!(
                    requests = host.requests.receiver_count(),
                    websockets = host.sockets.count(),
                    "stopping",
                ),
            }
        }
    }

    async fn end(&self, host: &Host) {
        tokio::join!(self.close(&host.sockets), host.requests.closed());
        host.sockets.emptied().await;
        // What is left are connections that were kept for later, and the rests of answers.
        host.connections.send_replace(());
        host.connections.closed().await;
        // The last answer may have been a handshake's.
        host.sockets.emptied().await;
    }

    async fn close(&self, sockets: &Open) {
        let all = sockets.close();
        for batch in all.chunks(self.batch_of(all.len())) {
            batch.iter().for_each(|connection| connection.see_off(restart()));
            if batch.len() < all.len() {
                sleep(self.every).await;
            }
        }
    }

    /// How many are closed at a time, so that the last ones still have half of the time to answer.
    fn batch_of(&self, sockets: usize) -> usize {
        let batches = (self.time / 2).as_nanos().checked_div(self.every.as_nanos()).unwrap_or(1);
        let batches = usize::try_from(batches).unwrap_or(usize::MAX);
        sockets.div_ceil(batches.max(1)).max(self.batch).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_batch_comes_before_half_of_the_time_is_over() {
        let drain = Drain::default();
        assert_eq!([1, 25_000, 100_000].map(|sockets| drain.batch_of(sockets)), [1_000, 1_000, 4_000]);
        let at_once = Drain { every: Duration::ZERO, ..Drain::default() };
        assert_eq!(at_once.batch_of(100_000), 100_000);
        let short = Drain { time: Duration::from_millis(100), batch: 0, ..Drain::default() };
        assert_eq!([0, 7].map(|sockets| short.batch_of(sockets)), [1, 7]);
    }
}
