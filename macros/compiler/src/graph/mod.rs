//! The flow graph: what of a conversation's control flow holds a question, taken apart into blocks.

mod assign;
mod awaits;
mod build;
mod detour;
mod edges;
mod fallible;
mod inference;
mod later;
mod liveness;
mod progress;
mod stray;
mod thread;
mod trace;
mod visit;

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::{Expr, Ident, Pat, Stmt, Type};

pub(crate) use assign::check_jumps;
pub(crate) use build::build;
pub(crate) use detour::mark_detours;
pub(crate) use edges::{Edge, Node, edges, line};
pub(crate) use fallible::check_question_marks;
pub(crate) use later::next_uses;
pub(crate) use liveness::{Liveness, liveness};
pub(crate) use progress::check_loops;
pub(crate) use stray::check_stray_words;
pub(crate) use thread::thread;
pub(crate) use trace::trace;

use crate::names::{Arena, Variable, VariableId, Variables};
use crate::syntax::ast::{Ask, Conversation, Message, Older, Once, Run};
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
    /// Whether there is a `back` in it.
    pub(crate) goes_back: bool,
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
    /// What the store, the diagram and the tests call it.
    pub(crate) name: Ident,
    pub(crate) answer: VariableId,
    /// Asks once more: says the prompt, and waits.
    pub(crate) prompt: BlockId,
    /// Waits on without a word.
    pub(crate) waiting: BlockId,
    /// Goes on with the answer.
    pub(crate) answered: BlockId,
    /// Where it goes on when something comes.
    pub(crate) resume: BlockId,
    /// How long it waits, and what that is computed from.
    pub(crate) within: Option<Expr>,
    pub(crate) clock: Variables,
    /// The timers of every `on after` that finds the conversation here.
    pub(crate) timers: Variables,
    /// What the options that the reply is among are computed from.
    pub(crate) among: Variables,
}

/// What a conversation waits for.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    Ask(&'a Ask),
    /// Another conversation, which stands in this variable meanwhile.
    Run(&'a Run, VariableId),
    /// Nothing but that what was done is stored.
    Once(&'a Once),
}

impl Question<'_> {
    /// What the question was called.
    pub(crate) fn was(&self) -> Vec<(String, Span)> {
        self.source.older().names(self.source.name(), &self.name)
    }

    /// Whether it waits for an event, and asks nothing.
    pub(crate) fn hears(&self) -> bool {
        self.source.ask().is_some_and(|ask| ask.prompt.is_none())
    }
}

