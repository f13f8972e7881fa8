//! What is shown, and how it looks.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::io::{IsTerminal, Write as _, stdout};

use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::editor::Editor;
use crate::talk::Ending;

/// How many bytes of a binary message are shown.
const SHOWN_BYTES: usize = 32;

pub(crate) struct Screen {
    style: Style,
    /// Shows lines above the one that is being edited; without it they are simply printed.
    editor: Option<Editor>,
}

impl Screen {
    pub(crate) fn new(editor: Option<Editor>) -> Self {
        Screen { style: Style::of_stdout(), editor }
    }

    /// A text that the server sent.
    pub(crate) fn text(&mut self, text: &str) {
        self.print(self.style.paint(Style::SERVER, &printable(text)));
    }

    /// Bytes that the server sent.
    pub(crate) fn binary(&mut self, bytes: &[u8]) {
        self.print(self.style.paint(Style::SERVER, &hex(bytes)));
    }

    /// A line of a script; one that was typed is on the screen already.
    pub(crate) fn sent(&mut self, line: &str) {
        if self.editor.is_none() {
            self.print(format!("> {line}"));
        }
    }

    /// Something about the connection.
    pub(crate) fn note(&mut self, note: &str) {
        self.print(self.style.paint(Style::NOTE, note));
    }

    /// Something that cannot be done.
    pub(crate) fn warn(&mut self, warning: &str) {
        self.print(self.style.paint(Style::WARNING, warning));
    }

    /// How it ended: the last thing that is shown.
    pub(crate) fn ended(self, ending: &Ending) {
        let style = if ending.is_normal() { Style::NOTE } else { Style::WARNING };
        let how = self.style.paint(style, &ending.to_string());
        match self.editor {
            Some(editor) => editor.finish(how),
            None => println(&how),
        }
    }

    fn print(&mut self, line: String) {
        match &mut self.editor {
            Some(editor) => editor.print(line),
            None => println(&line),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Closed(close) => f.write_str(&closed(close.as_ref())),
            Ending::Left => f.write_str("closed by you"),
            Ending::Lost(why) => write!(f, "the connection is lost: {why}"),
        }
    }
}

/// `println!` panics where the reader of a pipe has left; this client just goes on until its conversation ends.
fn println(line: &str) {
    let mut stdout = stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}

/// Colours, or none.
#[derive(Clone, Copy)]
struct Style {
    coloured: bool,
}

impl Style {
    const SERVER: &str = "1;36";
    const NOTE: &str = "2";
    const WARNING: &str = "1;31";

    fn of_stdout() -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Style { coloured: stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb }
    }

    fn paint(self, style: &str, text: &str) -> String {
        if self.coloured { format!("\x1b[{style}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// A server's text without the power to move the cursor: control characters are shown as their pictures (U+2400).
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let is_control = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(is_control) {
        return text.into();
    }
    let picture = |c: char| match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\x7f' => '\u{2421}',
        _ => char::REPLACEMENT_CHARACTER,
    };
    text.chars().map(|c| if is_control(c) { picture(c) } else { c }).collect()
}

/// `binary, 3 bytes: ca fe 00`
fn hex(bytes: &[u8]) -> String {
    let plural = if bytes.len() == 1 { "" } else { "s" };
    let mut shown = format!("binary, {} byte{plural}", bytes.len());
    for (n, byte) in bytes.iter().take(SHOWN_BYTES).enumerate() {
        let separator = if n == 0 { ": " } else { " " };
        let _ = write!(shown, "{separator}{byte:02x}");
    }
    if bytes.len() > SHOWN_BYTES {
        shown.push_str(" …");
    }
    shown
}

/// `closed: 1000`, and for codes that few know by heart what they mean (RFC 6455 §7.4.1 and the registry it opened).
fn closed(close: Option<&CloseFrame>) -> String {
    let Some(close) = close else {
        return "closed without a code".to_owned();
    };
    let code = u16::from(close.code);
    let mut shown = format!("closed: {code}");
    let meaning = match code {
        1001 => "going away",
        1002 => "protocol error",
        1003 => "unsupported data",
        1007 => "invalid data",
        1008 => "policy violation",
        1009 => "message too big",
        1011 => "internal error",
        1012 => "service restart",
        1013 => "try again later",
        4408 => "no answer in time",
        4409 => "replaced by another connection",
        _ => "",
    };
    if !meaning.is_empty() {
        let _ = write!(shown, " ({meaning})");
    }
    if !close.reason.is_empty() {
        let _ = write!(shown, ": {}", printable(&close.reason));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_move_the_cursor() {
        assert_eq!(printable("What is\tyour name?\n"), "What is\tyour name?\n");
        assert_eq!(printable("\x1b[2J\r\0\x7f\u{9b}1m é"), "\u{241b}[2J\u{240d}\u{2400}\u{2421}\u{fffd}1m é");
    }

    #[test]
    fn bytes_are_counted_and_shown() {
        assert_eq!(hex(&[]), "binary, 0 bytes");
        assert_eq!(hex(&[7]), "binary, 1 byte: 07");
        assert_eq!(hex(&[0xCA, 0xFE, 0]), "binary, 3 bytes: ca fe 00");
        let long = hex(&[0xFF; 40]);
        assert!(long.starts_with("binary, 40 bytes: ff ff") && long.ends_with("ff …"), "{long}");
        assert_eq!(long.matches("ff").count(), SHOWN_BYTES);
    }

    #[test]
    fn a_close_shows_code_meaning_and_reason() {
        let close = |code: u16, reason: &str| closed(Some(&CloseFrame { code: code.into(), reason: reason.into() }));
        assert_eq!(close(1000, ""), "closed: 1000");
        assert_eq!(close(1009, ""), "closed: 1009 (message too big)");
        assert_eq!(close(1011, "oh no"), "closed: 1011 (internal error): oh no");
        assert_eq!(close(4001, "kitchen\r closed"), "closed: 4001: kitchen\u{240d} closed");
        assert_eq!(closed(None), "closed without a code");
    }

    #[test]
    fn colour_is_around_the_text_or_nowhere() {
        assert_eq!(Style { coloured: true }.paint(Style::NOTE, "x"), "\x1b[2mx\x1b[0m");
        assert_eq!(Style { coloured: false }.paint(Style::NOTE, "x"), "x");
    }
}
