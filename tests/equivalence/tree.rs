//! Conversations as data: what is generated, interpreted, written down and shrunk. A tree of its own, so that nothing is
//! shared with the compiler that it tests.

use std::fmt;

use crate::transcript::Note;

/// The name of a variable, a question or a label.
pub(crate) type Name = String;

/// What a variable holds, and a question asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// `u32`
    Number,
    /// `bool`
    Flag,
    /// `String`
    Text,
    /// `Option<u32>`
    Maybe,
    /// `Vec<u32>`
    Numbers,
    /// `Size`, which the program around the conversations declares as a `Choice`.
    Size,
    /// `Note`, an event.
    Note,
    /// `T`, the parameter of a conversation's types.
    Generic,
    /// `Stock`, which a conversation depends on.
    Stock,
}

impl Type {
    /// Those which a question can ask for.
    pub(crate) const ALL: [Type; 6] = [Type::Number, Type::Flag, Type::Text, Type::Maybe, Type::Numbers, Type::Size];

    /// Whether a value is shown by `{}`, and not by `{:?}` alone.
    pub(crate) fn is_display(self) -> bool {
        matches!(self, Type::Number | Type::Flag | Type::Text)
    }

    pub(crate) fn is_copy(self) -> bool {
        matches!(self, Type::Number | Type::Flag | Type::Maybe | Type::Size)
    }
}

/// The variants of the `Choice`.
pub(crate) const SIZES: [&str; 3] = ["Small", "Medium", "ExtraLarge"];

/// A value of one of the types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Unit,
    Number(u32),
    Flag(bool),
    Text(String),
    Maybe(Option<u32>),
    Numbers(Vec<u32>),
    Size(usize),
    Note(Note),
    /// With so many of something.
    Stock(u32),
    /// The output `Some(value)`, `None`, `Ok(value)` or `Err(text)`.
    Wrapped(&'static str, Option<Box<Value>>),
}

/// As Rust's `{:?}` shows it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Unit => f.write_str("()"),
            Value::Number(number) => write!(f, "{number:?}"),
            Value::Flag(flag) => write!(f, "{flag:?}"),
            Value::Text(text) => write!(f, "{text:?}"),
            Value::Maybe(maybe) => write!(f, "{maybe:?}"),
            Value::Numbers(numbers) => write!(f, "{numbers:?}"),
            Value::Size(size) => f.write_str(SIZES[*size]),
            Value::Note(note) => write!(f, "{note:?}"),
            Value::Stock(left) => write!(f, "Stock({left})"),
            Value::Wrapped(variant, None) => f.write_str(variant),
            Value::Wrapped(variant, Some(value)) => write!(f, "{variant}({value})"),
        }
    }
}

/// A piece of Rust that has a value. None waits.
#[derive(Clone, Debug)]
pub(crate) enum Expression {
    Literal(Value),
    /// A variable, cloned where its type is not `Copy`.
    Variable(Name, Type),
    /// Of two numbers, the last three digits.
    Sum(Box<Expression>, Box<Expression>),
    Less(Box<Expression>, Box<Expression>),
    /// Of two values of one type.
    Equal(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Both(Box<Expression>, Box<Expression>),
    /// Of a text or of numbers.
    Length(Type, Box<Expression>),
    /// `format!`
    Format(Template),
    Some(Box<Expression>),
    /// `unwrap_or`
    Or(Box<Expression>, Box<Expression>),
    /// The first of some numbers, if there is one.
    First(Box<Expression>),
    /// `vec![…]`
    List(Vec<Expression>),
    /// How many there are of what the conversation depends on.
    Left(Name),
    /// `name.take()`, which leaves `None`.
    Take(Name),
    /// `maybe?` where the output is an `Option`, `checked(number)?` where it is a `Result`.
    Try(Outcome, Box<Expression>),
}

/// A message, or the format string of a `format!`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Template(pub(crate) Vec<Piece>);

#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Text(String),
    /// `{name}` or `{name:?}`
    Capture(Name, Type),
    /// `{}` or `{:?}`, with the value behind the string.
    Argument(Expression, Type),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    pub(crate) statements: Vec<Statement>,
    pub(crate) tail: Option<Box<Tail>>,
}

