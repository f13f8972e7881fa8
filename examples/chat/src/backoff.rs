//! How long to leave a server alone that has gone away.

use std::time::Duration;

/// The longest first wait.
const FIRST: Duration = Duration::from_millis(250);

/// The longest of all waits.
const LONGEST: Duration = Duration::from_secs(10);

/// Waits that become longer. Each is any time up to its bound ("full jitter"), so that the clients whom a server has lost
/// together do not all come back together.
#[derive(Debug)]
pub(crate) struct Backoff(Duration);

impl Backoff {
    pub(crate) fn new() -> Self {
        Backoff(FIRST)
    }

    /// How long to wait now.
    pub(crate) fn wait(&mut self) -> Duration {
        let bound = self.0;
        self.0 = (bound * 2).min(LONGEST);
        // Without randomness, only the politeness is lost.
        let random = getrandom::u32().unwrap_or(u32::MAX);
        bound.mul_f64(f64::from(random) / f64::from(u32::MAX))
    }

    /// A connection has held for so long. One that was long enough begins anew.
    pub(crate) fn held(&mut self, time: Duration) {
        if time >= LONGEST {
            self.0 = FIRST;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_within_twice_the_bound_of_the_one_before() {
        let mut backoff = Backoff::new();
        for bound in [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0] {
            assert_eq!(backoff.0.as_secs_f64(), bound);
            assert!(backoff.wait().as_secs_f64() <= bound);
        }
        backoff.held(LONGEST - Duration::from_millis(1));
        assert_eq!(backoff.0, LONGEST);
        backoff.held(LONGEST);
        assert_eq!(backoff.0, FIRST);
    }

    #[test]
    fn waits_differ() {
        let waits: std::collections::HashSet<_> = (0..100).map(|_| Backoff::new().wait()).collect();
        assert!(waits.len() > 50, "{waits:?}");
    }
}
