//! What can be watched from outside, with the feature `metrics`; without it, nothing is counted and nothing costs.
//!
//! Labels are the names that the program gave: of conversations, questions, outcomes and reasons. What a client says is in
//! none of them, and neither is a number that it may choose: each would be a series of its own.

use std::future::poll_fn;
use std::pin::Pin;
#[cfg(feature = "metrics")]
use std::time::Instant;

/// What became of a question, as far as a turn tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Asked,
    Answered,
    /// Something was said that was not the answer.
    Refused,
    /// Its time was over.
    Silent,
    /// The client has left without an answer. It may come back.
    Abandoned,
}

/// Counts what became of a question.
pub(crate) fn question(conversation: &'static str, question: &'static str, outcome: Outcome) {
    #[cfg(feature = "testing")]
    crate::testing::trace::became(outcome);
    #[cfg(not(any(feature = "metrics", feature = "testing")))]
    let _ = outcome;
    #[cfg(feature = "metrics")]
    {
        let outcome = match outcome {
            Outcome::Asked => "asked",
            Outcome::Answered => "answered",
            Outcome::Refused => "refused",
            Outcome::Silent => "silent",
            Outcome::Abandoned => "abandoned",
        };
        metrics::counter!(
            "converse_questions_total", "conversation" => conversation, "question" => question, "outcome" => outcome
        )
        .increment(1);
    }
    #[cfg(not(feature = "metrics"))]
    let _ = (conversation, question);
}

/// A conversation that waits at a question while its client is there, until it is dropped.
#[derive(Debug)]
pub(crate) struct Waiting {
    #[cfg(feature = "metrics")]
    at: Option<(&'static str, &'static str)>,
}

impl Waiting {
    /// Nowhere yet.
    pub(crate) const fn new() -> Self {
        Waiting {
            #[cfg(feature = "metrics")]
            at: None,
        }
    }

    /// It waits at this question now.
    pub(crate) fn at(&mut self, conversation: &'static str, question: Option<&'static str>) {
        #[cfg(feature = "metrics")]
        {
            let now = question.map(|question| (conversation, question));
            if self.at != now {
                self.count(-1.0);
                self.at = now;
                self.count(1.0);
            }
        }
        #[cfg(not(feature = "metrics"))]
        let _ = (conversation, question);
    }

    /// It goes on, and waits nowhere until it says so again. Who is through at once has never left: nobody could see it.
    pub(crate) fn leave<F: Future + Unpin>(&mut self, mut turn: F) -> impl Future<Output = F::Output> {
        poll_fn(move |cx| {
            let polled = Pin::new(&mut turn).poll(cx);
            if polled.is_pending() {
                self.at("", None);
            }
            polled
        })
    }

    #[cfg(feature = "metrics")]
    fn count(&self, by: f64) {
        if let Some((conversation, question)) = self.at {
            metrics::gauge!("converse_waiting", "conversation" => conversation, "question" => question).increment(by);
        }
    }
}

#[cfg(feature = "metrics")]
impl Drop for Waiting {
    fn drop(&mut self) {
        self.count(-1.0);
    }
}

/// A turn, from when it begins until what it says may leave.
pub(crate) struct Turn {
    #[cfg(feature = "metrics")]
    began: (&'static str, Instant),
}

impl Turn {
    pub(crate) fn begin(conversation: &'static str) -> Self {
        #[cfg(not(feature = "metrics"))]
        let _ = conversation;
        Turn {
            #[cfg(feature = "metrics")]
            began: (conversation, Instant::now()),
        }
    }

    pub(crate) fn end(self) {
        #[cfg(feature = "metrics")]
        {
            let (conversation, began) = self.began;
            metrics::histogram!("converse_turn_seconds", "conversation" => conversation).record(began.elapsed());
        }
    }
}

/// Counts a connection, until it is [gone].
pub(crate) fn opened() {
    #[cfg(feature = "metrics")]
    {
        metrics::counter!("converse_connections_total").increment(1);
        metrics::gauge!("converse_connections").increment(1.0);
    }
}

pub(crate) fn gone() {
    #[cfg(feature = "metrics")]
    metrics::gauge!("converse_connections").decrement(1.0);
}

/// Counts together the codes that clients have made up.
const OTHER: u16 = 0;

/// What a code counts as that a peer has closed with: itself if it is registered, which few are (RFC 6455 §7.4.1, and IANA's
/// list behind it), and otherwise [`OTHER`]. A code that this side has closed with always counts as itself.
pub(crate) fn from_peer(code: u16) -> u16 {
    match code {
        1000..=1003 | 1005 | 1007..=1014 | 3000 | 3003 | 3008 => code,
        _ => OTHER,
    }
}

/// Counts the bytes of a connection that is over, and what it was closed with.
pub(crate) fn closed(code: u16, read: u64, written: u64) {
    #[cfg(feature = "metrics")]
    {
        let code = if code == OTHER { "other".to_owned() } else { code.to_string() };
        metrics::counter!("converse_closes_total", "code" => code).increment(1);
        metrics::counter!("converse_bytes_total", "direction" => "in").increment(read);
        metrics::counter!("converse_bytes_total", "direction" => "out").increment(written);
    }
    #[cfg(not(feature = "metrics"))]
    let _ = (code, read, written);
}

/// Counts a message that nobody hears, since its client reads too slowly.
pub(crate) fn dropped() {
    #[cfg(feature = "metrics")]
    metrics::counter!("converse_dropped_total").increment(1);
}

/// Counts a request that does not become a WebSocket, by the reason.
pub(crate) fn refused(reason: &'static str) {
    #[cfg(feature = "metrics")]
    metrics::counter!("converse_refusals_total", "reason" => reason).increment(1);
    #[cfg(not(feature = "metrics"))]
    let _ = reason;
}
