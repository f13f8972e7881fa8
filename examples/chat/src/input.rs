//! Where the lines come from: a person at a line editor, or a script on the standard input.

use std::io::{BufRead, IsTerminal, stdin, stdout};
use std::thread;
use std::time::Duration;

use rustyline::error::ReadlineError;
use rustyline::{Config, DefaultEditor, ExternalPrinter};
use tokio::sync::mpsc;

/// Prints above the line that is being edited.
pub(crate) type Printer = Box<dyn ExternalPrinter + Send>;

pub(crate) struct Input {
    /// The lines; its end is that of the input.
    pub(crate) lines: mpsc::Receiver<String>,
    /// How long a script waits for an answer; a person decides that for himself.
    pub(crate) patience: Option<Duration>,
}

impl Input {
    /// The lines of the standard input.
    pub(crate) fn script(patience: Duration) -> Self {
        let lines = read(|send| {
            for line in stdin().lock().lines().map_while(Result::ok) {
                send(line)?;
            }
            Some(())
        });
        Input { lines, patience: Some(patience) }
    }

    pub(crate) fn is_edited(&self) -> bool {
        self.patience.is_none()
    }
}

/// A line editor, where there is a terminal that can carry one.
pub(crate) fn editor() -> Option<(Input, Printer)> {
    if !stdin().is_terminal() || !stdout().is_terminal() {
        return None;
    }
    // Pasted text is read like typed text: bracketed paste is a mode that somebody would have to switch off again
    // when the server ends the program.
    let config = Config::builder().auto_add_history(true).bracketed_paste(false).build();
    let mut editor = DefaultEditor::with_config(config).ok()?;
    let printer = editor.create_external_printer().ok()?;
    let lines = read(move |send| {
        loop {
            match editor.readline("> ") {
                Ok(line) => send(line)?,
                Err(ReadlineError::Signal(_)) => {}
                Err(_) => return Some(()),
            }
        }
    });
    Some((Input { lines, patience: None }, Box::new(printer)))
}

/// Runs `reader` on a thread of its own, since reading a terminal blocks. Sending fails once nobody listens any more.
fn read(reader: impl FnOnce(&dyn Fn(String) -> Option<()>) -> Option<()> + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(1);
    thread::spawn(move || reader(&|line| sender.blocking_send(line).ok()));
    lines
}
