//! Files: which, what of them, and what is said about them.

use std::fs;
use std::io::{Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenTree};

use super::body::{self, Refusal};
use super::grammar::inner;
use super::rustfmt::Rustfmt;
use super::source::{Source, is_ident, is_punct, line_and_column};
use super::words::is_macro_input;

/// Formats what is at these paths, or says what is to be changed. Whether all was well.
pub(crate) fn format(paths: &[&str], check: bool) -> bool {
    let mut well = true;
    for path in paths {
        if *path == "-" {
            let mut text = String::new();
            well &= match std::io::stdin().read_to_string(&mut text) {
                Ok(_) => {
                    one("<stdin>", &text, Path::new("."), check, |text| std::io::stdout().write_all(text.as_bytes()))
                }
                Err(error) => fails("<stdin>", &error),
            };
            continue;
        }
        let mut files = Vec::new();
        if let Err((path, error)) = collect(Path::new(path), &mut files) {
            well = fails(&path.display().to_string(), &error);
        }
        for file in files {
            let name = file.strip_prefix(".").unwrap_or(&file).display().to_string();
            let folder = file.parent().unwrap_or(Path::new("."));
            well &= match fs::read_to_string(&file) {
                Ok(text) => one(&name, &text, folder, check, |new| match new == text {
                    true => Ok(()),
                    false => fs::write(&file, new),
                }),
                Err(error) => fails(&name, &error),
            };
        }
    }
    well
}

fn fails(name: &str, error: &std::io::Error) -> bool {
    eprintln!("error: {name}: {error}");
    false
}

/// The `.rs` files at or below a path, in order, without hidden ones and what was built.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), (PathBuf, std::io::Error)> {
    let here = |error| (path.to_owned(), error);
    if !fs::metadata(path).map_err(here)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries: Result<Vec<_>, _> = fs::read_dir(path).map_err(here)?.collect();
    let mut entries: Vec<PathBuf> = entries.map_err(here)?.iter().map(fs::DirEntry::path).collect();
    entries.sort();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        // A link may lead in a circle.
        let folder = entry.is_dir() && !entry.is_symlink();
        let wanted = folder && name != "target" || entry.is_file() && name.ends_with(".rs");
        if wanted && !name.starts_with('.') {
            collect(&entry, files)?;
        }
    }
    Ok(())
}

/// Formats one text; `write` gets it unless it is only checked.
fn one(name: &str, text: &str, folder: &Path, check: bool, write: impl FnOnce(&str) -> std::io::Result<()>) -> bool {
    let (new, mut well) = match whole(name, text, folder) {
        Ok(done) => done,
        Err(message) => {
            eprintln!("error: {message}");
            return false;
        }
    };
    if check {
        if new != text {
            println!("{}", comparison(name, text, &new));
            well = false;
        }
    } else if let Err(error) = write(&new) {
        return fails(name, &error);
    }
    well
}

/// The text with all its bodies laid out, and whether none of them had to stay as it was.
fn whole(name: &str, text: &str, folder: &Path) -> Result<(String, bool), String> {
    if !text.contains("conversation") {
        return Ok((text.to_owned(), true));
    }
    let place = |at: usize| {
        let (line, column) = line_and_column(text, at);
        format!("{name}:{line}:{column}")
    };
    let source =
        Source::new(text.to_owned()).map_err(|mistake| format!("{}: {}", place(mistake.at), mistake.message))?;
    let mut bodies = Vec::new();
    invocations(&source.tokens, &mut bodies);
    if bodies.is_empty() {
        return Ok((text.to_owned(), true));
    }
    let rustfmt = Rustfmt::new(folder)?;
    let (mut out, mut copied, mut well) = (String::new(), 0, true);
    for body in bodies {
        let old = &text[body.clone()];
        let windows = old.contains("\r\n");
        let plain = if windows { old.replace("\r\n", "\n") } else { old.to_owned() };
        let line = text[..body.start].rfind('\n').map_or(0, |newline| newline + 1);
        let white = text[line..].chars().take_while(|c| matches!(c, ' ' | '\t'));
        let columns: usize = white.map(|c| if c == '\t' { rustfmt.columns } else { 1 }).sum();
        let depth = columns / rustfmt.columns;
        match body::format(&rustfmt, &plain, depth) {
            Ok(new) => {
                let indent = |depth: usize| rustfmt.unit.repeat(depth);
                let new = format!("\n{}{new}\n{}", indent(depth + 1), indent(depth));
                out.push_str(&text[copied..body.start]);
                out.push_str(&if windows { new.replace('\n', "\r\n") } else { new });
                copied = body.end;
            }
            Err(Refusal::Program(message)) => return Err(message),
            Err(Refusal::Internal(what)) => {
                eprintln!(
                    "error: {}: this body stays as it is, because {what}: a mistake in `converse fmt`",
                    place(body.start)
                );
                well = false;
            }
            Err(Refusal::Mistake(mistake)) => {
                // Each line lost a character.
                let lost = if windows { plain[..mistake.at].matches('\n').count() } else { 0 };
                let place = place(body.start + mistake.at + lost);
                eprintln!("error: {place}: this body stays as it is: {}", mistake.message);
                well = false;
            }
        }
    }
    out.push_str(&text[copied..]);
    Ok((out, well))
}

/// What stands in the braces of each `conversation! { … }`, outside of other macros.
fn invocations(tokens: &[TokenTree], bodies: &mut Vec<Range<usize>>) {
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        if at >= 2 && is_punct(tokens.get(at - 1), '!') && is_ident(tokens.get(at - 2), "conversation") {
            if group.delimiter() == Delimiter::Brace && !group.stream().is_empty() {
                bodies.push(group.span_open().byte_range().end..group.span_close().byte_range().start);
            }
        } else if !is_macro_input(tokens, at) {
            invocations(&inner(group), bodies);
        }
    }
}

/// The lines from the first that differs to the last.
fn comparison(name: &str, old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let first = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let most = old.len().min(new.len()) - first;
    let last = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(old, new)| old == new).count();
    let mut out = format!("{name}:{}: not laid out", first + 1);
    for (sign, lines) in [('-', &old[first..old.len() - last]), ('+', &new[first..new.len() - last])] {
        lines.iter().for_each(|line| out.push_str(&format!("\n{sign}{line}")));
    }
    out
}
