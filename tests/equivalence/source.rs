//! The tree as the text of `conversation!`.

use std::fmt::{self, Display, Formatter};

use crate::tree::{
    Action, Arm, Ask, Block, Condition, Control, Conversation, Duration, Expression, Occasion, On, Outcome, Output,
    Pattern, Piece, Program, Run, SIZES, Statement, Tail, Template, Type, Unless, Value, Verb,
};

/// The conversation, and those that it runs, each in a `conversation!` of its own.
pub(crate) fn conversations(conversation: &Conversation) -> String {
    let all = conversation.runs().into_iter().chain([conversation]);
    all.map(|conversation| format!("conversation! {{\n{conversation}\n}}\n\n")).collect()
}

/// `Name { parameter: value, … }`
pub(crate) fn start(program: &Program) -> String {
    let Program { conversation, parameters } = program;
    format!("{}{}", conversation.name, Fields(conversation, parameters))
}

impl Display for Conversation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "pub(crate) {}", self.name)?;
        if self.generic.is_some() {
            f.write_str("<T>")?;
        }
        if !self.parameters.is_empty() {
            let parameters = self.parameters.iter().map(|(name, ty)| format!("{name}: {ty}"));
            write!(f, "({})", parameters.collect::<Vec<_>>().join(", "))?;
        }
        self.with.as_ref().map_or(Ok(()), |with| write!(f, " with ({with}: Stock)"))?;
        self.hears.map_or(Ok(()), |hears| write!(f, " hears {hears}"))?;
        match self.output {
            Output::Unit => {}
            Output::Plain(ty) => write!(f, " -> {ty}")?,
            Output::Fallible(Outcome::Option, ty) => write!(f, " -> Option<{ty}>")?,
            Output::Fallible(Outcome::Result, ty) => write!(f, " -> Result<{ty}, String>")?,
        }
        if self.generic.is_some() {
            f.write_str(" where T: converse::Remember + Clone + std::fmt::Debug")?;
        }
        write!(f, " {{\nlet mut fuel: u32 = 5;\n{}}}", Inside(&self.body))
    }
}

impl Display for Type {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::Number => "u32",
            Type::Flag => "bool",
            Type::Text => "String",
            Type::Maybe => "Option<u32>",
            Type::Numbers => "Vec<u32>",
            Type::Size => "Size",
            Type::Note => "Note",
            Type::Generic => "T",
            Type::Stock => "Stock",
        })
    }
}

/// A value as an expression.
struct Literal<'t>(&'t Value);

impl Display for Literal<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Number(number) => write!(f, "{number}u32"),
            Value::Text(text) => write!(f, "String::from({text:?})"),
            Value::Maybe(None) => f.write_str("nothing()"),
            Value::Maybe(Some(number)) => write!(f, "Some({number}u32)"),
            Value::Numbers(numbers) => write!(f, "Vec::<u32>::from({numbers:?})"),
            Value::Size(size) => write!(f, "Size::{}", SIZES[*size]),
            Value::Note(note) => write!(f, "Note::{note:?}"),
            value => write!(f, "{value}"),
        }
    }
}

/// Braces with each parameter and its value.
struct Fields<'t, T>(&'t Conversation, &'t [T]);

impl Display for Fields<'_, Value> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        fields(f, self.0, self.1.iter().map(Literal))
    }
}

impl Display for Fields<'_, Expression> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        fields(f, self.0, self.1.iter())
    }
}

