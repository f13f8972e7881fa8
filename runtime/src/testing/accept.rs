//! Writes a dialogue down as it went.

use std::fs;
use std::panic::Location;
use std::path::PathBuf;

use super::transcript::Line;

/// How it went, with the remarks of before: each stays in front of what was said or done behind it.
pub(super) fn merged(written: &[(usize, Line)], went: &[Line]) -> String {
    let mut went = went.iter().peekable();
    let mut merged = Vec::new();
    // Behind the last line stands the space in front of the closing quote, which is to stay behind what is added.
    let blank = |line: &Line| matches!(line, Line::Remark(text) if text.is_empty());
    let end = written.iter().rposition(|(_, line)| !blank(line)).map_or(0, |last| last + 1);
    for (_, line) in &written[..end] {
        match line {
            Line::Remark(_) => merged.push(line),
            Line::Told(_) | Line::Ends(_) => merged.extend(went.next_if(|line| !line.is_input())),
            Line::Says(_) | Line::Passes(..) | Line::Event(_) => {
                // Whatever else was said before it.
                while let Some(more) = went.next_if(|line| !line.is_input()) {
                    merged.push(more);
                }
                merged.extend(went.next());
            }
        }
    }
    merged.extend(went);
    let mut text: String = merged.iter().map(|line| format!("{line}\n")).collect();
    text.truncate(text.trim_end().len() + usize::from(!text.is_empty()));
    text
}

/// Writes `accepted` into the source in the place of `transcript`, the first behind `at`, with the same space in front.
pub(super) fn in_source(at: &Location<'_>, transcript: &str, accepted: &str) -> Result<(), String> {
    let file = source(at.file()).ok_or_else(|| format!("the file {} is not found from here", at.file()))?;
    let text = fs::read_to_string(&file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let changed = replaced(&text, at.line(), transcript, accepted)?;
    fs::write(&file, changed).map_err(|error| format!("{} cannot be written: {error}", file.display()))
}

/// The file as the compiler has called it: from the workspace's folder, while a test runs in the crate's.
fn source(name: &str) -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn replaced(source: &str, line: u32, transcript: &str, accepted: &str) -> Result<String, String> {
    let start: usize = source.split_inclusive('\n').take(line.saturating_sub(1) as usize).map(str::len).sum();
    // With its quotes, so that one is found in which nothing stands yet.
    let found = source[start..].find(&format!("\"{transcript}\""));
    let at =
        start + 1 + found.ok_or("the transcript does not stand in the source as it is: write it as a raw string")?;
    let end = at + transcript.len();
    may_stand(&source[..at], accepted)?;
    let indent = |line: &str| line[..line.len() - line.trim_start().len()].to_owned();
    let blank = |line: &&str| line.trim().is_empty();
    let (begins, inner, last) = if transcript.trim().is_empty() || !transcript.contains('\n') {
        // It gets lines of its own, unless one is enough.
        let outer = source[..at].lines().last().map(indent).unwrap_or_default();
        match accepted.trim_end().contains('\n') {
            true => (true, format!("{outer}    "), Some(outer)),
            false => (false, String::new(), None),
        }
    } else {
        let inner = transcript.lines().find(|line| !blank(line)).map(indent).unwrap_or_default();
        (transcript.starts_with('\n'), inner, transcript.lines().last().filter(blank).map(indent))
    };
    let mut text = String::new();
    if begins {
        text.push('\n');
    }
    for line in accepted.trim_start_matches('\n').lines() {
        if !line.is_empty() {
            text.push_str(&inner);
        }
        text.push_str(line);
        text.push('\n');
    }
    match last {
        Some(last) => text.push_str(&last),
        None => drop(text.pop()),
    }
    Ok(format!("{}{text}{}", &source[..at], &source[end..]))
}

/// Whether a text can stand, as it is, in the literal that `before` opens.
fn may_stand(before: &str, text: &str) -> Result<(), String> {
    let hashes = before.strip_suffix('"').unwrap_or(before);
    let opening = hashes.trim_end_matches('#');
    let may = match (opening.ends_with('r'), hashes.len() - opening.len()) {
        (true, 0) => !text.contains('"'),
        (true, hashes) => !text.contains(&format!("\"{}", "#".repeat(hashes))),
        (false, _) => !text.contains(['"', '\\']),
    };
    match may {
        true => Ok(()),
        false => Err("what is to be accepted has quotes: make the transcript a raw string, `r#\"…\"#`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::transcript;
    use super::*;

    fn accepted(written: &str, went: &str) -> String {
        let lines = |text| transcript::read(text).expect("it is a transcript");
        let went: Vec<Line> = lines(went).into_iter().map(|(_, line)| line).collect();
        merged(&lines(written), &went)
    }

    #[test]
    fn remarks_stay_where_they_are() {
        let written = "# Begins.\n< A?\n> 1\n\n# Ends.\n< B?\n! end";
        assert_eq!(accepted(written, "< A?\n> 1\n< C?\n! end"), "# Begins.\n< A?\n> 1\n\n# Ends.\n< C?\n! end\n");
        assert_eq!(accepted("> 1\n# It ends.\n> 2", "< A?\n> 1\n! end"), "< A?\n> 1\n# It ends.\n! end\n");
    }

    #[test]
    fn what_is_added_follows_without_a_gap() {
        assert_eq!(accepted("\n    > 1\n    ", "< A?\n> 1\n< B?\n! end").trim_start(), "< A?\n> 1\n< B?\n! end\n");
    }

    #[test]
    fn it_is_written_with_the_space_of_before() {
        let source = "check(\n    r#\"\n    < A?\n    > 1\n    \"#,\n);\ncheck(\"< A?\");\n";
        let old = "\n    < A?\n    > 1\n    ";
        assert_eq!(
            replaced(source, 1, old, "< \" B\"\n\n> 1\n").expect("it is there"),
            "check(\n    r#\"\n    < \" B\"\n\n    > 1\n    \"#,\n);\ncheck(\"< A?\");\n"
        );
        let last = replaced(source, 7, "< A?", "< B?\n").expect("it is there");
        assert!(last.ends_with("check(\"< B?\");\n"), "{last}");
        assert!(
            replaced(source, 7, "< A?", "< \" B\"").expect_err("quotes").contains("make the transcript a raw string")
        );
        assert!(replaced(source, 1, "< Z?", "< B?").expect_err("not there").contains("write it as a raw string"));
    }
}
