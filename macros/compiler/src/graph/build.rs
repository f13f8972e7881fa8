//! From the tree to the graph.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use syn::spanned::Spanned;
use syn::{Expr, Label, Lifetime, Pat, Stmt, Token, Type, parse_quote_spanned};

use super::inference::{declared, through};
use super::{Block, BlockId, End, Exit, Graph, MatchArm, Opaque, Operation, Question, QuestionId};
use crate::diagnostics::Diagnostics;
use crate::escapes::{self, Escape};
use crate::names::{Arena, Scopes, Variable, VariableId, Variables, plain};
use crate::opaque::{Binding, Uses, assigned, condition_patterns, diverges, value_diverges};
use crate::syntax::ast::{self, Action, Ask, Control, Conversation, Message, Statement, Value};

/// The graph of a conversation. What does not fit into one is reported and left out.
pub(crate) fn build<'a>(cx: &mut Diagnostics, conversation: &'a Conversation) -> Graph<'a> {
    let graph = Graph {
        blocks: vec![Block::default()],
        questions: Vec::new(),
        variables: Arena::default(),
        parameters: Vec::new(),
        items: Vec::new(),
        awaits: false,
    };
    let mut builder = Builder {
        cx,
        graph,
        scopes: Scopes::default(),
        here: Some(Graph::ENTRY),
        frames: Vec::new(),
        pending: Vec::new(),
        dead: false,
    };
    for parameter in &conversation.parameters {
        let id = builder.declare(parameter.name.clone(), false, Some(parameter.ty.clone()));
        builder.graph.parameters.push(id);
    }
    builder.block(&conversation.body, Destination::Output);
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
    /// Whether it was reported that nothing leads here.
    dead: bool,
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
        if let Some(here) = self.here {
            self.graph.blocks[here.0].operations.push(operation);
        }
    }

    /// Ends the block that is being filled.
    fn end(&mut self, end: End) {
        if let Some(here) = self.here.take() {
            self.graph.blocks[here.0].end = end;
            self.dead = false;
        }
    }

    fn goto(&mut self, target: BlockId) {
        self.end(End::Goto(target));
    }

    fn declare(&mut self, name: Ident, mutable: bool, ty: Option<Type>) -> VariableId {
        self.add(Variable { name, mutable, from_pattern: false, ty })
    }

    fn declare_all(&mut self, found: Vec<(Binding, Option<Type>)>) -> Vec<VariableId> {
        let variables = found.into_iter().map(|(Binding { name, mutable, nested }, ty)| {
            self.add(Variable { name, mutable, from_pattern: nested, ty })
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

    /// A block's statements, then its value to where it goes.
    fn block(&mut self, block: &'a ast::Block, destination: Destination) {
        let mark = self.scopes.enter();
        for statement in &block.statements {
            self.statement(statement);
        }
        match &block.tail {
            Some(Value::Rust(value)) => self.value(value, destination),
            Some(Value::Control(control)) => self.control(control, destination),
            None if destination == Destination::Output => self.end(End::Return(None, block.end)),
            None if self.here.is_some() && destination != Destination::Nothing => {
                self.cx.error(block.end, "this block ends without the value that is expected of it");
                self.here = None;
            }
            None => {}
        }
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
        if self.here.is_none() {
            self.unreachable_statement(statement);
            return;
        }
        match statement {
            Statement::Ask(ask) => self.ask(ask),
            Statement::Say(message) => self.say(message),
            Statement::Retry(span) => {
                if let Some(prompt) = self.retry_target(*span) {
                    self.goto(prompt);
                }
            }
            Statement::Let { pattern, ty, value } => self.let_control(pattern, ty.as_ref(), value),
            Statement::Control(control) => self.control(control, Destination::Nothing),
            Statement::Rust(Stmt::Item(item)) => self.graph.items.push(item.clone()),
            Statement::Rust(statement) => self.rust(statement),
        }
    }

    fn unreachable_statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Ask(ask) => {
                let name = &ask.name;
                if !std::mem::replace(&mut self.dead, true) {
                    self.cx.error(name.span(), format_args!("nothing leads to the question `{name}`"));
                }
                // Later statements still see the answer.
                self.declare(name.clone(), ask.mutable, ask.ty.clone());
            }
            Statement::Rust(Stmt::Item(item)) => self.graph.items.push(item.clone()),
            Statement::Rust(statement) => self.unreachable(statement.span()),
            Statement::Retry(span) => self.unreachable(*span),
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
        self.cx.error(span, "nothing leads here: what stands before it never goes on");
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

    /// A statement that stays as it is.
    fn rust(&mut self, statement: &Stmt) {
        let found = Uses::of_statement(statement);
        let uses = self.used(&found);
        let exits = self.exits(|replace| escapes::in_statement(&mut statement.clone(), replace));
        let assigns = assigned(statement).and_then(|name| self.scopes.resolve(&plain(name)));
        let declares = match statement {
            Stmt::Local(local) => {
                let found = declared(local, &self.scopes, &self.graph.variables);
                self.declare_all(found)
            }
            _ => Vec::new(),
        };
        let statement = Opaque { code: statement.clone(), uses, binds: found.bound, exits };
        let leaves = diverges(&statement.code);
        let bare = bare_jump(&statement.code);
        if let (Some(value), true) = (bare, statement.exits.is_empty()) {
            // `return value;` is an end that the graph can see through.
            let span = statement.code.span();
            let value =
                value.map(|code| Opaque { code, uses: statement.uses, binds: statement.binds, exits: Vec::new() });
            self.end(End::Return(value, span));
            return;
        }
        self.push(Operation::Rust { statement, declares, assigns });
        if leaves {
            self.end(End::Never);
        }
    }

    fn opaque_expression(&mut self, value: &Expr) -> Opaque<Expr> {
        let found = Uses::of_expression(value);
        let uses = self.used(&found);
        let exits = self.exits(|replace| escapes::in_expression(&mut value.clone(), replace));
        Opaque { code: value.clone(), uses, binds: found.bound, exits }
    }

    /// Where the jumps out of some Rust lead.
    fn exits(&mut self, visit: impl FnOnce(&mut dyn FnMut(Escape) -> Option<Expr>)) -> Vec<Exit> {
        let mut found = Vec::new();
        visit(&mut |escape| {
            let target = match &escape {
                Escape::Retry(span) => self.retry_target(*span).map(Exit::To),
                Escape::Break(label, _) => self.frame(label.as_ref()).map(Frame::leave),
                Escape::Continue(label) => self.frame(label.as_ref()).and_then(|frame| frame.continue_to).map(Exit::To),
                Escape::Say(_, tokens) => {
                    let tokens: TokenStream = tokens.clone();
                    self.graph.awaits |= Uses::of_tokens(&tokens).awaits;
                    None
                }
                Escape::Return(..) => None,
            };
            found.extend(target);
            None
        });
        found
    }

    fn retry_target(&mut self, span: Span) -> Option<BlockId> {
        match self.pending.last() {
            Some(question) => Some(self.graph.question(*question).prompt),
            None => {
                self.cx
                    .error(span, "`retry` needs a question: it stands in an `else` or a `within`")
                    .help("put it into the question's `else { … }`, or go round by a `loop`");
                None
            }
        }
    }

    /// The frame that a `break` or `continue` means; rustc complains where there is none.
    fn frame(&mut self, label: Option<&Lifetime>) -> Option<&mut Frame> {
        self.frames.iter_mut().rev().find(|frame| match label {
            Some(label) => frame.label.as_ref() == Some(label),
            None => frame.is_loop,
        })
    }

    fn let_control(&mut self, pattern: &'a Pat, ty: Option<&Type>, value: &'a Control) {
        let Some(ty) = ty else {
            self.cx
                .error_under(pattern, "the value comes from around a question, so its type must be written")
                .help("write `let name: Type = …`");
            self.control(value, Destination::Nothing);
            return;
        };
        // The value is not in scope while it is computed.
        let mark = self.scopes.enter();
        let whole = match pattern {
            Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => {
                (name.ident.clone(), name.mutability.is_some())
            }
            _ => (Ident::new("__value", Span::mixed_site()), false),
        };
        let variable = self.declare(whole.0.clone(), whole.1, Some(ty.clone()));
        self.scopes.leave(mark);
        self.control(value, Destination::Variable(variable));
        self.scopes.bind(plain(&whole.0), variable);
        if !matches!(pattern, Pat::Ident(_)) {
            let whole = whole.0;
            let statement: Stmt = parse_quote_spanned!(pattern.span()=> let #pattern = #whole;);
            let uses = Variables::from([variable]);
            let found = through(pattern, Some(ty.clone()));
            let declares = self.declare_all(found);
            let statement = Opaque { code: statement, uses, binds: BTreeSet::new(), exits: Vec::new() };
            self.push(Operation::Rust { statement, declares, assigns: None });
        }
    }

    fn control(&mut self, control: &'a Control, destination: Destination) {
        if self.here.is_none() {
            return;
        }
        match control {
            Control::If { condition, then, otherwise } => {
                self.branch(condition, then, otherwise.as_deref(), destination)
            }
            Control::Match { scrutinee, arms } => self.choice(scrutinee, arms, destination),
            Control::Loop { label, body } => {
                let head = self.head();
                let after = self.new_block();
                self.repeat(label.as_ref(), head, after, destination, |builder| {
                    builder.block(body, Destination::Nothing)
                });
            }
            Control::While { label, condition, body } => {
                let head = self.head();
                let after = self.new_block();
                self.repeat(label.as_ref(), head, after, Destination::Nothing, |builder| {
                    builder.condition(condition, after, |builder| builder.block(body, Destination::Nothing));
                    if let Some(frame) = builder.frames.last_mut() {
                        frame.broken = true;
                    }
                });
                if destination == Destination::Output {
                    self.end(End::Return(None, condition.span()));
                }
            }
            Control::Block { label, body } => {
                let after = self.new_block();
                self.frames.push(Frame {
                    label: label.as_ref().map(|label: &Label| label.name.clone()),
                    is_loop: false,
                    break_to: after,
                    continue_to: None,
                    destination,
                    broken: false,
                });
                self.block(body, destination);
                let reached = self.here.is_some();
                self.goto(after);
                self.after_frame(after, reached, destination);
            }
        }
    }

    /// A block of its own that a loop comes back to.
    fn head(&mut self) -> BlockId {
        let head = self.new_block();
        self.goto(head);
        self.here = Some(head);
        head
    }

    fn repeat(
        &mut self,
        label: Option<&Label>,
        head: BlockId,
        after: BlockId,
        destination: Destination,
        body: impl FnOnce(&mut Self),
    ) {
        let label = label.map(|label| label.name.clone());
        let frame =
            Frame { label, is_loop: true, break_to: after, continue_to: Some(head), destination, broken: false };
        self.frames.push(frame);
        body(self);
        self.goto(head);
        self.after_frame(after, false, destination);
    }

    /// Goes on after a loop or a labelled block, where anything leads there.
    fn after_frame(&mut self, after: BlockId, reached: bool, destination: Destination) {
        let frame = self.frames.pop().expect("pushed by the caller");
        debug_assert!(frame.destination == destination);
        self.here = (reached || frame.broken).then_some(after);
    }

    fn branch(
        &mut self,
        condition: &Expr,
        then: &'a ast::Block,
        otherwise: Option<&'a ast::Block>,
        destination: Destination,
    ) {
        let no = self.new_block();
        let mut ends = Vec::new();
        self.condition(condition, no, |builder| {
            builder.block(then, destination);
            ends.extend(builder.here.take());
        });
        self.here = Some(no);
        match otherwise {
            Some(otherwise) => self.block(otherwise, destination),
            None if destination == Destination::Output => self.end(End::Return(None, then.end)),
            None if destination != Destination::Nothing => {
                self.cx.error(then.end, "this `if` needs an `else` for its value");
            }
            None => {}
        }
        ends.extend(self.here.take());
        self.join(ends);
    }

    /// Branches on a condition: `yes` fills the block where it holds, with what it binds in scope.
    fn condition(&mut self, condition: &Expr, no: BlockId, yes: impl FnOnce(&mut Self)) {
        let opaque = self.opaque_expression(condition);
        let mark = self.scopes.enter();
        let mut declares = Vec::new();
        for pattern in condition_patterns(condition) {
            declares.extend(self.declare_all(through(pattern, None)));
        }
        let then = self.new_block();
        self.end(End::If { condition: opaque, declares, then, otherwise: no, refuses: false });
        self.here = Some(then);
        yes(self);
        self.scopes.leave(mark);
    }

    fn choice(&mut self, scrutinee: &Expr, arms: &'a [ast::Arm], destination: Destination) {
        let scrutinee = self.opaque_expression(scrutinee);
        let start = self.here;
        let mut built = Vec::new();
        let mut ends = Vec::new();
        for arm in arms {
            let mark = self.scopes.enter();
            let uses = self.used(&Uses::of_pattern(&arm.pattern));
            let found = through(&arm.pattern, None);
            let declares = self.declare_all(found);
            let block = self.new_block();
            self.here = Some(block);
            self.block(&arm.body, destination);
            ends.extend(self.here.take());
            self.scopes.leave(mark);
            built.push(MatchArm { pattern: arm.pattern.clone(), uses, declares, block });
        }
        self.here = start;
        self.end(End::Match { scrutinee, arms: built });
        self.join(ends);
    }

    /// Goes on where the branches that go on meet.
    fn join(&mut self, ends: Vec<BlockId>) {
        if let [only] = ends.as_slice() {
            self.here = Some(*only);
        } else if !ends.is_empty() {
            let join = self.new_block();
            for end in ends {
                self.here = Some(end);
                self.goto(join);
            }
            self.here = Some(join);
        }
    }

    fn ask(&mut self, ask: &'a Ask) {
        let name = &ask.name;
        if ask.ty.is_none() {
            self.cx
                .error(name.span(), format_args!("the question `{name}` needs the type that its reply is read as"))
                .help(format_args!("write `let {name}: String = ask …;`"));
        }
        if let Some(first) = self.graph.questions.iter().find(|question| question.ask.name == *name) {
            let line = first.ask.name.span().start().line;
            self.cx
                .error(name.span(), format_args!("`{name}` is already a question of this conversation, on line {line}"))
                .help("questions are told apart by their names: give this one another");
        }
        let prompt = self.head();
        let clock = ask.within.as_ref().map(|within| Uses::of_expression(&within.duration));
        let clock = clock.map(|uses| self.used(&uses)).unwrap_or_default();
        self.say(&ask.prompt);
        let (resume, accepted) = (self.new_block(), self.new_block());
        let id = QuestionId(self.graph.questions.len());
        self.end(End::Wait(id));

        let mark = self.scopes.enter();
        let answer = self.declare(name.clone(), ask.mutable, ask.ty.clone());
        self.scopes.leave(mark);
        self.graph.questions.push(Question { ask, answer, prompt, resume, clock });

        self.pending.push(id);
        let (refused, problem) = match &ask.refused {
            None => (prompt, None),
            Some(action) => self.action(action, prompt),
        };
        let silence = ask.within.as_ref().map(|within| match &within.action {
            Some(action) => self.action(action, prompt).0,
            None => {
                let close = self.new_block();
                self.graph.blocks[close.0].end = End::CloseOnSilence;
                close
            }
        });
        self.here = Some(resume);
        self.end(End::Reply { question: id, accepted, refused, problem, silence });

        self.here = Some(accepted);
        self.scopes.bind(plain(name), answer);
        for check in &ask.wheres {
            let start = self.here;
            let (refused, _) = self.action(&check.action, prompt);
            self.here = start;
            let condition = self.opaque_expression(&check.condition);
            let then = self.new_block();
            self.end(End::If { condition, declares: Vec::new(), then, otherwise: refused, refuses: true });
            self.here = Some(then);
        }
        self.pending.pop();
    }

    /// A block for what happens when a reply will not do; and what its `|problem|` binds.
    fn action(&mut self, action: &'a Action, prompt: BlockId) -> (BlockId, Option<VariableId>) {
        let start = self.new_block();
        self.here = Some(start);
        match action {
            Action::Say(message) => {
                self.say(message);
                self.goto(prompt);
                (start, None)
            }
            Action::Block { problem, block } => {
                let mark = self.scopes.enter();
                let ty = || parse_quote_spanned!(Span::mixed_site()=> ::converse::Problem);
                let problem = problem.clone().map(|name| self.declare(name, false, Some(ty())));
                self.block(block, Destination::Nothing);
                if self.here.take().is_some() {
                    self.cx
                        .error(block.end, "this block does not say what happens next")
                        .help("end it by `retry`, which asks again, or by `return …`");
                }
                self.scopes.leave(mark);
                (start, problem)
            }
        }
    }
}

/// The value of a statement that is nothing but a `return`.
fn bare_jump(statement: &Stmt) -> Option<Option<Expr>> {
    match statement {
        Stmt::Expr(Expr::Return(leave), _) => Some(leave.expr.as_deref().cloned()),
        _ => None,
    }
}
