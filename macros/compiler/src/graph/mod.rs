//! The flow graph: what of a conversation's control flow holds a question, taken apart into blocks.

mod assign;
mod build;
mod edges;
mod fallible;
mod inference;
mod later;
mod liveness;
mod progress;
mod stray;
mod thread;
mod visit;

use std::collections::BTreeSet;

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, Ident, Pat, Stmt, Type};

pub(crate) use assign::check_jumps;
pub(crate) use build::build;
pub(crate) use edges::{Edge, Node, edges, line};
pub(crate) use fallible::check_question_marks;
pub(crate) use later::next_use;
pub(crate) use liveness::{Liveness, liveness};
pub(crate) use progress::check_loops;
pub(crate) use stray::check_stray_words;
pub(crate) use thread::thread;

use crate::names::{Arena, VariableId, Variables};
use crate::syntax::ast::{Ask, Conversation, Message, Run};
use crate::text::source;

/// A block of a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BlockId(pub(crate) usize);

/// A question of a [`Graph`], in the order of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct QuestionId(pub(crate) usize);

pub(crate) struct Graph<'a> {
    /// The first is where the conversation begins.
    pub(crate) blocks: Vec<Block<'a>>,
    pub(crate) questions: Vec<Question<'a>>,
    pub(crate) variables: Arena,
    /// The parameters, in their order.
    pub(crate) parameters: Vec<VariableId>,
    /// Items that stand among the statements: every block can see them.
    pub(crate) items: Vec<syn::Item>,
    /// Whether the conversation awaits anything of its own.
    pub(crate) awaits: bool,
    /// Every `goto`.
    pub(crate) jumps: Vec<Jump>,
}

/// A `goto`, which may come to a question before what it needs has a value.
pub(crate) struct Jump {
    /// The block that it leaves, and behind how many of its operations.
    pub(crate) from: (BlockId, usize),
    pub(crate) to: BlockId,
    pub(crate) name: Ident,
}

pub(crate) struct Question<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) answer: VariableId,
    /// Says the prompt and waits.
    pub(crate) prompt: BlockId,
    /// Waits on without a word.
    pub(crate) waiting: BlockId,
    /// Goes on with the answer.
    pub(crate) answered: BlockId,
    /// Where it goes on when something comes.
    pub(crate) resume: BlockId,
    /// What the time that it waits is computed from.
    pub(crate) clock: Variables,
    /// What the options that the reply is among are computed from.
    pub(crate) among: Variables,
}

/// What a conversation waits for.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    Ask(&'a Ask),
    /// Another conversation, which stands in this variable meanwhile.
    Run(&'a Run, VariableId),
}

impl<'a> Source<'a> {
    pub(crate) fn name(self) -> &'a Ident {
        match self {
            Source::Ask(ask) => &ask.name,
            Source::Run(run, _) => &run.name,
        }
    }

    /// The question, unless another conversation stands in its place.
    pub(crate) fn ask(self) -> Option<&'a Ask> {
        match self {
            Source::Ask(ask) => Some(ask),
            Source::Run(..) => None,
        }
    }

    /// What it ends with; missing where nobody wants it.
    pub(crate) fn ty(self) -> Option<&'a Type> {
        match self {
            Source::Ask(ask) => ask.ty.as_ref(),
            Source::Run(run, _) => run.ty.as_ref(),
        }
    }

    /// What is said, or run, as written.
    pub(crate) fn prompt(self) -> String {
        match self {
            Source::Ask(ask) => ask.prompt.source(),
            Source::Run(run, _) => format!("run {}", source(run.value.to_token_stream())),
        }
    }
}

#[derive(Default)]
pub(crate) struct Block<'a> {
    pub(crate) operations: Vec<Operation<'a>>,
    pub(crate) end: End,
    /// What an edge is called that leads through here.
    pub(crate) way: Option<Way>,
}

/// What takes the conversation through a block. Only readers of the graph need to know: no code is made of it.
pub(crate) struct Way {
    /// `on "cancel"`, `goto`; empty where the arrow says enough.
    pub(crate) label: String,
    pub(crate) span: Span,
}

/// Rust that stays as it is, and what the graph has to know about it.
pub(crate) struct Opaque<T> {
    pub(crate) code: T,
    pub(crate) uses: Variables,
    /// The names that it binds for itself.
    pub(crate) binds: BTreeSet<String>,
    /// Its jumps, in the order in which `escapes` finds them.
    pub(crate) exits: Vec<Exit>,
}

/// A jump out of opaque Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    To(BlockId),
    /// `break value`, out of a loop whose value goes into a variable.
    With(VariableId, BlockId),
    /// `return value`, or `break value` out of a loop whose value is the conversation's output.
    Output,
    /// `close 4001, "reason"`, with its code where it is a number.
    Closed(Option<u16>),
}

impl Exit {
    pub(crate) fn target(self) -> Option<BlockId> {
        match self {
            Exit::To(target) | Exit::With(_, target) => Some(target),
            Exit::Output | Exit::Closed(_) => None,
        }
    }
}

/// Something that is done on the way through a block.
pub(crate) enum Operation<'a> {
    /// A statement.
    Rust {
        statement: Opaque<Stmt>,
        /// The variables that it declares.
        declares: Vec<VariableId>,
        /// The variable that it assigns as a whole.
        assigns: Option<VariableId>,
    },
    /// `let variable: Type = value;`, for the value of control flow.
    Bind { variable: VariableId, value: Opaque<Expr> },
    /// `say …`
    Say { message: &'a Message, uses: Variables },
}