fn fields(f: &mut Formatter<'_>, of: &Conversation, values: impl Iterator<Item: Display>) -> fmt::Result {
    of.generic.map_or(Ok(()), |ty| write!(f, "::<{ty}>"))?;
    if of.parameters.is_empty() {
        return Ok(());
    }
    let fields = of.parameters.iter().zip(values).map(|((name, _), value)| format!("{name}: {value}"));
    write!(f, " {{ {} }}", fields.collect::<Vec<_>>().join(", "))
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Expression::Literal(value) => write!(f, "{}", Literal(value)),
            Expression::Variable(name, ty) if ty.is_copy() => f.write_str(name),
            Expression::Variable(name, _) => write!(f, "{name}.clone()"),
            Expression::Sum(left, right) => write!(f, "sum({left}, {right})"),
            Expression::Less(left, right) => write!(f, "({left} < {right})"),
            Expression::Equal(left, right) => write!(f, "({left} == {right})"),
            Expression::Not(value) => write!(f, "!{value}"),
            Expression::Both(left, right) => write!(f, "({left} && {right})"),
            Expression::Length(_, value) => write!(f, "count({value}.len())"),
            Expression::Format(template) => write!(f, "format!({template})"),
            Expression::Some(value) => write!(f, "Some({value})"),
            Expression::Or(maybe, value) => write!(f, "{maybe}.unwrap_or({value})"),
            Expression::First(numbers) => write!(f, "{numbers}.first().copied()"),
            Expression::List(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, "vec![{}]", values.join(", "))
            }
            Expression::Left(name) => write!(f, "{name}.left()"),
            Expression::Take(name) => write!(f, "{name}.take()"),
            Expression::Try(Outcome::Option, maybe) => write!(f, "{maybe}?"),
            Expression::Try(Outcome::Result, number) => write!(f, "checked({number})?"),
        }
    }
}

/// A value behind a word, which before a `(` or `!` would be the name of what is called.
struct AfterWord<'t>(&'t Expression);

impl Display for AfterWord<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expression::Less(..) | Expression::Equal(..) | Expression::Both(..) | Expression::Not(_) => {
                write!(f, "bool::from({})", self.0)
            }
            value => write!(f, "{value}"),
        }
    }
}

/// The string in its quotes, then the arguments.
impl Display for Template {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Capture(name, ty) if ty.is_display() => write!(f, "{{{name}}}")?,
                Piece::Capture(name, _) => write!(f, "{{{name}:?}}")?,
                Piece::Argument(_, ty) if ty.is_display() => f.write_str("{}")?,
                Piece::Argument(..) => f.write_str("{:?}")?,
            }
        }
        f.write_str("\"")?;
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Argument(value, _) => write!(f, ", {value}"),
            _ => Ok(()),
        })
    }
}

/// A block with its braces.
impl Display for Block {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{{\n{}}}", Inside(self))
    }
}

/// A block without its braces.
struct Inside<'t>(&'t Block);

impl Display for Inside<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.statements.iter().try_for_each(|statement| writeln!(f, "{statement}"))?;
        match self.0.tail.as_deref() {
            None => Ok(()),
            Some(Tail::Value(value) | Tail::Output("", Some(value))) => writeln!(f, "{value}"),
            Some(Tail::Control(control)) => writeln!(f, "{control}"),
            Some(Tail::Output(variant, None)) => writeln!(f, "{variant}"),
            Some(Tail::Output(variant, Some(value))) => writeln!(f, "{variant}({value})"),
        }
    }
}

impl Display for Statement {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Statement::Let { name, mutable, ty, written, value } => {
                write!(f, "let {}{name}", mut_if(*mutable))?;
                if *written {
                    write!(f, ": {ty}")?;
                }
                write!(f, " = {value};")
            }
            Statement::LetControl { name, mutable, ty, value } => {
                write!(f, "let {}{name}: {ty} = {value};", mut_if(*mutable))
            }
            Statement::Declare { name, ty } => write!(f, "let {name}: {ty};"),
            Statement::Assign(name, value) => write!(f, "{name} = {value};"),
            Statement::Append(name, Type::Number, value) => write!(f, "{name} += {value} % 100;"),
            Statement::Append(name, Type::Text, value) => write!(f, "{name}.push_str(&{value});"),
            Statement::Append(name, _, value) => write!(f, "{name}.push({value});"),
            Statement::Say(template) => write!(f, "say {template};"),
            Statement::SayValue(value) => write!(f, "say {value};"),
            Statement::Ask(ask) => write!(f, "{ask}"),
            Statement::Run(run) => write!(f, "{run}"),
            Statement::Once { name, mutable, ty, value } => {
                write!(f, "let {}{name}: {ty} = once {};", mut_if(*mutable), AfterWord(value))
            }
            Statement::On(on) => write!(f, "{on}{}", if on.action.is_block() { "" } else { ";" }),
            Statement::Revise(name) => write!(f, "revise {name};"),
            Statement::Verb(verb) => write!(f, "{verb};"),
            Statement::Control(control) => write!(f, "{control}"),
        }
    }
}

