//! The line that is being edited, and what is printed above it meanwhile.

use std::borrow::Cow;
use std::io::{IsTerminal, stdin, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{Config, ExternalPrinter, Helper};

use crate::input::Input;
use crate::terminal::Terminal;

/// Prints above the line that is being edited.
pub(crate) struct Editor {
    printer: Box<dyn ExternalPrinter + Send>,
    curtain: Curtain,
    _terminal: Terminal,
}

impl Editor {
    /// An editor and the lines it gives, where there is a terminal that can carry one.
    pub(crate) fn open() -> Option<(Self, Input)> {
        if !stdin().is_terminal() || !stdout().is_terminal() {
            return None;
        }
        let terminal = Terminal::remember();
        let curtain = Curtain::default();
        // Bracketed paste is a mode that somebody would have to switch off when the server ends the program.
        let config = Config::builder().auto_add_history(true).bracketed_paste(false).build();
        let mut editor = rustyline::Editor::with_history(config, MemHistory::new()).ok()?;
        editor.set_helper(Some(curtain.clone()));
        let printer = Box::new(editor.create_external_printer().ok()?);
        let input = Input::person(move |hand_over| {
            loop {
                match editor.readline("> ") {
                    Ok(line) => hand_over(line)?,
                    Err(ReadlineError::Signal(_)) => {}
                    Err(_) => return Some(()),
                }
            }
        });
        Some((Editor { printer, curtain, _terminal: terminal }, input))
    }

    pub(crate) fn print(&mut self, line: String) {
        // The editor's thread is gone where this fails, and with it the program is about to be.
        drop(self.printer.print(line + "\n"));
    }

    /// Prints the last line, and takes away the one that is being edited.
    pub(crate) fn finish(mut self, line: String) {
        /// Up by a line and down again.
        const NOTHING: &str = "\x1b[A\n";
        self.curtain.fall();
        self.print(line);
        // The printer holds one line while it shows another: when it takes the second of these, it has shown all that
        // was before them.
        for _ in 0..2 {
            drop(self.printer.print(NOTHING.to_owned()));
        }
        print!("\r");
    }
}

/// Hides the line that is being edited: its thread waits for a key, and draws it anew after whatever is printed.
#[derive(Clone, Default)]
struct Curtain(Arc<AtomicBool>);

impl Curtain {
    fn fall(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.0.load(Ordering::Relaxed) { "".into() } else { text.into() }
    }
}

impl Highlighter for Curtain {
    fn highlight<'l>(&self, line: &'l str, _cursor: usize) -> Cow<'l, str> {
        self.hide(line)
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _is_default: bool) -> Cow<'b, str> {
        self.hide(prompt)
    }
}

impl Helper for Curtain {}

impl Completer for Curtain {
    type Candidate = String;
}

impl Hinter for Curtain {
    type Hint = String;
}

impl Validator for Curtain {}
