//! One body, from its text to its text.
//!
//! A word's own parts cannot be laid out before it is known how far in it stands, so this goes in rounds, from the outside
//! in: each round is one run of rustfmt over all that is known by then.

use proc_macro2::{Delimiter, TokenTree};

use super::check::difference;
use super::draft::{Draft, Frame, find_name, name};
use super::grammar::{Reader, inner};
use super::layout::Layout;
use super::rustfmt::{Failure, Rustfmt};
use super::source::{Mistake, Source, is_ident, is_punct, range};
use super::tree::{Action, Clause, Construct, Kind, Piece};

/// Stands for the conversation's name.
const HEAD: &str = "__h";

/// Why a body stays as it is.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is not one, or is not the language.
    Mistake(Mistake),
    /// This program would have broken it.
    Internal(&'static str),
    /// There is no rustfmt that works.
    Program(String),
}

/// How often a body is laid out until nothing changes any more: comments may have to move twice.
const MOST: usize = 4;

/// The body of a `conversation!` that stands so many levels in, laid out, without the white space around it.
pub(crate) fn format(rustfmt: &Rustfmt, text: &str, depth: usize) -> Result<String, Refusal> {
    let mut text = once(rustfmt, text, depth)?;
    for _ in 0..MOST {
        let next = once(rustfmt, &text, depth).map_err(|_| Refusal::Internal("it would not be read again"))?;
        if next == text {
            return Ok(text);
        }
        text = next;
    }
    Err(Refusal::Internal("it would look different each time"))
}

fn once(rustfmt: &Rustfmt, text: &str, depth: usize) -> Result<String, Refusal> {
    let source = Source::new(text.to_owned()).map_err(Refusal::Mistake)?;
    let mut reader = Reader::new(&source);
    let (root, head) = conversation(&mut reader).map_err(Refusal::Mistake)?;
    rounds(rustfmt, &mut reader, root, depth + 1)?;
    let text = reader.jobs[root].result.clone().unwrap_or_default();
    let text = head.restore(&text).ok_or(Refusal::Internal("the head was lost"))?;
    let layout = Layout { rustfmt, constructs: &reader.constructs, jobs: &reader.jobs };
    let text = layout.fill(&text);
    let after = Source::new(text).map_err(|_| Refusal::Internal("a bracket would have been lost"))?;
    match difference(&source, &after) {
        Some(difference) => Err(Refusal::Internal(difference)),
        None => Ok(after.text),
    }
}

/// What a head was before it became a function's.
struct Head {
    name: String,
    parameters: bool,
    signature: Option<usize>,
}

/// The whole as a function.
fn conversation(reader: &mut Reader<'_>) -> Result<(usize, Head), Mistake> {
    let source = reader.source;
    let (tokens, text) = (&source.tokens, &source.text);
    let expected = |at: usize, what: &str| Mistake {
        at: tokens.get(at).map_or(text.len(), |token| token.span().byte_range().start),
        message: format!("expected {what}"),
    };
    let mut at = 0;
    while is_punct(tokens.get(at), '#') {
        at += 2;
    }
    if is_ident(tokens.get(at), "pub") {
        at += 1;
        at += usize::from(is_group(tokens.get(at), Delimiter::Parenthesis));
    }
    let Some(TokenTree::Ident(name)) = tokens.get(at) else { return Err(expected(at, "the conversation's name")) };
    let mut draft = Draft::from(0);
    let filler = "_".repeat(name.to_string().len().saturating_sub(HEAD.len() + 3).min(60));
    draft.replace(text, name.span().byte_range(), &format!("fn {HEAD}{filler}"));
    at += 1;
    let mut angles = 0usize;
    while is_punct(tokens.get(at), '<') || angles > 0 && at < tokens.len() {
        let closes = is_punct(tokens.get(at), '>') && !is_punct(tokens.get(at - 1), '-');
        angles = angles + usize::from(is_punct(tokens.get(at), '<')) - usize::from(closes);
        at += 1;
        if angles == 0 {
            break;
        }
    }
    let parameters = is_group(tokens.get(at), Delimiter::Parenthesis);
    if parameters {
        at += 1;
    } else {
        let end = tokens[at - 1].span().byte_range().end;
        draft.replace(text, end..end, "()");
    }
    let Some((TokenTree::Group(body), _)) = tokens.split_last() else { return Err(expected(at, "a body in braces")) };
    if body.delimiter() != Delimiter::Brace {
        return Err(expected(tokens.len(), "the conversation's body, in braces"));
    }
    let rest = &tokens[at..tokens.len() - 1];
    let end = rest.iter().position(|token| is_ident(Some(token), "where")).unwrap_or(rest.len());
    let signature = signature(reader, &rest[..end], &mut draft);
    reader.copy(&inner(body), true, &mut draft);
    draft.copy(text, text.len());
    let head = Head { name: name.to_string(), parameters, signature };
    let Piece::Job(root) = reader.job(Frame::Item, draft) else { unreachable!("a job was asked for") };
    Ok((root, head))
}

