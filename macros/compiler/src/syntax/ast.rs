//! The tree of a conversation: the language's own statements taken apart, the Rust between them left as syn read it.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Attribute, Expr, Generics, Ident, Label, LitStr, Pat, Path, Type, Visibility};

use crate::types::named;

/// `pub Introduction(country: Country) -> Person { … }`
pub(crate) struct Conversation {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    /// With its `where` clause.
    pub(crate) generics: Generics,
    pub(crate) parameters: Vec<Parameter>,
    /// `with (kitchen: Kitchen)`
    pub(crate) dependencies: Vec<Parameter>,
    /// `hears Payment`
    pub(crate) hears: Option<Type>,
    pub(crate) output: Option<Type>,
    /// What stands at the head of the body.
    pub(crate) outdated: Vec<Outdated>,
    pub(crate) body: Block,
}

/// A parameter: a public field of the conversation's struct.
pub(crate) struct Parameter {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) older: Older,
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

/// `#[was = "phone"]` and `#[default(0)]`: how a variable is read from what a build before has stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Older {
    /// What it was called.
    pub(crate) was: Vec<(String, Span)>,
    /// The value that it is read with where nothing stored has one.
    pub(crate) default: Option<Expr>,
    /// The first of the attributes that say so.
    pub(crate) place: Option<Span>,
}

/// `on outdated "coupon" => goto payment`: what becomes of stored states that cannot be read.
pub(crate) struct Outdated {
    /// The `outdated` itself.
    pub(crate) span: Span,
    /// The questions that are gone; none where it is for everything else.
    pub(crate) questions: Vec<(String, Span)>,
    pub(crate) remedy: Remedy,
}

pub(crate) enum Remedy {
    /// It begins again, with these words before.
    Restart(Option<LitStr>),
    /// It is left for a build that can read it.
    Park,
    Close {
        code: Expr,
        reason: Option<LitStr>,
    },
    /// Another question is asked.
    Goto(Ident),
    /// A function makes a state of this build of it.
    Migrate(Path),
}

/// Statements, and the value they end with.
pub(crate) struct Block {
    pub(crate) statements: Vec<Statement>,
    pub(crate) tail: Option<Value>,
    /// The closing brace.
    pub(crate) end: Span,
}

pub(crate) enum Statement {
    /// `let name: Type = ask …;` or `let event: Type = hear …;`
    Ask(Ask),
    /// `let name: Type = run …;`
    Run(Run),
    /// `let name: Type = once …;`
    Once(Once),
    /// `revise name;`
    Revise(Ident),
    /// `say …;`
    Say(Message),
    /// `retry;`
    Verb(Verb),
    /// `on "cancel" => …;`, for the rest of the block.
    On(On),
    /// `on outdated => …;`
    Outdated(Outdated),
    /// `let pattern: Type = if … { … ask … };`
    Let { pattern: Pat, ty: Option<Type>, value: Control, older: Older },
    /// Control flow that holds a question, as a statement.
    Control(Control),
    /// Rust without a question in it. It may still `say`, or jump: the markers of `shape` stand in it.
    Rust(syn::Stmt),
}

/// The value of a block.
pub(crate) enum Value {
    Rust(Expr),
    Control(Box<Control>),
}

/// Control flow that holds a question, and therefore becomes part of the graph.
pub(crate) enum Control {
    If { condition: Expr, then: Block, otherwise: Option<Box<Block>> },
    Match { scrutinee: Expr, arms: Vec<Arm> },
    Loop { label: Option<Label>, body: Block },
    While { label: Option<Label>, condition: Expr, body: Block },
    For { label: Option<Label>, pattern: Pat, ty: Option<Type>, items: Expr, body: Block },
    Block { label: Option<Label>, body: Block },
}

pub(crate) struct Arm {
    /// With its guard, if it has one: in syn a guard is part of the pattern.
    pub(crate) pattern: Pat,
    pub(crate) body: Block,
}