/// The value of a block.
#[derive(Clone, Debug)]
pub(crate) enum Tail {
    Value(Expression),
    Control(Control),
    /// The body's, wrapped into the variant.
    Output(&'static str, Option<Expression>),
}

#[derive(Clone, Debug)]
pub(crate) enum Statement {
    Let {
        name: Name,
        mutable: bool,
        ty: Type,
        written: bool,
        value: Expression,
    },
    /// `let name: Type = if … { … } else { … };` and the like.
    LetControl {
        name: Name,
        mutable: bool,
        ty: Type,
        value: Control,
    },
    /// `let name: Type;`
    Declare {
        name: Name,
        ty: Type,
    },
    Assign(Name, Expression),
    /// `+=` of the last two digits for a number, `push_str` for a text, `push` for numbers.
    Append(Name, Type, Expression),
    Say(Template),
    /// `say text;`
    SayValue(Expression),
    Ask(Box<Ask>),
    Run(Box<Run>),
    /// `let name: Type = once value;`
    Once {
        name: Name,
        mutable: bool,
        ty: Type,
        value: Expression,
    },
    On(On),
    Revise(Name),
    Verb(Verb),
    Control(Control),
}

#[derive(Clone, Debug)]
pub(crate) enum Control {
    If { condition: Condition, then: Block, otherwise: Option<Block> },
    Match { scrutinee: Expression, ty: Type, arms: Vec<Arm> },
    Loop { label: Option<Name>, body: Block },
    While { label: Option<Name>, condition: Condition, body: Block },
    For { label: Option<Name>, item: Name, written: bool, items: Expression, body: Block },
    Block { label: Option<Name>, body: Block },
}

#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Holds(Expression),
    /// `let Some(name) = maybe`
    IsSome(Name, Expression),
}

#[derive(Clone, Debug)]
pub(crate) struct Arm {
    pub(crate) pattern: Pattern,
    pub(crate) guard: Option<Expression>,
    pub(crate) body: Block,
}

#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    Anything,
    Bind(Name),
    Is(Value),
    Some(Name),
    /// `Note::Paid(name)`
    Paid(Name),
}

/// `let name: Type = ask "…" …;`, or `let name: Type = hear …;`
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) name: Name,
    pub(crate) mutable: bool,
    pub(crate) ty: Type,
    /// None at a `hear`, which waits for an event.
    pub(crate) prompt: Option<Template>,
    pub(crate) unless: Option<Unless>,
    pub(crate) among: Option<Expression>,
    pub(crate) verbatim: bool,
    pub(crate) ons: Vec<On>,
    pub(crate) wheres: Vec<(Expression, Action)>,
    pub(crate) within: Option<(Duration, Option<Action>)>,
    pub(crate) tries: Option<(Expression, Action)>,
    /// The bare `else`.
    pub(crate) refused: Option<Action>,
}

/// Nothing goes round for ever without a wait: whatever answers a question unasked is used up.
#[derive(Clone, Debug)]
pub(crate) enum Unless {
    Take(Name),
    /// `spend(&mut fuel, condition, value)`: the value, if the condition holds, but only so many times in a conversation.
    Spend(Expression, Expression),
}

#[derive(Clone, Debug)]
pub(crate) enum Duration {
    Seconds(u32),
    /// So many seconds, and one more.
    Of(Expression),
}

#[derive(Clone, Debug)]
pub(crate) enum Action {
    Say(Template),
    Verb(Verb),
    Revise(Name),
    Block { problem: Option<Name>, block: Block },
    List(Vec<Action>),
}

#[derive(Clone, Debug)]
pub(crate) struct On {
    pub(crate) what: Occasion,
    pub(crate) action: Action,
}

/// What an `on` is for.
#[derive(Clone, Debug)]
pub(crate) enum Occasion {
    Words(Vec<String>),
    /// An event of this type, if the guard holds.
    Event(Type, Pattern, Option<Expression>),
    /// So many seconds without a word.
    Silence(u32),
    /// So long after it was reached.
    After(Duration),
}

impl On {
    pub(crate) fn words(&self) -> &[String] {
        match &self.what {
            Occasion::Words(words) => words,
            _ => &[],
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Verb {
    Retry,
    Wait,
    Back,
    Answer(Expression),
    Goto(Name),
    Close(u16, Option<Template>),
    /// The output's variant, empty where it is plain.
    Return(&'static str, Option<Expression>),
    Break(Option<Name>, Option<Expression>),
    Continue(Option<Name>),
}

/// `let name: Type = run Conversation { … };`, or `run Conversation { … };`
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// The place's name, a question's.
    pub(crate) name: Name,
    pub(crate) bound: Option<Type>,
    pub(crate) boxed: bool,
    pub(crate) conversation: Conversation,
    pub(crate) arguments: Vec<Expression>,
}

/// What a conversation ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Unit,
    Plain(Type),
    Fallible(Outcome, Type),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Option,
    /// Its error is a `String`.
    Result,
}

#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    pub(crate) name: Name,
    pub(crate) parameters: Vec<(Name, Type)>,
    /// What its parameters of the type `T` are, if there are any.
    pub(crate) generic: Option<Type>,
    /// What it calls the stock that it depends on, if it does.
    pub(crate) with: Option<Name>,
    /// The type of its events, numbers or notes.
    pub(crate) hears: Option<Type>,
    pub(crate) output: Output,
    pub(crate) body: Block,
}

impl Conversation {
    /// The types of its parameters, as whoever runs it knows them.
    pub(crate) fn parameter_types(&self) -> Vec<Type> {
        let known = |ty| if ty == Type::Generic { self.generic.expect("it has one") } else { ty };
        self.parameters.iter().map(|(_, ty)| known(*ty)).collect()
    }
}

/// A conversation, with the parameters that it is held with.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) conversation: Conversation,
    pub(crate) parameters: Vec<Value>,
}
