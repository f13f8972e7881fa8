//! Puts the words back, each laid out.
//!
//! The rules: a question stands on one line if that holds it and none of its clauses says what happens; otherwise each clause
//! has a line of its own. An action stands behind its clause if it fits there, and a block of one or two words counts as
//! one that may. A list that does not fit has one action a line.

use super::draft::find_name;
use super::grammar::Job;
use super::rustfmt::Rustfmt;
use super::source::Comment;
use super::tree::{Action, Clause, Construct, Kind, Piece};

pub(crate) struct Layout<'a> {
    pub(crate) rustfmt: &'a Rustfmt,
    pub(crate) constructs: &'a [Construct],
    pub(crate) jobs: &'a [Job],
}

impl Layout<'_> {
    /// The text with its words.
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((place, number)) = find_name(rest) {
            out.push_str(&rest[..place.start]);
            rest = &rest[place.end..];
            if let Some(construct) = self.constructs.get(number) {
                out.push_str(&self.construct(construct));
                if construct.lent_semicolon {
                    rest = rest.strip_prefix(';').unwrap_or(rest);
                }
            }
        }
        out.push_str(rest);
        out
    }

    fn construct(&self, construct: &Construct) -> String {
        let depth = construct.depth;
        let mut out = String::new();
        for comment in &construct.before {
            out.push_str(&comment.text);
            out.push_str(&self.line(depth));
        }
        match &construct.kind {
            Kind::Speak { word, rest } => out.push_str(&join(word, &self.piece(rest))),
            Kind::On(clause) => {
                for comment in &clause.before {
                    out.push_str(&comment.text);
                    out.push_str(&self.line(depth));
                }
                out.push_str(&self.clause(clause, depth));
            }
            Kind::Typed(pattern) => out.push_str(&self.piece(pattern)),
            Kind::Signature(parts) => {
                let parts = parts.iter().map(|(word, piece)| match word.ends_with('(') {
                    true => format!("{word}{})", self.piece(piece)),
                    false => join(word, &self.piece(piece)),
                });
                out.push_str(&parts.collect::<Vec<_>>().join(" "));
            }
            Kind::Question { binding, word, prompt, clauses } => {
                let mut head = join(&self.piece(binding), &format!("= {word}"));
                if let Some(prompt) = prompt {
                    head = join(&head, &self.piece(prompt));
                }
                out.push_str(&self.question(head, clauses, depth));
            }
        }
        out
    }

    fn question(&self, head: String, clauses: &[Clause], depth: usize) -> String {
        if clauses.iter().all(|clause| clause.action.is_none() && clause.before.is_empty()) {
            let whole = clauses.iter().fold(head.clone(), |head, clause| join(&head, &self.clause(clause, depth + 1)));
            if !whole.contains('\n') && self.fits(depth, &whole) || clauses.is_empty() {
                return whole;
            }
        }
        let mut out = head;
        for clause in clauses {
            self.comments(&mut out, &clause.before, depth + 1);
            out.push_str(&self.line(depth + 1));
            out.push_str(&self.clause(clause, depth + 1));
        }
        out
    }

    fn clause(&self, clause: &Clause, depth: usize) -> String {
        let mut head = clause.word.clone();
        if let Some(subject) = &clause.subject {
            head = join(&head, &self.piece(subject));
        }
        let Some(action) = &clause.action else { return head };
        let before = format!("{head} {}", clause.joint);
        if let Some(inline) = self.inline(action) {
            let whole = format!("{before}{inline}");
            if self.fits(depth, &whole) {
                return whole;
            }
            let below = format!("{}{inline}", clause.joint);
            if clause.joint == "else " && !matches!(action, Action::Block { .. } | Action::List { .. }) {
                return format!("{head}{}{below}", self.line(depth + 1));
            }
        }
        format!("{before}{}", self.tall(action, depth))
    }

    /// The action on one line, if that is possible.
    fn inline(&self, action: &Action) -> Option<String> {
        let text = match action {
            Action::Rust(piece) => self.piece(piece),
            Action::Word(number) if self.constructs[*number].before.is_empty() => {
                self.construct(&self.constructs[*number])
            }
            Action::Word(_) => return None,
            Action::List { items, after } => {
                if !after.is_empty() || items.iter().any(|(before, _)| !before.is_empty()) {
                    return None;
                }
                let items: Option<Vec<String>> = items.iter().map(|(_, item)| self.inline(item)).collect();
                format!("[{}]", items?.join(", "))
            }
            Action::Block { problem, short, .. } => {
                let statements: Option<Vec<String>> = short
                    .as_ref()?
                    .iter()
                    .map(|(word, ended)| Some(format!("{}{}", self.inline(word)?, if *ended { ";" } else { "" })))
                    .collect();
                match statements?.join(" ").as_str() {
                    "" => format!("{problem}{{}}"),
                    statements => format!("{problem}{{ {statements} }}"),
                }
            }
        };
        (!text.contains('\n')).then_some(text)
    }

    /// The action on as many lines as it takes.
    fn tall(&self, action: &Action, depth: usize) -> String {
        match action {
            Action::Rust(piece) => self.piece(piece).trim_start().to_owned(),
            Action::Word(number) => self.construct(&self.constructs[*number]),
            Action::Block { problem, block, .. } => format!("{problem}{}", self.piece(block)),
            Action::List { items, after } => {
                let mut out = String::from("[");
                for (before, item) in items {
                    self.comments(&mut out, before, depth + 1);
                    out.push_str(&self.line(depth + 1));
                    let inline = self.inline(item).filter(|inline| self.fits(depth + 1, inline));
                    out.push_str(&inline.unwrap_or_else(|| self.tall(item, depth + 1)));
                    out.push(',');
                }
                self.comments(&mut out, after, depth + 1);
                out.push_str(&self.line(depth));
                out.push(']');
                out
            }
        }
    }

    /// Comments behind what is there, and below it.
    fn comments(&self, out: &mut String, comments: &[Comment], depth: usize) {
        for comment in comments {
            let line_is_over = out.rsplit('\n').next().is_some_and(|line| line.contains("//"));
            if comment.trailing && !line_is_over {
                out.push(' ');
            } else {
                out.push_str(&self.line(depth));
            }
            out.push_str(&comment.text);
        }
    }

    fn piece(&self, piece: &Piece) -> String {
        match piece {
            Piece::Token(text) => text.clone(),
            Piece::Job(number) => self.fill(self.jobs[*number].result.as_deref().unwrap_or_default()),
        }
    }

    /// A new line, and the white space that it begins with.
    fn line(&self, depth: usize) -> String {
        format!("\n{}", self.rustfmt.unit.repeat(depth))
    }

    /// Whether what ends with this, and with a `;` or a `,`, is short enough.
    fn fits(&self, depth: usize, text: &str) -> bool {
        match text.rsplit_once('\n') {
            Some((_, last)) => last.chars().count() < self.rustfmt.width,
            None => depth * self.rustfmt.columns + text.chars().count() < self.rustfmt.width,
        }
    }
}

/// Two texts with a space between, unless the second stands below.
fn join(first: &str, second: &str) -> String {
    if second.starts_with('\n') { format!("{first}{second}") } else { format!("{first} {second}") }
}
