//! Where the lines come from: a person at a line editor, or a script on the standard input.

use std::io::{BufRead, stdin};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;

pub(crate) struct Input {
    /// The lines; its end is that of the input.
    pub(crate) lines: mpsc::Receiver<String>,
    /// How long a script waits for an answer; a person decides that alone.
    pub(crate) patience: Option<Duration>,
}

/// Hands a line over; `None` once nobody listens any more.
type HandOver<'h> = &'h dyn Fn(String) -> Option<()>;

impl Input {
    /// The lines of the standard input.
    pub(crate) fn script(patience: Duration) -> Self {
        let lines = lines(|hand_over| stdin().lock().lines().map_while(Result::ok).try_for_each(hand_over));
        Input { lines, patience: Some(patience) }
    }

    /// The lines that `reader` gets from a person.
    pub(crate) fn person(reader: impl FnOnce(HandOver<'_>) -> Option<()> + Send + 'static) -> Self {
        Input { lines: lines(reader), patience: None }
    }

    pub(crate) fn is_script(&self) -> bool {
        self.patience.is_some()
    }
}

/// Runs `reader` on a thread of its own, since reading a terminal blocks.
fn lines(reader: impl FnOnce(HandOver<'_>) -> Option<()> + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(1);
    thread::spawn(move || reader(&|line| sender.blocking_send(line).ok()));
    lines
}
