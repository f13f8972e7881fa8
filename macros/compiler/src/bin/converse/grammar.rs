//! Takes a body apart: into constructs, which are laid out here, and drafts, which rustfmt gets.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::draft::{Draft, Frame, name};
use super::source::{Comment, Source, is_arrow, is_ident, is_punct, range};
use super::tree::{Action, Clause, Construct, Kind, Piece};
use super::words::{self, Found};

/// A draft, where it will stand, and what it became.
pub(crate) struct Job {
    pub(crate) frame: Frame,
    pub(crate) draft: Draft,
    pub(crate) depth: usize,
    pub(crate) result: Option<String>,
}

/// What was found up to now.
pub(crate) struct Reader<'s> {
    pub(crate) source: &'s Source,
    pub(crate) constructs: Vec<Construct>,
    pub(crate) jobs: Vec<Job>,
}

impl<'s> Reader<'s> {
    pub(crate) fn new(source: &'s Source) -> Reader<'s> {
        Reader { source, constructs: Vec::new(), jobs: Vec::new() }
    }

    /// Copies these tokens into the draft, with names in the place of words.
    pub(crate) fn copy(&mut self, tokens: &[TokenTree], braces: bool, draft: &mut Draft) {
        let mut at = 0;
        while at < tokens.len() {
            if braces && let Some((found, end)) = words::find(tokens, at) {
                let semicolon = found != Found::Typed && is_punct(tokens.get(end), ';');
                let lends = found != Found::Typed && !semicolon && !words::in_arm(tokens, at);
                let (kind, mut before) = self.kind(found, &tokens[at..end], at);
                let mut place = range(&tokens[at..end]).expect("a word is a token");
                if semicolon && let Some(semicolon) = range(&tokens[end..=end]) {
                    before.extend(self.comments(place.end, semicolon.start));
                    place.end = semicolon.start;
                }
                self.constructs.push(Construct { before, kind, depth: 0, lent_semicolon: lends });
                let name = name(self.constructs.len() - 1);
                draft.replace(&self.source.text, place, &format!("{name}{}", if lends { ";" } else { "" }));
                at = end;
                continue;
            }
            if let TokenTree::Group(group) = &tokens[at]
                && !words::is_macro_input(tokens, at)
            {
                self.copy(&inner(group), group.delimiter() == Delimiter::Brace, draft);
            }
            at += 1;
        }
        if let Some(range) = range(tokens) {
            draft.copy(&self.source.text, range.end);
        }
    }

    /// The construct in `tokens`, which are all of it and stand at `from`, and what comments stand in its way.
    fn kind(&mut self, found: Found, tokens: &[TokenTree], from: usize) -> (Kind, Vec<Comment>) {
        match found {
            Found::Typed => (Kind::Typed(self.piece(tokens, Frame::Pattern)), Vec::new()),
            Found::On => {
                let clause = self.handler(tokens, Vec::new());
                (Kind::On(clause), Vec::new())
            }
            Found::Speak => {
                let before = self.between(&tokens[..1], &tokens[1..]);
                let word = tokens[0].to_string();
                let rest = self.message(&tokens[1..], word.len() + 1);
                (Kind::Speak { word, rest }, before)
            }
            Found::Question { word: at } => {
                let at = at - from;
                let (binding, rest) = (&tokens[..at - 1], &tokens[at + 1..]);
                let mut before = self.between(binding, &tokens[at - 1..]);
                before.extend(self.between(&tokens[at - 1..at], &tokens[at..]));
                let word = tokens[at].to_string();
                let cuts = if word == "ask" || word == "hear" { converse_compiler::clauses(rest) } else { Vec::new() };
                let prompt = &rest[..cuts.first().copied().unwrap_or(rest.len())];
                before.extend(self.between(&tokens[at..=at], prompt));
                let lead = binding.iter().map(|token| token.to_string().len() + 1).sum::<usize>() + word.len() + 3;
                let binding = self.piece(binding, Frame::Binding);
                let mut last = if prompt.is_empty() { &tokens[at..=at] } else { prompt };
                let prompt = (!prompt.is_empty()).then(|| self.message(prompt, lead));
                let mut clauses = Vec::new();
                let mut cuts = cuts.into_iter().chain([rest.len()]).collect::<Vec<_>>();
                while cuts.len() > 1 {
                    let start = cuts.remove(0);
                    let word = &rest[start];
                    let paired = words::one_of(word, &["where", "within", "tries"]);
                    let other =
                        (paired && cuts.len() > 1 && is_ident(rest.get(cuts[0]), "else")).then(|| cuts.remove(0));
                    let end = cuts[0];
                    let comments = self.between(last, &rest[start..end]);
                    clauses.push(match other {
                        _ if is_ident(Some(word), "on") => self.handler(&rest[start..end], comments),
                        None if is_ident(Some(word), "else") => self.clause(&rest[start..end], 0, 1, ("", comments)),
                        Some(other) => self.clause(&rest[start..end], other - start, 1, ("else ", comments)),
                        None => self.clause(&rest[start..end], end - start, 0, ("", comments)),
                    });
                    last = &rest[start..end];
                }
                (Kind::Question { binding, word, prompt, clauses }, before)
            }
        }
    }

    /// `on PATTERN => ACTION`
    fn handler(&mut self, tokens: &[TokenTree], comments: Vec<Comment>) -> Clause {
        match (1..tokens.len()).find(|at| is_arrow(tokens, *at)) {
            Some(arrow) => self.clause(tokens, arrow - 1, 2, ("=> ", comments)),
            None => self.clause(tokens, tokens.len(), 0, ("", comments)),
        }
    }

    /// A clause whose subject ends at `middle`, and whose action begins so many tokens later.
    fn clause(
        &mut self,
        tokens: &[TokenTree],
        middle: usize,
        joint_length: usize,
        (joint, mut before): (&'static str, Vec<Comment>),
    ) -> Clause {
        // `on silence 5min`, `on after 30d`, `on outdated "coupon"`
        let begins = if words::has_second_word(&tokens[..middle]) { 2 } else { 1 };
        let word = tokens[..begins].iter().map(TokenTree::to_string).collect::<Vec<_>>().join(" ");
        let subject = &tokens[begins.min(middle)..middle];
        let action = &tokens[middle + joint_length..];
        let mut moved = Vec::new();
        if !subject.is_empty() {
            moved.extend(self.between(&tokens[..begins], subject));
            moved.extend(self.between(subject, &tokens[middle..]));
        }
        moved.extend(self.between(&tokens[..middle + joint_length], action));
        before.extend(moved.into_iter().map(|comment| Comment { trailing: false, ..comment }));
        let subject = match subject {
            [] => None,
            subject if word == "on" => Some(self.piece(subject, Frame::Arm)),
            subject => Some(self.piece(subject, Frame::Value { lead: word.len() + 1 })),
        };
        let action = (!action.is_empty()).then(|| self.action(action));
        Clause { before, word, subject, joint, action }
    }

    fn action(&mut self, tokens: &[TokenTree]) -> Action {
        if let [TokenTree::Group(group)] = tokens
            && group.delimiter() == Delimiter::Bracket
        {
            return self.list(group);
        }
        if let Some(TokenTree::Group(group)) = tokens.last()
            && group.delimiter() == Delimiter::Brace
            && (tokens.len() == 1 || tokens.len() == 4 && is_punct(tokens.first(), '|') && is_punct(tokens.get(2), '|'))
        {
            let problem = tokens.get(1).map(|problem| format!("|{problem}| ")).unwrap_or_default();
            let short = self.short(group);
            let block = self.piece(std::slice::from_ref(tokens.last().expect("looked at")), Frame::Block);
            return Action::Block { problem, short, block };
        }
        self.verb(tokens)
    }

    /// A message, or a verb.
    fn verb(&mut self, tokens: &[TokenTree]) -> Action {
        if let Some((Found::Speak, end)) = words::find(tokens, 0)
            && end == tokens.len()
        {
            let (kind, before) = self.kind(Found::Speak, tokens, 0);
            self.constructs.push(Construct { before, kind, depth: 0, lent_semicolon: false });
            return Action::Word(self.constructs.len() - 1);
        }
        Action::Rust(self.message(tokens, 8))
    }

    fn list(&mut self, group: &Group) -> Action {
        let tokens = inner(group);
        let mut items = Vec::new();
        let mut from = group.span_open().byte_range().end;
        for item in tokens.split(|token| is_punct(Some(token), ',')).filter(|item| !item.is_empty()) {
            let place = range(item).expect("it is not empty");
            items.push((self.comments(from, place.start).collect(), self.action(item)));
            from = place.end;
        }
        let after = self.comments(from, group.span_close().byte_range().start).collect();
        Action::List { items, after }
    }

    /// The statements of a block of one or two words, without comments.
    fn short(&mut self, group: &Group) -> Option<Vec<(Action, bool)>> {
        let tokens = inner(group);
        let place = group.span().byte_range();
        if self.source.comments_in(place).next().is_some() {
            return None;
        }
        let mut statements: Vec<&[TokenTree]> = tokens.split(|token| is_punct(Some(token), ';')).collect();
        let open = statements.pop().filter(|last| !last.is_empty());
        let is_word = |tokens: &&[TokenTree]| {
            let alone = ["retry", "wait", "back", "break", "continue", "return"];
            let verb = words::one_of(&tokens[0], &["break", "continue", "return"]);
            tokens.len() == 1 && words::one_of(&tokens[0], &alone)
                || verb
                || matches!(words::find(tokens, 0), Some((Found::Speak, end)) if end == tokens.len())
        };
        let all: Vec<&[TokenTree]> = statements.iter().copied().chain(open).collect();
        if all.len() > 2 || !all.iter().all(|statement| !statement.is_empty() && is_word(statement)) {
            return None;
        }
        let ended = statements.len();
        Some(all.iter().enumerate().map(|(at, statement)| (self.verb(statement), at < ended)).collect())
    }

    /// What stands behind a word: an expression, or several with commas.
    fn message(&mut self, tokens: &[TokenTree], lead: usize) -> Piece {
        let several = tokens.iter().any(|token| is_punct(Some(token), ','));
        self.piece(tokens, if several { Frame::Arguments { lead } } else { Frame::Value { lead } })
    }

    pub(crate) fn piece(&mut self, tokens: &[TokenTree], frame: Frame) -> Piece {
        if let [token] = tokens
            && !matches!(token, TokenTree::Group(_))
        {
            return Piece::Token(token.to_string());
        }
        let mut draft = Draft::from(range(tokens).map_or(0, |range| range.start));
        self.copy(tokens, matches!(frame, Frame::Block), &mut draft);
        self.job(frame, draft)
    }

    pub(crate) fn job(&mut self, frame: Frame, draft: Draft) -> Piece {
        self.jobs.push(Job { frame, draft, depth: 0, result: None });
        Piece::Job(self.jobs.len() - 1)
    }

    /// The comments between two runs of tokens.
    fn between(&self, before: &[TokenTree], after: &[TokenTree]) -> Vec<Comment> {
        match (range(before), range(after)) {
            (Some(before), Some(after)) => self.comments(before.end, after.start).collect(),
            _ => Vec::new(),
        }
    }

    fn comments(&self, start: usize, end: usize) -> impl Iterator<Item = Comment> + use<'s> {
        let source = self.source;
        source.comments_in(start..end.max(start)).cloned()
    }
}

/// The tokens in a group.
pub(crate) fn inner(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}
