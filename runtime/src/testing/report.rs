//! What a failing test prints.

use similar::{ChangeTag, TextDiff};

use super::play::{Blow, Played, Text};
use super::transcript::Line;

/// How two dialogues differ; nothing where they are the same.
pub(super) fn difference(written: &[Line], went: &[Line]) -> Option<String> {
    if written == went {
        return None;
    }
    let (written, went) = (Text(written).to_string(), Text(went).to_string());
    let diff = TextDiff::from_lines(&written, &went);
    let mut report = String::new();
    for change in diff.iter_all_changes() {
        report.push_str(match change.tag() {
            ChangeTag::Equal => "  ",
            ChangeTag::Delete => "- ",
            ChangeTag::Insert => "+ ",
        });
        report.push_str(change.value());
    }
    Some(report)
}

/// A dialogue that went otherwise than it is written.
pub(super) fn went_otherwise(difference: &str) -> String {
    format!(
        "the dialogue goes otherwise (- as it is written, + as it went)\n\n{difference}\n\
         CONVERSE_TRANSCRIPT=overwrite accepts it as it went"
    )
}

/// One that has come to something that has no end.
pub(super) fn does_not_end(lines: &[Line]) -> String {
    format!("nothing more comes of this, and it has not ended\n\n{}", Text(lines))
}

/// One that goes otherwise when something happens to it, behind this line, while it waited, if that is known, at this question.
pub(super) fn did_not_survive(question: Option<&str>, line: usize, blow: Blow, difference: &str) -> String {
    let blow = match blow {
        Blow::Cut => "the connection broke",
        Blow::Kill => "the process was killed",
    };
    let behind = match line {
        0 => "before its first line".to_owned(),
        line => format!("behind line {line}"),
    };
    let question = question.map(|question| format!(" while it waited at `{question}`")).unwrap_or_default();
    format!("the dialogue goes otherwise where {blow}{question}, {behind} (- without that, + with it)\n\n{difference}")
}

/// What a client that came back was told, which is not what it had been told last.
pub(super) fn said_otherwise(again: &[Line]) -> String {
    let told = if again.is_empty() { "nothing\n".to_owned() } else { Text(again).to_string() };
    format!("the client that came back was told\n{told}instead of what it had been told last")
}

/// How a dialogue differs from itself without a blow.
pub(super) fn unlike(well: &Played, struck: &Played) -> Option<String> {
    let words = difference(&well.lines, &struck.lines);
    let again = struck.wrong.as_deref().map(|wrong| format!("{wrong}\n"));
    match (words, again) {
        (None, None) => None,
        (words, again) => Some([again, words].into_iter().flatten().collect::<Vec<_>>().join("\n")),
    }
}