impl<'a> Source<'a> {
    /// The name of the variable that its answer goes to.
    pub(crate) fn name(self) -> &'a Ident {
        match self {
            Source::Ask(ask) => &ask.name,
            Source::Run(run, _) => &run.name,
            Source::Once(once) => &once.name,
        }
    }

    /// The question, unless another conversation stands in its place.
    pub(crate) fn ask(self) -> Option<&'a Ask> {
        match self {
            Source::Ask(ask) => Some(ask),
            Source::Run(..) | Source::Once(_) => None,
        }
    }

    /// What its author says of it in older states.
    pub(crate) fn older(self) -> &'a Older {
        match self {
            Source::Ask(ask) => &ask.older,
            Source::Run(run, _) => &run.older,
            Source::Once(once) => &once.older,
        }
    }

    /// What it ends with; missing where nobody wants it.
    pub(crate) fn ty(self) -> Option<&'a Type> {
        match self {
            Source::Ask(ask) => ask.ty.as_ref(),
            Source::Run(run, _) => run.ty.as_ref(),
            Source::Once(once) => once.ty.as_ref(),
        }
    }

    /// What is said, or run, as written.
    pub(crate) fn prompt(self) -> String {
        match self {
            Source::Ask(ask) => ask.prompt.as_ref().map_or_else(|| "hear".to_owned(), |prompt| prompt.source()),
            Source::Run(run, _) => format!("run {}", source(run.value.to_token_stream())),
            Source::Once(once) => format!("once {}", source(once.value.to_token_stream())),
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
#[derive(Clone)]
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
    /// `back`, from this question, and where that goes on: it is asked again where none was before it.
    Back(QuestionId, BlockId),
}

impl Exit {
    pub(crate) fn target(self) -> Option<BlockId> {
        match self {
            Exit::To(target) | Exit::With(_, target) | Exit::Back(_, target) => Some(target),
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
    /// It waits on, as if nothing had come, by the clock that runs.
    Again(QuestionId),
    /// The conversation is stored as it stands, and goes on at once at [`Question::resume`].
    Store(QuestionId),
    /// Back to the question before this one, which is left as it stands: it is asked again where none was before it.
    Back(QuestionId, Span),
    /// Another conversation takes its turn: it waits, ends, or leaves what this one listens for.
    Run {
        question: QuestionId,
        heard: Listening,
        done: BlockId,
    },
    /// Something came.
    Reply {
        question: QuestionId,
        heard: Listening,
        accepted: BlockId,
        /// Where a reply leads that will not do. A `hear` that has no `else` leaves every reply unread.
        refused: Option<BlockId>,
        /// What `|problem|` binds, for `refused`.
        problem: Option<VariableId>,
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

/// What is listened for while the conversation waits, and where each leads; the innermost handler first.
#[derive(Default)]
pub(crate) struct Listening {
    /// Heard before a reply is read.
    pub(crate) words: Vec<(Vec<String>, BlockId)>,
    pub(crate) events: Vec<MatchArm>,
    pub(crate) timers: Vec<(VariableId, BlockId)>,
    pub(crate) silence: Option<BlockId>,
    /// How many silences there were, where a conversation is run and that matters.
    pub(crate) silences: Option<VariableId>,
}

impl Listening {
    pub(crate) fn targets(&self) -> impl Iterator<Item = BlockId> + '_ {
        let words = self.words.iter().map(|(_, block)| *block);
        let events = self.events.iter().map(|arm| arm.block);
        words.chain(events).chain(self.timers.iter().map(|(_, block)| *block)).chain(self.silence)
    }

    pub(crate) fn targets_mut(&mut self) -> impl Iterator<Item = &mut BlockId> {
        let words = self.words.iter_mut().map(|(_, block)| block);
        let events = self.events.iter_mut().map(|arm| &mut arm.block);
        words.chain(events).chain(self.timers.iter_mut().map(|(_, block)| block)).chain(&mut self.silence)
    }
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

impl Operation<'_> {
    /// A statement of ours.
    fn ours(statement: TokenStream, uses: &[VariableId], declares: &[VariableId]) -> Self {
        let code = syn::parse2(statement).expect("a statement");
        let statement =
            Opaque { code, uses: uses.iter().copied().collect(), binds: BTreeSet::new(), exits: Vec::new() };
        Operation::Rust { statement, declares: declares.to_vec(), assigns: None }
    }
}

impl<'a> Graph<'a> {
    /// A variable of ours, which no name of the source means.
    fn declare_ours(&mut self, label: String, mutable: bool, ty: Type) -> VariableId {
        let name = format_ident!("__{label}", span = Span::mixed_site());
        self.variables.add(Variable {
            name,
            mutable,
            from_pattern: false,
            label: Some(label),
            ty: Some(ty),
            older: Older::default(),
        })
    }

    pub(crate) fn block(&self, id: BlockId) -> &Block<'a> {
        &self.blocks[id.0]
    }

    pub(crate) fn question(&self, id: QuestionId) -> &Question<'a> {
        &self.questions[id.0]
    }

    /// Where a block leads, within its turn and behind the wait that it ends with.
    pub(crate) fn ways(&self, id: BlockId) -> impl Iterator<Item = BlockId> + '_ {
        let block = self.block(id);
        let resume = match &block.end {
            End::Wait(question) | End::Again(question) | End::Store(question) | End::Run { question, .. } => {
                Some(self.question(*question).resume)
            }
            _ => None,
        };
        block.jumps().chain(block.end.targets()).chain(resume)
    }

    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = BlockId> + use<> {
        (0..self.blocks.len()).map(BlockId)
    }

    /// The other conversations that it runs, in the order of the source; itself it knows.
    pub(crate) fn others(&self, conversation: &Conversation) -> Vec<&'a Run> {
        let runs = self.questions.iter().filter_map(|question| match question.source {
            Source::Run(run, _) => Some(run),
            Source::Ask(_) | Source::Once(_) => None,
        });
        runs.filter(|run| !run.is_of(conversation)).collect()
    }

    /// What runs in this variable.
    pub(crate) fn running(&self, variable: VariableId) -> Option<&'a Run> {
        self.questions.iter().find_map(|question| match question.source {
            Source::Run(run, running) if running == variable => Some(run),
            _ => None,
        })
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
            End::Never
            | End::Wait(_)
            | End::Again(_)
            | End::Store(_)
            | End::Back(..)
            | End::Return(..)
            | End::CloseOnSilence
            | End::Close(_) => Vec::new(),
            End::Goto(target) => vec![*target],
            End::If { then, otherwise, .. } => vec![*then, *otherwise],
            End::Match { arms, .. } => arms.iter().map(|arm| arm.block).collect(),
            End::Run { heard, done, .. } => heard.targets().chain([*done]).collect(),
            End::Reply { heard, accepted, refused, again, .. } => {
                heard.targets().chain(*refused).chain([*again, *accepted]).collect()
            }
        }
    }
}
