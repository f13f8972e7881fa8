//! From the tree to the graph.

mod action;
mod ask;
mod control;
mod listen;
mod once;
mod opaque;
mod revise;
mod run;
mod verb;

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use syn::spanned::Spanned;
use syn::{Expr, Lifetime, Stmt, Token, Type};

use super::{Block, BlockId, End, Exit, Graph, Operation, QuestionId, Source};
use crate::diagnostics::Diagnostics;
use crate::names::{Arena, Mark, Scopes, Variable, VariableId, Variables, plain};
use crate::opaque::{Binding, Uses, value_diverges};
use crate::syntax::ast::{self, Conversation, Message, Older, On, Statement, Value};
use crate::syntax::report_misplaced;

/// The graph of a conversation. What does not fit into one is reported and left out.
pub(crate) fn build<'a>(cx: &mut Diagnostics, conversation: &'a Conversation) -> Graph<'a> {
    let graph = Graph {
        blocks: vec![Block::default()],
        questions: Vec::new(),
        variables: Arena::default(),
        parameters: Vec::new(),
        items: Vec::new(),
        awaits: false,
        goes_back: false,
        jumps: Vec::new(),
    };
    let mut builder = Builder {
        cx,
        graph,
        scopes: Scopes::default(),
        here: Some(Graph::ENTRY),
        frames: Vec::new(),
        pending: Vec::new(),
        labels: Vec::new(),
        targeted: BTreeSet::new(),
        handlers: Vec::new(),
        definitions: Vec::new(),
        revised: Vec::new(),
        place: None,
        hears: conversation.hears.is_some(),
        talk: conversation.dependencies.iter().all(|dependency| dependency.name != "talk"),
        dead: false,
        astray: Vec::new(),
        unheard: Vec::new(),
    };
    for dependency in &conversation.dependencies {
        builder.declare(dependency.name.clone(), false, Some(dependency.ty.clone()));
    }
    builder.graph.variables.are_dependencies();
    for parameter in &conversation.parameters {
        let id = builder.declare(parameter.name.clone(), false, Some(parameter.ty.clone()));
        builder.graph.parameters.push(id);
    }
    for (index, parameter) in conversation.parameters.iter().enumerate() {
        let id = builder.graph.parameters[index];
        builder.read_older(&[id], parameter.older.clone());
    }
    builder.block(&conversation.body, Destination::Output);
    builder.report_astray();
    builder.report_unheard();
    builder.graph
}

struct Builder<'c, 'a> {
    cx: &'c mut Diagnostics,
    graph: Graph<'a>,
    scopes: Scopes,
    /// The block that is being filled; none where nothing leads.
    here: Option<BlockId>,
    /// The loops and labelled blocks around.
    frames: Vec<Frame>,
    /// The questions in whose `else` or `within` this stands.
    pending: Vec<QuestionId>,
    /// The questions of this block and of those around it, which a `goto` may name.
    labels: Vec<Vec<(Ident, BlockId)>>,
    /// The questions that a `goto` leads to.
    targeted: BTreeSet<BlockId>,
    /// What is listened for at every question, the innermost last.
    handlers: Vec<Handler<'a>>,
    /// The questions up to here, which a `revise` may ask again.
    definitions: Vec<Definition<'a>>,
    /// The answers of the questions that are being revised, each from within the one before.
    revised: Vec<VariableId>,
    /// Where the `revise` stands whose question is being built.
    place: Option<Place>,
    /// Whether there are events.
    hears: bool,
    /// Whether `talk` is ours to name, where no variable has the name.
    talk: bool,
    /// Whether it was reported that nothing leads here.
    dead: bool,
    /// The `goto`s to a question that is not to be seen, with those that are.
    astray: Vec<(Ident, Vec<String>)>,
    /// The `on`s that no question has heard yet, and whether there was one that another `on` kept them from.
    unheard: Vec<(&'a On, bool)>,
}

/// An `on` of this block or of one around it, and what could be seen where it stands.
#[derive(Clone, Copy)]
struct Handler<'a> {
    on: &'a On,
    /// Of an `on after`.
    timer: Option<VariableId>,
    scope: Mark,
    frames: usize,
    labels: usize,
}

/// A question that was built, and what could be seen where it stands.
struct Definition<'a> {
    source: Source<'a>,
    answer: VariableId,
    scopes: Scopes,
    frames: usize,
    labels: usize,
}

/// What can be seen at one place, while the question of another is being built there.
struct Place {
    scopes: Scopes,
    frames: Vec<Frame>,
    labels: Vec<Vec<(Ident, BlockId)>>,
}

/// Something that `break` and `continue` can mean.
struct Frame {
    label: Option<Lifetime>,
    is_loop: bool,
    break_to: BlockId,
    continue_to: Option<BlockId>,
    destination: Destination,
    broken: bool,
}

