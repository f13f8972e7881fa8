//! Text for rustfmt: source with names in the place of words, which knows where each part of it came from.

use std::ops::Range;

/// Begins the names that stand for words; nobody's own begin like this.
const NAME: &str = "__converse_";

/// A part of the source, as plain Rust.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) text: String,
    /// Where in the source the text at a place is from, in order.
    origins: Vec<(usize, usize)>,
    /// Up to where the source has been copied.
    cursor: usize,
}

/// What a draft stands in, so that a file of drafts is Rust. A `lead` is how much stands in front of it on its line.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Frame {
    /// An expression.
    Value { lead: usize },
    /// A format string with its arguments, or a code with its reason.
    Arguments { lead: usize },
    /// `let x: T`
    Binding,
    /// `x: T`, or a pattern without a type.
    Pattern,
    /// What stands before `=>`.
    Arm,
    /// A type.
    Type,
    /// What stands in the parentheses of `with (…)`.
    Dependencies,
    /// `{ … }`
    Block,
    /// An item with all that stands around it.
    Item,
}

impl Draft {
    /// A draft that begins with the source from `at` on.
    pub(crate) fn from(at: usize) -> Draft {
        Draft { cursor: at, ..Draft::default() }
    }

    /// Copies the source up to `end`.
    pub(crate) fn copy(&mut self, source: &str, end: usize) {
        if end > self.cursor {
            self.origins.push((self.text.len(), self.cursor));
            self.text.push_str(&source[self.cursor..end]);
            self.cursor = end;
        }
    }

    /// Puts something in the place of the source from `range.start`, to which it was copied, to `range.end`.
    pub(crate) fn replace(&mut self, source: &str, range: Range<usize>, text: &str) {
        self.copy(source, range.start);
        self.origins.push((self.text.len(), range.start));
        self.text.push_str(text);
        self.cursor = range.end;
    }

    /// Where in the source that is which is at `at` here.
    pub(crate) fn origin(&self, at: usize) -> usize {
        let before = self.origins.partition_point(|(here, _)| *here <= at).saturating_sub(1);
        self.origins.get(before).map_or(0, |(here, there)| there + at.saturating_sub(*here))
    }
}

impl Frame {
    /// What is written before and behind a draft.
    fn parts(self) -> (String, &'static str) {
        let filler = |lead: usize| "_".repeat(lead.saturating_sub(4).min(60));
        match self {
            Frame::Value { lead } => (format!("v{} = ", filler(lead)), ";"),
            Frame::Arguments { lead } => (format!("m{}!(", filler(lead)), ");"),
            Frame::Binding => (String::new(), ";"),
            Frame::Pattern => ("let ".to_owned(), ";"),
            Frame::Arm => ("match v { ".to_owned(), " => {} }"),
            Frame::Type => ("let _: ".to_owned(), ";"),
            Frame::Dependencies => ("fn d(".to_owned(), ") {}"),
            Frame::Block => ("fn b() ".to_owned(), ""),
            Frame::Item => (String::new(), ""),
        }
    }

    /// Writes the draft at a depth of indentation, so that its length is what rustfmt has to deal with. Gives back where
    /// in `file` the draft begins.
    pub(crate) fn write(self, file: &mut String, job: usize, depth: usize, draft: &Draft) -> usize {
        let (before, behind) = self.parts();
        let statement = !matches!(self, Frame::Block | Frame::Item | Frame::Dependencies);
        let modules = depth.saturating_sub(usize::from(statement));
        for _ in 0..modules {
            file.push_str("mod m {\n");
        }
        if statement {
            file.push_str("fn f() {\n");
        }
        file.push_str(&format!("// {NAME}begin_{job}_\n{before}"));
        let start = file.len();
        file.push_str(&draft.text);
        file.push_str(&format!("{behind}\n// {NAME}end_{job}_\n"));
        file.push_str(&"}\n".repeat(modules + usize::from(statement)));
        start
    }

    /// The draft in what rustfmt made of it, without white space around it, but with a line break in front if it stands
    /// below of what leads to it.
    pub(crate) fn read(self, formatted: &str, job: usize) -> Option<String> {
        let (_, rest) = formatted.split_once(&format!("// {NAME}begin_{job}_\n"))?;
        let end = rest.find(&format!("// {NAME}end_{job}_"))?;
        let text = rest[..end].trim();
        Some(match self {
            Frame::Value { .. } => {
                let (_, value) = text.split_once(" =")?;
                let value = value.strip_suffix(';')?;
                value.strip_prefix(' ').unwrap_or(value).to_owned()
            }
            Frame::Arguments { .. } => {
                let (_, arguments) = text.split_once("!(")?;
                arguments.strip_suffix(");")?.trim().to_owned()
            }
            Frame::Binding => text.strip_suffix(';')?.to_owned(),
            Frame::Pattern => text.strip_prefix("let")?.strip_suffix(';')?.trim().to_owned(),
            Frame::Arm => {
                let arm = text.strip_prefix("match v {")?.strip_suffix('}')?;
                arm.trim_end().strip_suffix("=> {}")?.trim().to_owned()
            }
            Frame::Type => text.strip_prefix("let _:")?.strip_suffix(';')?.trim().to_owned(),
            Frame::Dependencies => text.strip_prefix("fn d(")?.strip_suffix(") {}")?.to_owned(),
            Frame::Block => text.strip_prefix("fn b() ")?.to_owned(),
            Frame::Item => text.to_owned(),
        })
    }
}

/// The name that stands for a construct.
pub(crate) fn name(construct: usize) -> String {
    format!("{NAME}{construct}_")
}

/// The first name in a text: where it stands, and for which construct.
pub(crate) fn find_name(text: &str) -> Option<(Range<usize>, usize)> {
    text.match_indices(NAME).find_map(|(start, _)| {
        let number = &text[start + NAME.len()..];
        let digits = number.find('_')?;
        Some((start..start + NAME.len() + digits + 1, number[..digits].parse().ok()?))
    })
}
