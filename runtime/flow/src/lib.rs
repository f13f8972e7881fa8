//! The graph of a conversation as plain data: its questions, what each remembers, and how they lead to one another.
//!
//! The compiler writes one [`Flow`] for each conversation, as a `const`. Diagrams, coverage, metrics and the check
//! before a deploy all read this one value.

#![no_std]

mod dot;
mod draw;
mod mermaid;
mod older;
mod origin;
mod route;
#[cfg(test)]
mod samples;

pub use dot::Dot;
pub use draw::Draw;
pub use mermaid::Mermaid;
pub use older::Older;
pub use origin::{NotAnOrigin, check_origin};
pub use route::Route;

/// A conversation's graph.
///
/// ```
/// use converse_flow::{Edge, Flow, Kind, Node, Question};
///
/// const FLOW: Flow = Flow {
///     name: "Hello",
///     file: "src/main.rs",
///     questions: &[
///         Question { name: "name", kind: Kind::Ask, ty: "String", prompt: "Who?", line: 3, remembers: &[] },
///     ],
///     edges: &[
///         Edge { from: Node::Start, to: Node::Question(0), label: "", line: 3 },
///         Edge { from: Node::Question(0), to: Node::End, label: "", line: 3 },
///     ],
///     older: &[],
/// };
/// assert!(FLOW.to_mermaid().to_string().starts_with("stateDiagram-v2\n"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The conversation's name, as its type is called.
    pub name: &'static str,
    /// The source file, as the compiler of the crate saw it.
    pub file: &'static str,
    /// Every place where it can wait, in the order of the source. A [`Node::Question`] is an index into these.
    pub questions: &'static [Question],
    /// Every way from one node to another, without repetitions.
    pub edges: &'static [Edge],
    /// What it reads of older states beyond what has kept its name.
    pub older: &'static [Older],
}

impl Flow {
    /// The diagram as a Mermaid [`stateDiagram-v2`](https://mermaid.js.org/syntax/stateDiagram.html).
    pub const fn to_mermaid(&self) -> Mermaid<'_> {
        Mermaid::of(self)
    }

    /// The diagram in [DOT](https://graphviz.org/doc/info/lang.html), for Graphviz: `dot -Tsvg`.
    pub const fn to_dot(&self) -> Dot<'_> {
        Dot::of(self)
    }

    /// The question called `name`.
    pub fn question(&self, name: &str) -> Option<&'static Question> {
        self.questions.iter().find(|question| question.name == name)
    }
}

/// A place where a conversation can wait, and the state it waits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// The name of the question and of the variable its answer goes to.
    pub name: &'static str,
    /// What it waits for.
    pub kind: Kind,
    /// The type it asks for, as written.
    pub ty: &'static str,
    /// The prompt as written: a format string, or the Rust expression that makes it.
    pub prompt: &'static str,
    /// The line it stands on, in [`Flow::file`].
    pub line: u32,
    /// The variables that are kept while it waits.
    pub remembers: &'static [Field],
}

/// What a conversation waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `ask`: a reply.
    Ask,
    /// `hear`: an event.
    Hear,
    /// `run`: the end of another conversation.
    Run,
    /// `once`: nothing but that what was done is stored, after which it goes on.
    Once,
}

/// A variable that is kept while a question waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its type, as written.
    pub ty: &'static str,
    /// The conversation that it holds, where it is one that runs here: what that one remembers is stored within.
    pub runs: Option<Runs>,
}

/// A conversation that another one runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// The one that it stands in.
    Itself,
    /// Another one, with this graph.
    Other(&'static Flow),
}

impl Runs {
    /// The graph of what is run, where `outer` is the graph of what runs it.
    pub const fn within(self, outer: &Flow) -> Flow {
        match self {
            Runs::Itself => *outer,
            Runs::Other(inner) => *inner,
        }
    }
}

/// A way from one node to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Where it leaves.
    pub from: Node,
    /// Where it leads.
    pub to: Node,
    /// Why it is taken: empty for going on, else what was met on the way, as in `refused`, `silence, wait` or
    /// `on "cancel" | "stop", goto`. A `retry` has no word: the edge leads from a question to itself.
    pub label: &'static str,
    /// The line that takes it, in [`Flow::file`]: of the last jump, `else` or `return` on the way, or of the question.
    pub line: u32,
}

/// A node of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// Before the first word.
    Start,
    /// Waiting at [`Flow::questions`]`[n]`.
    Question(usize),
    /// After a value was returned.
    End,
    /// After the flow closed the connection itself, with this code.
    Closed(u16),
}
