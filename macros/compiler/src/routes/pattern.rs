//! The pattern of a route: axum's syntax, checked while the program is compiled.
//!
//! axum routes by matchit 0.8.4. What this parser accepts, that accepts; what that would refuse when the server starts,
//! this reports, at the place.

use std::fmt::Display;
use std::ops::Range;

use proc_macro2::{Literal, Span};
use syn::LitStr;

use crate::diagnostics::{Diagnostic, Diagnostics};

/// matchit numbers parameters by letters.
const MOST_PARAMETERS: usize = 25;

/// A pattern, with holes where it is malformed.
#[derive(Debug)]
pub(super) struct Pattern {
    text: Text,
    /// The `{name}`s, in order, each name once.
    pub(super) parameters: Vec<Parameter>,
    /// The pattern without its names, as `converse_flow::Route` has it.
    pub(super) shape: String,
    /// Whether it ends in a `{*rest}`.
    pub(super) catch_all: bool,
    /// Whether nothing is wrong with it.
    pub(super) is_sound: bool,
}

/// A `{name}`, or a `{*name}`.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    /// Where the name stands.
    pub(super) span: Span,
}

impl Pattern {
    /// Reads a pattern, reporting everything that is wrong with it.
    pub(super) fn parse(cx: &mut Diagnostics, literal: &LitStr) -> Self {
        let text = Text { value: literal.value(), literal: literal.token() };
        let (parameters, shape) = (Vec::new(), String::new());
        let mut parser = Parser { cx, text: &text, parameters, shape, catch_all: false, is_sound: true };
        parser.pattern();
        let Parser { parameters, shape, catch_all, is_sound, .. } = parser;
        Pattern { text, parameters, shape, catch_all, is_sound }
    }

    /// The pattern as the user wrote it.
    pub(super) fn as_str(&self) -> &str {
        &self.text.value
    }
}

/// A string literal, and where in it things stand.
#[derive(Debug)]
struct Text {
    value: String,
    literal: Literal,
}

impl Text {
    /// The span of a part of the literal, where the compiler can tell; of all of it otherwise.
    fn span(&self, part: Range<usize>) -> Span {
        let verbatim = self.literal.to_string() == format!("\"{}\"", self.value);
        let part = verbatim.then(|| self.literal.subspan(part.start + 1..part.end + 1)).flatten();
        part.unwrap_or_else(|| self.literal.span())
    }
}

struct Parser<'p> {
    cx: &'p mut Diagnostics,
    text: &'p Text,
    parameters: Vec<Parameter>,
    shape: String,
    catch_all: bool,
    is_sound: bool,
}