fn mut_if(mutable: bool) -> &'static str {
    if mutable { "mut " } else { "" }
}

/// `'label: `, where there is one.
struct Label<'t>(&'t Option<String>);

impl Display for Label<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |label| write!(f, "'{label}: "))
    }
}

impl Display for Control {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Control::If { condition, then, otherwise } => {
                write!(f, "if {condition} {then}")?;
                otherwise.as_ref().map_or(Ok(()), |otherwise| write!(f, " else {otherwise}"))
            }
            Control::Match { scrutinee, ty, arms } => {
                let as_str = if *ty == Type::Text { ".as_str()" } else { "" };
                writeln!(f, "match {scrutinee}{as_str} {{")?;
                arms.iter().try_for_each(|arm| writeln!(f, "{arm}"))?;
                f.write_str("}")
            }
            Control::Loop { label, body } => write!(f, "{}loop {body}", Label(label)),
            Control::While { label, condition, body } => write!(f, "{}while {condition} {body}", Label(label)),
            Control::For { label, item, written, items, body } => {
                let ty = if *written || self.asks() { ": u32" } else { "" };
                write!(f, "{}for {item}{ty} in {items} {body}", Label(label))
            }
            Control::Block { label, body } => write!(f, "{}{body}", Label(label)),
        }
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Holds(value) => write!(f, "{value}"),
            Condition::IsSome(name, maybe) => write!(f, "let Some({name}) = {maybe}"),
        }
    }
}

/// A pattern.
struct Taken<'t>(&'t Pattern);

impl Display for Taken<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Pattern::Anything => f.write_str("_"),
            Pattern::Bind(name) => f.write_str(name),
            Pattern::Is(Value::Text(text)) => write!(f, "{text:?}"),
            Pattern::Is(Value::Size(size)) => write!(f, "Size::{}", SIZES[*size]),
            Pattern::Is(Value::Note(note)) => write!(f, "Note::{note:?}"),
            Pattern::Is(value) => write!(f, "{value}"),
            Pattern::Some(name) => write!(f, "Some({name})"),
            Pattern::Paid(name) => write!(f, "Note::Paid({name})"),
        }
    }
}

impl Display for Arm {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Taken(&self.pattern))?;
        if let Some(guard) = &self.guard {
            write!(f, " if {guard}")?;
        }
        match (self.body.statements.as_slice(), &self.body.tail) {
            ([Statement::Say(template)], None) if template.has_no_arguments() => write!(f, " => say {template},"),
            ([Statement::Verb(verb)], None) if verb.has_no_arguments() => write!(f, " => {verb},"),
            _ => write!(f, " => {}", self.body),
        }
    }
}

impl Display for Ask {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "let {}{}: {} = ", mut_if(self.mutable), self.name, self.ty)?;
        match &self.prompt {
            Some(prompt) => write!(f, "ask {prompt}")?,
            None => f.write_str("hear")?,
        }
        match &self.unless {
            None => {}
            Some(Unless::Take(name)) => write!(f, "\nunless {name}.take()")?,
            Some(Unless::Spend(condition, value)) => write!(f, "\nunless spend(&mut fuel, {condition}, {value})")?,
        }
        match &self.among {
            None => {}
            Some(Expression::Variable(name, _)) => write!(f, "\namong &{name}")?,
            Some(options) => write!(f, "\namong {options}")?,
        }
        if self.verbatim {
            f.write_str("\nverbatim")?;
        }
        self.ons.iter().try_for_each(|on| write!(f, "\n{on}"))?;
        self.wheres.iter().try_for_each(|(condition, action)| write!(f, "\nwhere {condition} else {action}"))?;
        // Behind a `within` without one, the bare `else` would be that one's.
        self.refused.as_ref().map_or(Ok(()), |action| write!(f, "\nelse {action}"))?;
        if let Some((duration, action)) = &self.within {
            write!(f, "\nwithin {duration}")?;
            action.as_ref().map_or(Ok(()), |action| write!(f, " else {action}"))?;
        }
        if let Some((most, action)) = &self.tries {
            write!(f, "\ntries {most} else {action}")?;
        }
        f.write_str(";")
    }
}

