//! What a typed line means.

use std::path::PathBuf;

/// A line, read.
#[derive(Debug, PartialEq)]
pub(crate) enum Line {
    Text(String),
    Binary(PathBuf),
    Close {
        code: u16,
        reason: String,
    },
    Help,
    /// Not something that can be done, and why.
    Wrong(String),
}

impl Line {
    pub(crate) fn read(line: &str) -> Self {
        let Some(command) = line.strip_prefix('/') else {
            return Line::Text(line.to_owned());
        };
        if command.starts_with('/') {
            return Line::Text(command.to_owned());
        }
        let (word, rest) = split(command);
        match (word, rest) {
            ("binary", "") => Line::Wrong("/binary needs the name of a file".to_owned()),
            ("binary", file) => Line::Binary(file.into()),
            ("close", rest) => close(rest),
            ("help", _) => Line::Help,
            _ => Line::Wrong(format!(
                "there is no command /{word}; //{command} sends it as text, /help lists the commands"
            )),
        }
    }
}

/// Reads `CODE REASON`, both of which may be missing. Only codes that a client may send (RFC 6455 §7.4) are taken.
fn close(rest: &str) -> Line {
    let (code, reason) = split(rest);
    let code = if code.is_empty() { Ok(1000) } else { code.parse() };
    match code {
        Ok(code @ (1000 | 1001 | 1002 | 1003 | 1007..=1011 | 3000..=4999)) if reason.len() <= 123 => {
            Line::Close { code, reason: reason.to_owned() }
        }
        Ok(_) if reason.len() > 123 => Line::Wrong("a reason has at most 123 bytes".to_owned()),
        _ => Line::Wrong("a close code is 1000, or for your own use 3000 to 4999".to_owned()),
    }
}

fn split(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim()),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(line: &str) -> String {
        match Line::read(line) {
            Line::Wrong(why) => why,
            other => panic!("{line:?} was read as {other:?}"),
        }
    }

    #[test]
    fn a_line_is_a_text_as_it_is() {
        for text in ["", " ", "Ada", "  36 ", "a/b"] {
            assert_eq!(Line::read(text), Line::Text(text.to_owned()));
        }
        assert_eq!(Line::read("//help"), Line::Text("/help".to_owned()));
    }

    #[test]
    fn a_slash_begins_a_command() {
        assert_eq!(Line::read("/help"), Line::Help);
        assert_eq!(Line::read("/binary a picture.png"), Line::Binary("a picture.png".into()));
        assert_eq!(wrong("/binary"), "/binary needs the name of a file");
        assert_eq!(wrong("/etc"), "there is no command /etc; //etc sends it as text, /help lists the commands");
    }

    #[test]
    fn close_takes_a_code_and_a_reason() {
        let close = |code, reason: &str| Line::Close { code, reason: reason.to_owned() };
        assert_eq!(Line::read("/close"), close(1000, ""));
        assert_eq!(Line::read("/close 4001"), close(4001, ""));
        assert_eq!(Line::read("/close 4001 had enough"), close(4001, "had enough"));
        for code in ["5000", "1005", "1006", "1015", "999", "-1", "now"] {
            let line = format!("/close {code}");
            assert_eq!(wrong(&line), "a close code is 1000, or for your own use 3000 to 4999", "{line}");
        }
        assert_eq!(wrong(&format!("/close 1000 {}", "x".repeat(124))), "a reason has at most 123 bytes");
    }
}