/// A question, or a wait for an event.
pub(crate) struct Ask {
    pub(crate) older: Older,
    pub(crate) name: Ident,
    pub(crate) mutable: bool,
    /// What the reply is read as; missing where the source has none, which was reported.
    pub(crate) ty: Option<Type>,
    /// What is said; nothing where it waits for an event.
    pub(crate) prompt: Option<Message>,
    /// Where this is `Some`, it is the answer, and nothing is asked.
    pub(crate) unless: Option<Expr>,
    /// What the reply has to be one of.
    pub(crate) among: Option<Expr>,
    pub(crate) verbatim: bool,
    pub(crate) ons: Vec<On>,
    pub(crate) tries: Option<Tries>,
    pub(crate) wheres: Vec<Where>,
    pub(crate) within: Option<Within>,
    pub(crate) refused: Option<Action>,
}

/// Another conversation, held in the place of a question.
pub(crate) struct Run {
    pub(crate) older: Older,
    /// As the variable; as the conversation's type where its output goes nowhere.
    pub(crate) name: Ident,
    pub(crate) mutable: bool,
    /// The output's type; missing where it goes nowhere, or where the source has none, which was reported.
    pub(crate) ty: Option<Type>,
    /// The conversation's type.
    pub(crate) conversation: Type,
    pub(crate) value: Expr,
}

impl Run {
    /// Whether it runs the conversation that it stands in.
    pub(crate) fn is_of(&self, conversation: &Conversation) -> bool {
        let mut ty = Some(&self.conversation);
        while let Some((name, inner)) = ty.and_then(named) {
            if *name == conversation.name {
                return true;
            }
            ty = inner; // Of the box that it stands in.
        }
        false
    }
}

/// Something that is done once, and whose value is stored before anything else happens.
pub(crate) struct Once {
    pub(crate) older: Older,
    /// As the variable; as what is called where the value goes nowhere.
    pub(crate) name: Ident,
    pub(crate) mutable: bool,
    /// The value's type; missing where it goes nowhere.
    pub(crate) ty: Option<Type>,
    /// Whether the value goes into a variable.
    pub(crate) bound: bool,
    pub(crate) value: Expr,
}

/// `where CONDITION else action`
pub(crate) struct Where {
    pub(crate) condition: Expr,
    pub(crate) action: Action,
}

/// `within DURATION else action`
pub(crate) struct Within {
    /// An expression of type `Duration`.
    pub(crate) duration: Expr,
    pub(crate) action: Option<Action>,
}

/// `tries COUNT else action`
pub(crate) struct Tries {
    pub(crate) count: Expr,
    pub(crate) action: Action,
}

/// `on "cancel" | "stop" => action`
pub(crate) struct On {
    /// The `on` itself.
    pub(crate) span: Span,
    pub(crate) what: Heard,
    pub(crate) action: Action,
}

impl On {
    /// The words that it is for; none where it is for something else.
    pub(crate) fn words(&self) -> &[(String, Span)] {
        match &self.what {
            Heard::Words(words) => words,
            _ => &[],
        }
    }
}

/// What an `on` is for.
pub(crate) enum Heard {
    /// Words, lowercase, each with its place.
    Words(Vec<(String, Span)>),
    /// An event, with its guard.
    Event(Pat),
    /// `silence 5min`
    Silence(Expr),
    /// `after 30d`
    After(Expr),
}

/// What happens next.
#[derive(Clone)]
pub(crate) struct Verb {
    /// The word.
    pub(crate) span: Span,
    pub(crate) kind: VerbKind,
}

#[derive(Clone)]
pub(crate) enum VerbKind {
    Retry,
    Wait,
    Back,
    Goto(Ident),
    Answer(Expr),
    Close { code: Expr, reason: Option<Message> },
}

/// What happens when a reply will not do, or does not come.
pub(crate) enum Action {
    /// Says it and asks again.
    Say(Message),
    /// The first time the first, and so on; the last one stays.
    List(Vec<Action>),
    /// `|problem| { … }`
    Block { problem: Option<Ident>, block: Block },
}

/// Something to say.
#[derive(Clone)]
pub(crate) enum Message {
    /// A string literal and its format arguments.
    Format { text: String, tokens: TokenStream },
    /// Any other expression.
    Value(Expr),
}

impl Message {
    pub(crate) fn tokens(&self) -> TokenStream {
        match self {
            Message::Format { tokens, .. } => tokens.clone(),
            Message::Value(value) => value.to_token_stream(),
        }
    }
}
