//! A dialogue as plain text, line by line.

use std::fmt;
use std::time::Duration;

use crate::close::Close;
use crate::message::Message;

/// One thing that is written of a dialogue.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    /// Nothing that happens: an empty line, or a `#` and what follows.
    Remark(String),
    /// `<`: what the client is told, as [`shown`] shows it.
    Told(String),
    /// `>`: what the client says, as it is written.
    Says(String),
    /// `~`: time passes.
    Passes(Duration, String),
    /// `*`: the server sends an event, as it is written.
    Event(String),
    /// `!`: the conversation ends.
    Ends(String),
}

impl Line {
    /// Whether it is something that the test does.
    pub(super) fn is_input(&self) -> bool {
        matches!(self, Line::Says(_) | Line::Passes(..) | Line::Event(_))
    }

    /// Time that passes, written as it is usual.
    pub(super) fn pass(time: Duration) -> Line {
        let mut rest = u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        let time = Duration::from_millis(rest);
        let mut parts = Vec::new();
        for (unit, millis) in [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)] {
            if rest >= millis || (unit == "ms" && parts.is_empty()) {
                parts.push(format!("{}{unit}", rest / millis));
                rest %= millis;
            }
        }
        Line::Passes(time, parts.join(" "))
    }
}

/// A transcript, and where in it each line begins.
pub(super) fn read(text: &str) -> Result<Vec<(usize, Line)>, String> {
    let mut lines: Vec<(usize, Line)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        let line = line.trim();
        let (sign, rest) = line.split_at(line.chars().next().map_or(0, char::len_utf8));
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let line = match sign {
            "" | "#" => Line::Remark(line.to_owned()),
            "<" => Line::Told(canonical(rest)),
            ">" => Line::Says(rest.to_owned()),
            "~" => Line::Passes(duration(rest).ok_or_else(|| no_duration(number, rest))?, rest.to_owned()),
            "*" => Line::Event(rest.to_owned()),
            "!" => Line::Ends(end(number, rest)?),
            ":" => match lines.last_mut() {
                Some((_, Line::Told(text) | Line::Says(text))) => {
                    text.push('\n');
                    text.push_str(rest);
                    continue;
                }
                _ => return Err(format!("line {number}: `:` goes on with a message, and there is none before it")),
            },
            _ => return Err(unknown(number, line)),
        };
        lines.push((number, line));
    }
    Ok(lines)
}

fn unknown(number: usize, line: &str) -> String {
    format!(
        "line {number}: `{line}` begins with no sign; a line begins with `<` for what the client is told, `>` for what it \
         says, `:` for more of a message, `~` for time that passes, `*` for an event, `!` for the end, `#` for a remark"
    )
}

fn no_duration(number: usize, text: &str) -> String {
    format!("line {number}: `{text}` is no time; write it as `500ms`, `30s`, `5min`, `2h`, `7d`, or several of these")
}

/// `30s`, `1h 30min`.
fn duration(text: &str) -> Option<Duration> {
    let mut parts = text.split_whitespace().peekable();
    parts.peek()?;
    parts.try_fold(Duration::ZERO, |sum, part| {
        let (number, unit) = part.split_at(part.find(|sign: char| !sign.is_ascii_digit())?);
        let millis = match unit {
            "ms" => 1,
            "s" => 1_000,
            "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        sum.checked_add(Duration::from_millis(number.parse::<u64>().ok()?.checked_mul(millis)?))
    })
}

/// `end`, `silence`, or a code and a reason.
fn end(number: usize, text: &str) -> Result<String, String> {
    let (code, reason) = text.split_once(' ').unwrap_or((text, ""));
    match (code.parse(), text) {
        (_, "end" | "silence") => Ok(text.to_owned()),
        (Ok(code), _) => Ok(ended(&Close::new(code, reason.trim().to_owned()))),
        _ => Err(format!(
            "line {number}: `{text}` is no end; write `! end` where the conversation has its value, `! silence` where nobody \
             said anything for too long, or a close code with its reason: `! 4001 sold out`"
        )),
    }
}

/// How a close is written.
pub(super) fn ended(close: &Close) -> String {
    match (close.code, &*close.reason) {
        (Close::NORMAL, "") => "end".to_owned(),
        (Close::SILENCE, _) => "silence".to_owned(),
        (code, "") => code.to_string(),
        (code, reason) => format!("{code} {reason}"),
    }
}

/// How a message is written.
pub(super) fn shown(message: &Message) -> String {
    match message {
        Message::Text(text) => match is_plain(text) {
            true => canonical(text),
            false => format!("{:?}", &**text),
        },
        Message::Binary(bytes) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            format!("binary 0x{hex}")
        }
    }
}