/// Takes out of a head what a function's cannot have, and `-> ()`, which rustfmt would.
fn signature(reader: &mut Reader<'_>, tokens: &[TokenTree], draft: &mut Draft) -> Option<usize> {
    let mut parts = Vec::new();
    let mut special = false;
    let mut at = 0;
    let begins = |at: usize| {
        is_ident(tokens.get(at), "hears") || is_punct(tokens.get(at), '-') && is_punct(tokens.get(at + 1), '>')
    };
    while at < tokens.len() {
        if is_ident(tokens.get(at), "with")
            && let Some(TokenTree::Group(group)) = tokens.get(at + 1)
        {
            parts.push(("with (", reader.piece(&inner(group), Frame::Dependencies)));
            special = true;
            at += 2;
            continue;
        }
        let (word, start) = match () {
            () if is_ident(tokens.get(at), "hears") => ("hears", at + 1),
            () if begins(at) => ("->", at + 2),
            () => return None,
        };
        let end = (start..tokens.len()).find(|at| word == "hears" && begins(*at)).unwrap_or(tokens.len());
        let unit = matches!(&tokens[start..end], [TokenTree::Group(group)] if group.stream().is_empty());
        special |= word == "hears" || unit;
        parts.push((word, reader.piece(&tokens[start..end], Frame::Type)));
        at = end;
    }
    let place = range(tokens).filter(|_| special)?;
    let construct = Construct { before: Vec::new(), kind: Kind::Signature(parts), depth: 0, lent_semicolon: false };
    reader.constructs.push(construct);
    let number = reader.constructs.len() - 1;
    draft.replace(&reader.source.text, place, &format!("-> {}", name(number)));
    Some(number)
}

impl Head {
    /// The text with the head as it was.
    fn restore(&self, text: &str) -> Option<String> {
        let (before, rest) = text.split_once(&format!("fn {HEAD}"))?;
        let mut rest = rest.trim_start_matches('_').to_owned();
        if !self.parameters {
            rest = rest.replacen("()", "", 1);
        }
        if let Some(number) = self.signature {
            let name = name(number);
            rest = rest.replacen(&format!("-> {name}"), &name, 1);
        }
        Some(format!("{before}{}{rest}", self.name))
    }
}