impl Parser<'_> {
    fn pattern(&mut self) {
        let pattern = self.text.value.as_str();
        let Some(segments) = pattern.strip_prefix('/') else {
            let help = format!("write `/{pattern}`");
            self.error(0..pattern.len(), format!("the pattern `{pattern}` does not start with `/`")).help(help);
            return;
        };
        let mut start = 1;
        for segment in segments.split('/') {
            let end = start + segment.len();
            self.shape.push('/');
            self.segment(start..end);
            start = end + 1;
        }
        if self.parameters.len() > MOST_PARAMETERS {
            let message = format!("`{pattern}` has more than {MOST_PARAMETERS} parameters");
            self.error(0..pattern.len(), message);
        }
    }

    /// `literal`, `{name}`, `prefix-{name}`, `{*rest}`.
    fn segment(&mut self, place: Range<usize>) {
        let text = self.text;
        let segment = &text.value[place.clone()];
        if self.is_old_parameter(segment, place.clone()) {
            return;
        }
        let mut at = place.start;
        while at < place.end {
            let rest = &text.value[at..place.end];
            at = match rest.as_bytes() {
                [b'{', b'{', ..] | [b'}', b'}', ..] => {
                    self.shape.push_str(&rest[..1]);
                    at + 2
                }
                [b'{', ..] => self.parameter(at..place.end),
                [b'}', ..] => {
                    self.error(at..at + 1, "`}` closes no parameter").help("a brace that stands for itself is `}}`");
                    at + 1
                }
                _ => self.literal(at..place.end),
            };
        }
    }

    /// `:name` and `*rest`, as axum wrote them before 0.8.
    fn is_old_parameter(&mut self, segment: &str, place: Range<usize>) -> bool {
        let new = match segment.strip_prefix(':') {
            Some(name) => format!("{{{name}}}"),
            None if segment.starts_with('*') => format!("{{{segment}}}"),
            None => return false,
        };
        self.error(place, format!("`{segment}` is not a parameter")).help(format!("write `{new}`"));
        true
    }

    /// A parameter, and with it the segment: nothing may follow. Returns where the segment ends.
    fn parameter(&mut self, place: Range<usize>) -> usize {
        let text = self.text;
        let rest = &text.value[place.clone()];
        let Some(close) = rest.find('}') else {
            let help = format!("write `{rest}}}`, or `{{{{` for a brace that stands for itself");
            self.error(place.clone(), format!("`{rest}` has no closing brace")).help(help);
            return place.end;
        };
        let end = place.start + close + 1;
        let inside = &rest[1..close];
        let name = inside.strip_prefix('*').unwrap_or(inside);
        let is_catch_all = name.len() < inside.len();
        self.shape.push('?');
        self.name(name, end - 1 - name.len()..end - 1, place.start..end);
        if end < place.end {
            let (parameter, after) = (&rest[..=close], &rest[close + 1..]);
            self.error(end..place.end, format!("`{after}` follows a parameter in the same segment"))
                .help(format!("a `/` has to follow `{parameter}`, or nothing"));
        } else if is_catch_all && end < text.value.len() {
            let parameter = &rest[..=close];
            self.error(place.start..end, format!("`{parameter}` is not the last of the pattern"))
                .help("it takes all that is left of the path: nothing can follow");
        }
        self.catch_all |= is_catch_all;
        place.end
    }

    fn name(&mut self, name: &str, place: Range<usize>, parameter: Range<usize>) {
        let text = self.text;
        let written = &text.value[parameter.clone()];
        if name.is_empty() {
            let star = if written.contains('*') { "*" } else { "" };
            self.error(parameter, format!("`{written}` has no name")).help(format!("write `{{{star}name}}`"));
        } else if !is_identifier(name) {
            let identifier = name.split(|c: char| !c.is_alphanumeric() && c != '_').find(|part| is_identifier(part));
            let error = self.error(parameter, format!("`{name}` is not the name of a parameter"));
            if let Some(identifier) = identifier {
                error.help(format!("write `{{{identifier}}}`; its type is that of the handler's parameter"));
            }
        } else if self.parameters.iter().any(|known| known.name == name) {
            self.error(parameter, format!("`{written}` is there twice")).help("give the two different names");
        } else {
            self.parameters.push(Parameter { name: name.to_owned(), span: text.span(place) });
        }
    }

    /// One character that stands for itself. Returns where the next one starts.
    fn literal(&mut self, place: Range<usize>) -> usize {
        let text = self.text;
        let Some(character) = text.value[place.clone()].chars().next() else { return place.end };
        let end = place.start + character.len_utf8();
        let here = place.start..end;
        let message = format!("`{}` does not come in a path", character.escape_debug());
        match character {
            '?' => self.error(here, message).help("the query is no part of a route: read it with an extractor"),
            '#' => self.error(here, message).help("what follows a `#` never leaves the client"),
            '"' | '<' | '>' | '\\' | '^' | '`' | ' ' | '\0'..='\x1f' | '\x7f' | '\u{80}'.. => {
                let encoded: String = text.value[here.clone()].bytes().map(|byte| format!("%{byte:02X}")).collect();
                self.error(here, message).help(format!("a request has it percent-encoded: write `{encoded}`"))
            }
            _ => {
                self.shape.push(character);
                return end;
            }
        };
        end
    }

    fn error(&mut self, place: Range<usize>, message: impl Display) -> &mut Diagnostic {
        self.is_sound = false;
        self.cx.error(self.text.span(place), message)
    }
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|next| next.is_alphanumeric() || next == '_')
        && name != "_"
}