impl Frame {
    /// What a `break` does.
    fn leave(&mut self) -> Exit {
        self.broken |= self.destination != Destination::Output;
        match self.destination {
            Destination::Output => Exit::Output,
            Destination::Variable(variable) => Exit::With(variable, self.break_to),
            Destination::Nothing => Exit::To(self.break_to),
        }
    }
}

/// Where the value of a block goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Destination {
    /// It is the conversation's output.
    Output,
    Variable(VariableId),
    /// There is none.
    Nothing,
}

impl<'a> Builder<'_, 'a> {
    fn new_block(&mut self) -> BlockId {
        self.graph.blocks.push(Block::default());
        BlockId(self.graph.blocks.len() - 1)
    }

    fn push(&mut self, operation: Operation<'a>) {
        if self.graph.awaits {
            self.part(operation.awaits());
        }
        if let Some(here) = self.here {
            self.graph.blocks[here.0].operations.push(operation);
        }
    }

    /// Ends the block that is being filled.
    fn end(&mut self, end: End) {
        if self.graph.awaits {
            self.part(end.awaits());
        }
        if let Some(here) = self.here.take() {
            self.graph.blocks[here.0].end = end;
            self.dead = false;
        }
    }

    /// Begins another block for what awaits, where something was awaited in this one: see `lower`.
    fn part(&mut self, awaits: bool) {
        let Some(here) = self.here.filter(|_| awaits) else { return };
        if self.graph.blocks[here.0].operations.iter().any(Operation::awaits) {
            let next = self.new_block();
            self.graph.blocks[here.0].end = End::Goto(next);
            self.here = Some(next);
        }
    }

    fn goto(&mut self, target: BlockId) {
        self.end(End::Goto(target));
    }

    fn declare(&mut self, name: Ident, mutable: bool, ty: Option<Type>) -> VariableId {
        self.add(Variable { name, mutable, from_pattern: false, label: None, ty, older: Older::default() })
    }

    /// The variable that a question's answer goes to, which nothing sees yet.
    fn answer(&mut self, name: &Ident, mutable: bool, ty: &Option<Type>, older: &Older) -> VariableId {
        self.check_default(older);
        let (name, ty, older) = (name.clone(), ty.clone(), older.clone());
        self.graph.variables.add(Variable { name, mutable, from_pattern: false, label: None, ty, older })
    }

    /// A variable of ours, which no name of the source means.
    fn declare_ours(&mut self, label: String, ty: Type) -> VariableId {
        self.graph.declare_ours(label, true, ty)
    }

    /// A statement of ours.
    fn ours(&mut self, statement: TokenStream, uses: &[VariableId], declares: &[VariableId]) {
        self.push(Operation::ours(statement, uses, declares));
    }

    fn declare_all(&mut self, found: Vec<(Binding, Option<Type>)>) -> Vec<VariableId> {
        let variables = found.into_iter().map(|(Binding { name, mutable, nested }, ty)| {
            self.add(Variable { name, mutable, from_pattern: nested, label: None, ty, older: Older::default() })
        });
        variables.collect()
    }

    fn add(&mut self, variable: Variable) -> VariableId {
        let name = plain(&variable.name);
        let id = self.graph.variables.add(variable);
        self.scopes.bind(name, id);
        id
    }

    fn used(&mut self, uses: &Uses) -> Variables {
        self.graph.awaits |= uses.awaits;
        self.scopes.resolve_all(&uses.free)
    }

    /// Has variables that one statement declares be read as it says: it is about one of them.
    fn read_older(&mut self, declared: &[VariableId], older: Older) {
        self.check_default(&older);
        match (declared, older.place) {
            (_, None) => {}
            ([variable], Some(_)) => *self.graph.variables.older(*variable) = older,
            (_, Some(place)) => {
                self.cx
                    .error(place, "this is said of one variable, and the pattern declares another number of them")
                    .help("give the variable a `let` of its own");
            }
        }
    }

    /// Reports a `#[default]` that uses what is not there where an older state is read.
    fn check_default(&mut self, older: &Older) {
        let Some(default) = &older.default else { return };
        let uses = Uses::of_expression(default);
        if let Some(name) = uses.free.iter().find(|name| self.scopes.resolve(name).is_some()) {
            self.cx.error_under(default, format_args!("the value of a `#[default]` cannot use `{name}`")).help(
                "it is made where an older state is read, which may have no such variable: write one that stands alone",
            );
        }
    }

    /// A block's statements, then its value to where it goes.
    fn block(&mut self, block: &'a ast::Block, destination: Destination) {
        let mark = self.scopes.enter();
        let handlers = self.handlers.len();
        let mut labels = Vec::new();
        for statement in &block.statements {
            match statement {
                Statement::Ask(ast::Ask { name, .. }) | Statement::Run(ast::Run { name, .. }) => {
                    labels.push((name.clone(), self.new_block()));
                }
                _ => {}
            }
        }
        self.labels.push(labels);
        for statement in &block.statements {
            self.statement(statement);
        }
        match &block.tail {
            Some(Value::Rust(value)) => self.value(value, destination),
            Some(Value::Control(control)) => self.control(control, destination),
            None if destination == Destination::Output => self.end(End::Return(None, block.end)),
            None if self.here.is_some() && destination != Destination::Nothing => {
                self.cx
                    .error(block.end, "this block ends without the value that is expected of it")
                    .help("end it by the value, without a `;`");
                self.here = None;
            }
            None => {}
        }
        self.labels.pop();
        self.handlers.truncate(handlers);
        self.scopes.leave(mark);
    }

    fn value(&mut self, value: &Expr, destination: Destination) {
        if self.here.is_none() {
            self.unreachable(value.span());
            return;
        }
        let leaves = value_diverges(value);
        if leaves || destination == Destination::Nothing {
            self.rust(&Stmt::Expr(value.clone(), Some(Token![;](value.span()))));
            return;
        }
        let value = self.opaque_expression(value);
        match destination {
            Destination::Output => {
                let span = value.code.span();
                self.end(End::Return(Some(value), span));
            }
            Destination::Variable(variable) => self.push(Operation::Bind { variable, value }),
            Destination::Nothing => unreachable!("handled above"),
        }
    }

    fn statement(&mut self, statement: &'a Statement) {
        if let Statement::On(on) = statement {
            self.listen(on);
            return;
        }
        if self.here.is_none()
            && let Statement::Ask(ast::Ask { name, .. }) | Statement::Run(ast::Run { name, .. }) = statement
            && let Some(entry) = self.entry(name)
            && self.targeted.contains(&entry)
        {
            // Only a `goto` leads here.
            self.here = Some(entry);
        }
        if self.here.is_none() {
            self.unreachable_statement(statement);
            return;
        }
        match statement {
            Statement::Ask(ask) => self.ask(ask),
            Statement::Run(run) => self.run(run),
            Statement::Once(once) => self.once(once),
            Statement::Revise(name) => self.revise(name),
            Statement::Say(message) => self.say(message),
            Statement::Verb(verb) => self.verb(verb),
            Statement::On(_) => {}
            Statement::Outdated(outdated) => report_misplaced(self.cx, outdated.span),
            Statement::Let { pattern, ty, value, older } => self.let_control(pattern, ty.as_ref(), value, older),
            Statement::Control(control) => self.control(control, Destination::Nothing),
            Statement::Rust(Stmt::Item(item)) => self.graph.items.push(item.clone()),
            Statement::Rust(statement) => self.rust(statement),
        }
    }

    fn unreachable_statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Ask(ast::Ask { name, mutable, ty, .. }) | Statement::Run(ast::Run { name, mutable, ty, .. }) => {
                if !std::mem::replace(&mut self.dead, true) {
                    self.cx
                        .error(name.span(), format_args!("nothing leads to the question `{name}`"))
                        .help("take it out, or have a `goto` or a branch that goes on lead here");
                }
                // Later statements still see the answer.
                self.declare(name.clone(), *mutable, ty.clone());
            }
            Statement::Once(ast::Once { name, mutable, ty, .. }) => {
                self.unreachable(name.span());
                self.declare(name.clone(), *mutable, ty.clone());
            }
            Statement::Revise(name) => self.unreachable(name.span()),
            Statement::Rust(Stmt::Item(item)) => self.graph.items.push(item.clone()),
            Statement::Rust(statement) => self.unreachable(statement.span()),
            Statement::Verb(verb) => self.unreachable(verb.span),
            Statement::Outdated(outdated) => report_misplaced(self.cx, outdated.span),
            Statement::On(_) => {}
            Statement::Say(Message::Format { tokens, .. }) => self.unreachable(tokens.span()),
            Statement::Say(Message::Value(value)) => self.unreachable(value.span()),
            Statement::Let { pattern, .. } => self.unreachable(pattern.span()),
            Statement::Control(_) => {}
        }
    }

    /// Reports the first of the statements that nothing leads to.
    fn unreachable(&mut self, span: Span) {
        if std::mem::replace(&mut self.dead, true) {
            return;
        }
        self.cx
            .error(span, "nothing leads here: what stands before it never goes on")
            .help("take this out, or put what stands before it into an `if`");
    }

    fn say(&mut self, message: &'a Message) {
        let uses = self.message_uses(message);
        self.push(Operation::Say { message, uses });
    }

    fn message_uses(&mut self, message: &Message) -> Variables {
        let uses = match message {
            Message::Format { tokens, .. } => Uses::of_tokens(tokens),
            Message::Value(value) => Uses::of_expression(value),
        };
        self.used(&uses)
    }
}