impl Display for Duration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Duration::Seconds(seconds) => write!(f, "{seconds}s"),
            Duration::Of(seconds) => write!(f, "seconds({seconds})"),
        }
    }
}

impl Display for Action {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Action::Say(template) => write!(f, "{template}"),
            // Behind these, Rust takes a clause's word for a value.
            Action::Verb(verb @ (Verb::Break(None, None) | Verb::Continue(None) | Verb::Return("", None))) => {
                write!(f, "{{ {verb} }}")
            }
            Action::Verb(verb) => write!(f, "{verb}"),
            Action::Revise(name) => write!(f, "revise {name}"),
            Action::Block { problem: None, block } => write!(f, "{block}"),
            Action::Block { problem: Some(problem), block } => write!(f, "|{problem}| {block}"),
            Action::List(actions) => {
                let actions: Vec<String> = actions.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", actions.join(", "))
            }
        }
    }
}

impl Display for On {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.what {
            Occasion::Words(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
                write!(f, "on {}", words.join(" | "))?;
            }
            Occasion::Event(_, pattern, guard) => {
                write!(f, "on {}", Taken(pattern))?;
                guard.as_ref().map_or(Ok(()), |guard| write!(f, " if {guard}"))?;
            }
            Occasion::Silence(seconds) => write!(f, "on silence {seconds}s")?,
            Occasion::After(duration) => write!(f, "on after {duration}")?,
        }
        write!(f, " => {}", self.action)
    }
}

impl Display for Verb {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Verb::Retry => f.write_str("retry"),
            Verb::Wait => f.write_str("wait"),
            Verb::Back => f.write_str("back"),
            Verb::Answer(value) => write!(f, "answer {}", AfterWord(value)),
            Verb::Goto(name) => write!(f, "goto {name}"),
            Verb::Close(code, None) => write!(f, "close {code}"),
            Verb::Close(code, Some(reason)) => write!(f, "close {code}, {reason}"),
            Verb::Return("", None) => f.write_str("return"),
            Verb::Return("", Some(value)) => write!(f, "return {value}"),
            Verb::Return(variant, None) => write!(f, "return {variant}"),
            Verb::Return(variant, Some(value)) => write!(f, "return {variant}({value})"),
            Verb::Break(label, value) => {
                f.write_str("break")?;
                label.as_ref().map_or(Ok(()), |label| write!(f, " '{label}"))?;
                value.as_ref().map_or(Ok(()), |value| write!(f, " {value}"))
            }
            Verb::Continue(None) => f.write_str("continue"),
            Verb::Continue(Some(label)) => write!(f, "continue '{label}"),
        }
    }
}

impl Display for Run {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(ty) = self.bound {
            write!(f, "let {}: {ty} = ", self.name)?;
        }
        let fields = Fields(&self.conversation, self.arguments.as_slice());
        match self.boxed {
            false => write!(f, "run {}{fields};", self.conversation.name),
            true => write!(f, "run Box::new({}{fields});", self.conversation.name),
        }
    }
}

impl Ask {
    /// The actions of all its clauses.
    pub(crate) fn actions(&self) -> impl Iterator<Item = &Action> {
        let wheres = self.wheres.iter().map(|(_, action)| action);
        let within = self.within.iter().filter_map(|(_, action)| action.as_ref());
        let tries = self.tries.iter().map(|(_, action)| action);
        self.ons.iter().map(|on| &on.action).chain(wheres).chain(within).chain(tries).chain(&self.refused)
    }
}

impl Action {
    fn is_block(&self) -> bool {
        matches!(self, Action::Block { .. })
    }
}

impl Template {
    pub(crate) fn has_no_arguments(&self) -> bool {
        self.0.iter().all(|piece| !matches!(piece, Piece::Argument(..)))
    }
}

impl Verb {
    /// Whether it can stand where a comma ends it.
    fn has_no_arguments(&self) -> bool {
        match self {
            Verb::Close(_, reason) => reason.as_ref().is_none_or(Template::has_no_arguments),
            _ => true,
        }
    }
}