fn rounds(rustfmt: &Rustfmt, reader: &mut Reader<'_>, root: usize, depth: usize) -> Result<(), Refusal> {
    reader.jobs[root].depth = depth;
    let mut round = vec![root];
    while !round.is_empty() {
        let mut file = String::new();
        let starts: Vec<(usize, usize)> = round
            .iter()
            .map(|job| {
                (
                    reader.jobs[*job].frame.write(&mut file, *job, reader.jobs[*job].depth, &reader.jobs[*job].draft),
                    *job,
                )
            })
            .collect();
        let formatted = rustfmt.format(&file).map_err(|failure| match failure {
            Failure::Program(message) => Refusal::Program(message),
            Failure::Syntax { message, place } => {
                let at = place.map_or(0, |place| offset(&file, place));
                let (start, job) = starts[starts.partition_point(|(start, _)| *start <= at).saturating_sub(1)];
                Refusal::Mistake(Mistake { at: reader.jobs[job].draft.origin(at.saturating_sub(start)), message })
            }
        })?;
        let formatted: String = formatted.lines().map(|line| format!("{line}\n")).collect();
        let mut next = Vec::new();
        for job in round {
            let frame = reader.jobs[job].frame;
            let text = frame.read(&formatted, job).ok_or(Refusal::Internal("a part was lost"))?;
            for (construct, depth) in names(rustfmt, &text, reader.jobs[job].depth) {
                place(reader, construct, depth, &mut next);
            }
            reader.jobs[job].result = Some(text);
        }
        round = next;
    }
    Ok(())
}

/// The constructs in a text, and how far in each of them stands.
fn names(rustfmt: &Rustfmt, text: &str, first: usize) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let white = &line[..line.len() - line.trim_start().len()];
        let columns: usize = white.chars().map(|c| if c == '\t' { rustfmt.columns } else { 1 }).sum();
        let depth = if number == 0 { first } else { columns / rustfmt.columns };
        let mut rest = line;
        while let Some((place, construct)) = find_name(rest) {
            found.push((construct, depth));
            rest = &rest[place.end..];
        }
    }
    found
}

/// Says how far in a construct stands, and so its parts, and hands these on to the next round.
fn place(reader: &mut Reader<'_>, number: usize, depth: usize, next: &mut Vec<usize>) {
    let Some(construct) = reader.constructs.get_mut(number) else { return };
    construct.depth = depth;
    let mut words = Vec::new();
    let mut jobs = Vec::new();
    match &construct.kind {
        Kind::Speak { rest: piece, .. } | Kind::Typed(piece) => jobs.push((piece, depth)),
        Kind::On(on) => clause(on, depth, &mut jobs, &mut words),
        Kind::Signature(parts) => jobs.extend(parts.iter().map(|(_, piece)| (piece, depth))),
        Kind::Question { binding, prompt, clauses, .. } => {
            jobs.extend([(binding, depth)].into_iter().chain(prompt.iter().map(|prompt| (prompt, depth))));
            clauses.iter().for_each(|one| clause(one, depth + 1, &mut jobs, &mut words));
        }
    }
    for (piece, depth) in jobs {
        if let Piece::Job(job) = piece {
            reader.jobs[*job].depth = depth;
            next.push(*job);
        }
    }
    for (word, depth) in words {
        place(reader, word, depth, next);
    }
}

type Jobs<'p> = Vec<(&'p Piece, usize)>;

fn clause<'p>(clause: &'p Clause, depth: usize, jobs: &mut Jobs<'p>, words: &mut Vec<(usize, usize)>) {
    jobs.extend(clause.subject.iter().map(|subject| (subject, depth)));
    if let Some(one) = &clause.action {
        action(one, depth, jobs, words);
    }
}

fn action<'p>(one: &'p Action, depth: usize, jobs: &mut Jobs<'p>, words: &mut Vec<(usize, usize)>) {
    match one {
        Action::Rust(piece) => jobs.push((piece, depth)),
        Action::Word(word) => words.push((*word, depth)),
        Action::List { items, .. } => items.iter().for_each(|(_, item)| action(item, depth + 1, jobs, words)),
        Action::Block { short, block, .. } => {
            jobs.push((block, depth));
            short.iter().flatten().for_each(|(word, _)| action(word, depth, jobs, words));
        }
    }
}

fn is_group(token: Option<&TokenTree>, delimiter: Delimiter) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.delimiter() == delimiter)
}

/// Where the line and the column, from 1, are in a text.
fn offset(text: &str, (line, column): (usize, usize)) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let columns = text[start..].char_indices().nth(column.saturating_sub(1));
    columns.map_or(text.len(), |(at, _)| start + at)
}
