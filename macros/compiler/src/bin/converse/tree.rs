//! What the formatter knows of a body: the words, and between them pieces that are nobody's business but rustfmt's.

use super::source::Comment;

/// A word with what belongs to it.
pub(crate) struct Construct {
    /// Comments at places where no line could hold them; they move in front.
    pub(crate) before: Vec<Comment>,
    pub(crate) kind: Kind,
    /// How far in it stands; known once the Rust around it has been laid out.
    pub(crate) depth: usize,
    /// Whether a `;` was put behind its name for rustfmt's sake, and has to go again.
    pub(crate) lent_semicolon: bool,
}

pub(crate) enum Kind {
    /// `say MESSAGE`, `goto NAME`, `once EXPR`.
    Speak { word: String, rest: Piece },
    /// `let name: T = ask MESSAGE clause*`, or with another word.
    Question { binding: Piece, word: String, prompt: Option<Piece>, clauses: Vec<Clause> },
    /// `on PATTERN => ACTION`, as a statement.
    On(Clause),
    /// `x: T`, between `for` and `in`.
    Typed(Piece),
    /// `with (…) hears T -> Output`: what a function's head has not, each with the word before it.
    Signature(Vec<(&'static str, Piece)>),
}

/// `unless EXPR`, `where CONDITION else ACTION`, `on PATTERN => ACTION`, `else ACTION`.
pub(crate) struct Clause {
    pub(crate) before: Vec<Comment>,
    pub(crate) word: String,
    pub(crate) subject: Option<Piece>,
    /// What stands between the subject and the action.
    pub(crate) joint: &'static str,
    pub(crate) action: Option<Action>,
}

pub(crate) enum Action {
    /// A message, a verb that Rust knows, or one that stands alone.
    Rust(Piece),
    /// Another verb.
    Word(usize),
    List {
        items: Vec<(Vec<Comment>, Action)>,
        after: Vec<Comment>,
    },
    Block {
        /// `|problem| `
        problem: String,
        /// The statements, each with whether a `;` ends it, where they are so few that a line may hold them.
        short: Option<Vec<(Action, bool)>>,
        block: Piece,
    },
}

/// A piece of the source that is plain Rust around the names of constructs.
pub(crate) enum Piece {
    /// One token.
    Token(String),
    /// The number of a job for rustfmt.
    Job(usize),
}