/// Whether a text can be written as it is: no line of it begins or ends with a space, and it is not taken for anything
/// else.
fn is_plain(text: &str) -> bool {
    !text.starts_with(['"'])
        && !["binary", "json"].contains(&text.split_whitespace().next().unwrap_or_default())
        && text.split('\n').all(|line| line.trim() == line && !line.contains(char::is_control))
}

/// One way to write it: JSON without spaces, its names in order.
fn canonical(text: &str) -> String {
    let json = text.strip_prefix("json ").unwrap_or(text).trim();
    if !json.starts_with(['{', '[']) {
        return text.to_owned();
    }
    match serde_json::from_str::<serde_json::Value>(json) {
        Ok(value) => format!("json {value}"),
        Err(_) => text.to_owned(),
    }
}

/// As it is written in a transcript.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, text) = match self {
            Line::Remark(text) => return f.write_str(text),
            Line::Told(text) => ("<", text),
            Line::Says(text) => (">", text),
            Line::Passes(_, text) => ("~", text),
            Line::Event(text) => ("*", text),
            Line::Ends(text) => ("!", text),
        };
        for (n, line) in text.split('\n').enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            let sign = if n == 0 { sign } else { ":" };
            let space = if line.is_empty() { "" } else { " " };
            write!(f, "{sign}{space}{line}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "\
# Somebody is slow.
< What is your name?
>
< Please, insert your name!
: Any will do.
> json {\"b\": 1}
< json {\"a\":1,\"b\":[2]}
~ 1h 30s

* Paid { amount: 3 }
< \" x\\t\"
< binary 0xCAFE
! 4001 sold out";

    #[test]
    fn what_is_read_is_written_again() {
        let lines = read(ALL).expect("it is a transcript");
        let again: Vec<String> = lines.iter().map(|(_, line)| line.to_string()).collect();
        assert_eq!(again.join("\n"), ALL);
        let indented = ALL.replace('\n', "\n        ");
        assert_eq!(read(&indented), read(ALL));
    }

    #[test]
    fn json_is_written_in_one_way() {
        let lines = read("< { \"b\": 1, \"a\": 2 }\n< json {\"a\":2,\"b\":1}\n< {no}").expect("it is a transcript");
        let texts: Vec<String> = lines.iter().map(|(_, line)| line.to_string()).collect();
        assert_eq!(texts, ["< json {\"a\":2,\"b\":1}", "< json {\"a\":2,\"b\":1}", "< {no}"]);
    }

    #[test]
    fn a_message_is_shown_as_it_is_where_that_is_clear() {
        for (text, is) in [
            ("Hello!", "Hello!"),
            ("", ""),
            ("two\nlines", "two\nlines"),
            (" x", "\" x\""),
            ("x\n y", "\"x\\n y\""),
            ("\"x\"", "\"\\\"x\\\"\""),
            ("binary 0x00", "\"binary 0x00\""),
            ("json it", "\"json it\""),
            ("a\tb", "\"a\\tb\""),
        ] {
            assert_eq!(shown(&Message::from(text)), is);
        }
        assert_eq!(shown(&Message::from(vec![0xCA, 0xFE])), "binary 0xCAFE");
    }

    #[test]
    fn an_end_is_written_by_its_name() {
        let ends = |text: &str| read(&format!("! {text}")).map(|lines| lines[0].1.to_string());
        for text in ["end", "silence", "4001 sold out", "4001", "1011"] {
            assert_eq!(ends(text), Ok(format!("! {text}")));
        }
        assert_eq!(ends("1000"), Ok("! end".to_owned()));
        assert_eq!(ends("4408 no answer came in time"), Ok("! silence".to_owned()));
    }

    #[test]
    fn time_is_written_as_it_is_read() {
        for (millis, text) in [(0, "0ms"), (1, "1ms"), (90_000, "1min 30s"), (90_061_001, "1d 1h 1min 1s 1ms")] {
            let time = Duration::from_millis(millis);
            assert_eq!(Line::pass(time), Line::Passes(time, text.to_owned()));
            assert_eq!(read(&format!("~ {text}")), Ok(vec![(1, Line::pass(time))]));
        }
        assert_eq!(Line::pass(Duration::from_nanos(1)), Line::pass(Duration::from_millis(1)));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = |text: &str| read(text).expect_err(text);
        assert!(wrong("< x\nAda").starts_with("line 2: `Ada` begins with no sign; a line begins with `<` for"));
        assert!(wrong("~ soon").starts_with("line 1: `soon` is no time; write it as `500ms`"));
        assert!(wrong("~").starts_with("line 1: `` is no time"));
        assert!(wrong("~ 99999999999999999999d").starts_with("line 1: `99999999999999999999d` is no time"));
        assert!(wrong("! bang").starts_with("line 1: `bang` is no end; write `! end`"));
        assert!(wrong("~ 3s\n: x").starts_with("line 2: `:` goes on with a message, and there is none"));
    }
}