/// How a block ends.
#[derive(Default)]
pub(crate) enum End {
    /// Nothing follows: the last operation never finishes.
    #[default]
    Never,
    Goto(BlockId),
    If {
        condition: Opaque<Expr>,
        /// What the condition binds, for `then`.
        declares: Vec<VariableId>,
        then: BlockId,
        otherwise: BlockId,
        /// Whether this is a `where`, so that `otherwise` refuses the reply.
        refuses: bool,
    },
    Match {
        scrutinee: Opaque<Expr>,
        arms: Vec<MatchArm>,
    },
    /// The conversation waits here. It goes on at [`Question::resume`].
    Wait(QuestionId),
    /// It waits on, as if nothing had come.
    Again(QuestionId),
    /// Another conversation takes its turn: it waits, ends, or hears what this one listens for.
    Run {
        question: QuestionId,
        heard: Vec<(Vec<String>, BlockId)>,
        done: BlockId,
    },
    /// Something came.
    Reply {
        question: QuestionId,
        /// What is heard before the reply is read: the words, and what happens then.
        heard: Vec<(Vec<String>, BlockId)>,
        accepted: BlockId,
        refused: BlockId,
        /// What `|problem|` binds, for `refused`.
        problem: Option<VariableId>,
        silence: Option<BlockId>,
        /// Asks again, where another conversation runs this one.
        again: BlockId,
    },
    /// The conversation has its output; `()` where there is no expression, at the place that lacks it.
    Return(Option<Opaque<Expr>>, Span),
    /// The question's time has passed, and its author did not say what then.
    CloseOnSilence,
    /// `close 4001, "reason"`
    Close(Box<Close>),
}

pub(crate) struct Close {
    pub(crate) code: Opaque<Expr>,
    pub(crate) reason: Option<Message>,
    /// What the reason uses.
    pub(crate) uses: Variables,
}

impl Close {
    /// The code, where it is a number.
    pub(crate) fn number(&self) -> Option<u16> {
        close_number(&self.code.code)
    }
}

/// The number that a close code is written as.
pub(crate) fn close_number(code: &Expr) -> Option<u16> {
    match code {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(number), .. }) => number.base10_parse().ok(),
        _ => None,
    }
}

pub(crate) struct MatchArm {
    /// With its guard.
    pub(crate) pattern: Pat,
    /// What the guard uses.
    pub(crate) uses: Variables,
    pub(crate) declares: Vec<VariableId>,
    pub(crate) block: BlockId,
}

impl<'a> Graph<'a> {
    pub(crate) fn block(&self, id: BlockId) -> &Block<'a> {
        &self.blocks[id.0]
    }

    pub(crate) fn question(&self, id: QuestionId) -> &Question<'a> {
        &self.questions[id.0]
    }

    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = BlockId> + use<> {
        (0..self.blocks.len()).map(BlockId)
    }

    /// The other conversations that it runs, in the order of the source; itself it knows.
    pub(crate) fn others(&self, conversation: &Conversation) -> Vec<&'a Run> {
        let runs = self.questions.iter().filter_map(|question| match question.source {
            Source::Run(run, _) => Some(run),
            Source::Ask(_) => None,
        });
        runs.filter(|run| !run.is_of(conversation)).collect()
    }

    pub(crate) const ENTRY: BlockId = BlockId(0);
}

impl Block<'_> {
    /// The jumps from the middle of the block.
    pub(crate) fn exits(&self) -> impl Iterator<Item = Exit> + '_ {
        let operations = self.operations.iter().flat_map(|operation| match operation {
            Operation::Rust { statement, .. } => statement.exits.as_slice(),
            Operation::Bind { value, .. } => &value.exits,
            Operation::Say { .. } => &[],
        });
        operations.chain(self.end.exits()).copied()
    }

    /// The blocks that jumps from the middle of this one lead to.
    pub(crate) fn jumps(&self) -> impl Iterator<Item = BlockId> + '_ {
        self.exits().filter_map(Exit::target)
    }
}

impl End {
    fn exits(&self) -> &[Exit] {
        match self {
            End::If { condition, .. } => &condition.exits,
            End::Match { scrutinee, .. } => &scrutinee.exits,
            End::Return(Some(value), _) => &value.exits,
            End::Close(close) => &close.code.exits,
            _ => &[],
        }
    }

    /// Where the end leads within a turn, in the order of the source.
    pub(crate) fn targets(&self) -> Vec<BlockId> {
        match self {
            End::Never | End::Wait(_) | End::Again(_) | End::Return(..) | End::CloseOnSilence | End::Close(_) => {
                Vec::new()
            }
            End::Goto(target) => vec![*target],
            End::If { then, otherwise, .. } => vec![*then, *otherwise],
            End::Match { arms, .. } => arms.iter().map(|arm| arm.block).collect(),
            End::Run { heard, done, .. } => heard.iter().map(|(_, block)| *block).chain([*done]).collect(),
            End::Reply { heard, accepted, refused, silence, again, .. } => {
                let heard = heard.iter().map(|(_, block)| *block);
                heard.chain([*refused]).chain(*silence).chain([*again, *accepted]).collect()
            }
        }
    }
}
