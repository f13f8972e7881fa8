//! Random statements: variables, messages, and the control flow around questions.

use super::Generator;
use super::scope::Loop;
use crate::tree::{
    Arm, Block, Condition, Control, Expression, Name, Outcome, Output, Pattern, SIZES, Statement, Tail, Type, Value,
    Verb,
};

/// What a block is for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Goal {
    Nothing,
    /// It has a value.
    Value(Type),
    /// It gives a variable its value.
    Assign(Name, Type),
    /// It says what happens next.
    Action,
}

#[derive(Clone, Copy)]
enum Kind {
    Say,
    Let,
    Change,
    Ask,
    Hear,
    On,
    Run,
    Once,
    Revise,
    If,
    Match,
    Loop,
    While,
    For,
    Block,
    LetControl,
    Deferred,
    Skip,
}

impl Generator<'_> {
    /// The whole of a conversation. It begins with a question that is always asked, so that whoever runs it waits.
    pub(super) fn body(&mut self) -> Block {
        self.scope.targets.push(Vec::new());
        self.scope.words.push(Vec::new());
        let mut statements = Vec::new();
        let first = self.plain_ask();
        statements.push(first);
        let goes_on = self.statements(&mut statements);
        let tail = goes_on.then(|| self.given_back()).flatten();
        Block { statements, tail: tail.map(|(variant, value)| Box::new(Tail::Output(variant, value))) }
    }

    /// The output's variant and its value; none where the output is `()`.
    fn given_back(&mut self) -> Option<(&'static str, Option<Expression>)> {
        Some(match self.scope.output {
            Output::Unit => return None,
            Output::Plain(ty) => ("", Some(self.expression(ty))),
            Output::Fallible(Outcome::Option, _) if self.choices.chance(20) => ("None", None),
            Output::Fallible(Outcome::Option, ty) => ("Some", Some(self.expression(ty))),
            Output::Fallible(Outcome::Result, _) if self.choices.chance(20) => {
                ("Err", Some(self.expression(Type::Text)))
            }
            Output::Fallible(Outcome::Result, ty) => ("Ok", Some(self.expression(ty))),
        })
    }

    /// Some statements; whether the last of them goes on.
    pub(super) fn statements(&mut self, statements: &mut Vec<Statement>) -> bool {
        loop {
            let began = self.choices.begin();
            if self.scope.left == 0 || !self.choices.chance(80) {
                return true;
            }
            self.scope.left -= 1;
            let goes_on = self.statement(statements);
            self.choices.end(began);
            if !goes_on {
                return false;
            }
        }
    }

    /// A block, and whether it goes on behind it.
    pub(super) fn block(&mut self, goal: &Goal) -> (Block, bool) {
        self.block_of(goal, Vec::new())
    }

    /// A block that begins with some statements.
    pub(super) fn block_of(&mut self, goal: &Goal, mut statements: Vec<Statement>) -> (Block, bool) {
        let variables = self.scope.variables.len();
        self.scope.targets.push(Vec::new());
        self.scope.words.push(Vec::new());
        let mut goes_on = self.statements(&mut statements);
        let mut tail = None;
        match goal {
            _ if !goes_on => {}
            Goal::Nothing => {
                if self.choices.chance(20)
                    && let Some(verb) = self.leave()
                {
                    statements.push(Statement::Verb(verb));
                    goes_on = false;
                }
            }
            Goal::Value(ty) => {
                tail = Some(Box::new(match self.choices.chance(15) && self.scope.left > 0 {
                    true => {
                        let goal = Goal::Value(*ty);
                        let (control, continues) = self.tried(|this| this.if_control(&goal));
                        goes_on = continues;
                        Tail::Control(control)
                    }
                    false => Tail::Value(self.expression(*ty)),
                }))
            }
            Goal::Assign(name, ty) => statements.push(Statement::Assign(name.clone(), self.expression(*ty))),
            Goal::Action => {
                statements.push(Statement::Verb(self.verb()));
                goes_on = false;
            }
        }
        self.scope.words.pop();
        self.scope.targets.pop();
        self.scope.variables.truncate(variables);
        (Block { statements, tail }, goes_on)
    }

    /// A statement, or several that belong together; whether it goes on behind them.
    fn statement(&mut self, statements: &mut Vec<Statement>) -> bool {
        const QUIET: [(usize, Kind); 7] = [
            (5, Kind::Say),
            (5, Kind::Let),
            (5, Kind::Change),
            (3, Kind::If),
            (1, Kind::Match),
            (1, Kind::For),
            (1, Kind::LetControl),
        ];
        const ALL: [(usize, Kind); 18] = [
            (5, Kind::Say),
            (5, Kind::Let),
            (5, Kind::Change),
            (9, Kind::Ask),
            (2, Kind::Hear),
            (3, Kind::If),
            (4, Kind::On),
            (1, Kind::Run),
            (1, Kind::Once),
            (3, Kind::Revise),
            (2, Kind::Match),
            (2, Kind::Loop),
            (1, Kind::While),
            (1, Kind::For),
            (1, Kind::Block),
            (2, Kind::LetControl),
            (1, Kind::Deferred),
            (1, Kind::Skip),
        ];
        let kind = match self.scope.asks {
            true => self.choices.weighted(&ALL),
            false => self.choices.weighted(&QUIET),
        };
        match kind {
            Kind::Say if self.choices.chance(20) => statements.push(Statement::SayValue(self.expression(Type::Text))),
            Kind::Say => statements.push(Statement::Say(self.template(true))),
            Kind::Let => statements.push(self.let_value()),
            Kind::Change => statements.push(self.change()),
            Kind::Hear if let Some(ty) = self.scope.hears => statements.push(self.hear(ty)),
            Kind::Ask | Kind::Hear => statements.push(self.ask()),
            Kind::On => {
                let on = self.on();
                statements.extend(on.map(Statement::On));
                statements.push(self.ask());
                if self.choices.chance(50) {
                    statements.push(Statement::Control(self.hearing_inside()));
                }
            }
            Kind::Run => statements.push(self.run()),
            Kind::Once if !self.stores() => statements.push(self.ask()),
            Kind::Once => statements.push(self.once()),
            Kind::Revise => match self.revised() {
                Some(name) => statements.push(Statement::Revise(name)),
                None => statements.push(self.ask()),
            },
            Kind::LetControl => return self.let_control(statements),
            Kind::Deferred => return self.deferred(statements),
            Kind::Skip => return self.skip(statements),
            Kind::While => return self.counted(statements),
            Kind::If | Kind::Match | Kind::Loop | Kind::For | Kind::Block => {
                let (control, goes_on) = self.tried(|this| match kind {
                    Kind::If => this.if_control(&Goal::Nothing),
                    Kind::Match => this.match_control(&Goal::Nothing),
                    Kind::Loop => this.loop_control(None),
                    Kind::For => this.for_control(),
                    _ => this.labelled(None),
                });
                statements.push(Statement::Control(control));
                return goes_on;
            }
        }
        true
    }

    fn let_value(&mut self) -> Statement {
        let types = self.types();
        let (name, ty, mutable) = (self.name(), *self.choices.pick(&types), self.choices.chance(50));
        let value = self.value_or_end(ty);
        let readable = match &value {
            Expression::Literal(_) => matches!(ty, Type::Number | Type::Flag),
            Expression::Variable(name, ty) => ty.is_copy() && !name.starts_with('p'),
            _ => false,
        };
        let written = !readable || self.choices.chance(60);
        self.scope.declare(&name, ty, mutable);
        Statement::Let { name, mutable, ty, written, value }
    }

    /// Assigns to a variable, or adds to one; says something where there is none that can be changed.
    fn change(&mut self) -> Statement {
        let mutable = self.scope.visible().into_iter().filter(|variable| variable.mutable);
        let mutable: Vec<(Name, Type)> = mutable.map(|variable| (variable.name.clone(), variable.ty)).collect();
        if mutable.is_empty() {
            return Statement::Say(self.template(true));
        }
        let (name, ty) = self.choices.pick(&mutable).clone();
        let item = match ty {
            Type::Number | Type::Numbers => Some(Type::Number),
            Type::Text => Some(Type::Text),
            _ => None,
        };
        match item {
            Some(item) if self.choices.chance(60) => Statement::Append(name, ty, self.expression(item)),
            _ => Statement::Assign(name, self.expression(ty)),
        }
    }

    /// Some control flow; made again where Rust that stays as it is would hide a variable from a place that it jumps to.
    pub(super) fn tried(&mut self, mut make: impl FnMut(&mut Self) -> (Control, bool)) -> (Control, bool) {
        let before = self.scope.clone();
        for attempt in 0.. {
            // Without anything in it, at last.
            self.scope.left = if attempt < 3 { before.left } else { 0 };
            let made = make(self);
            if !made.0.hides(&|name| before.knows(name)) {
                if attempt >= 3 {
                    self.scope.left = before.left;
                }
                return made;
            }
            self.scope = before.clone();
        }
        unreachable!("an empty one hides nothing")
    }

    pub(super) fn if_control(&mut self, goal: &Goal) -> (Control, bool) {
        let variables = self.scope.variables.len();
        let (condition, statements) = match self.choices.chance(25) {
            false => (Condition::Holds(self.condition()), Vec::new()),
            true => {
                let maybe = self.expression(Type::Maybe);
                let (pattern, statement) = self.bound();
                (Condition::IsSome(pattern, maybe), vec![statement])
            }
        };
        let (then, reaches) = self.block_of(goal, statements);
        self.scope.variables.truncate(variables);
        if *goal == Goal::Nothing && !self.choices.chance(50) {
            return (Control::If { condition, then, otherwise: None }, true);
        }
        let (otherwise, reaches_too) = self.block(goal);
        (Control::If { condition, then, otherwise: Some(otherwise) }, reaches || reaches_too)
    }

    /// The name for a pattern, and the `let` that takes what it binds. Nothing else may use it.
    fn bound(&mut self) -> (Name, Statement) {
        let pattern = self.fresh("p");
        let statement = self.takes(&pattern, Type::Number);
        (pattern, statement)
    }

    /// The `let` that takes what a pattern binds.
    pub(super) fn takes(&mut self, pattern: &str, ty: Type) -> Statement {
        let name = self.name();
        self.scope.declare(&name, ty, false);
        let value = Expression::Variable(pattern.to_owned(), ty);
        Statement::Let { name, mutable: false, ty, written: true, value }
    }

    fn match_control(&mut self, goal: &Goal) -> (Control, bool) {
        let ty = *self.choices.pick(&[Type::Number, Type::Maybe, Type::Size, Type::Text, Type::Flag]);
        let scrutinee = self.expression(ty);
        let mut arms = Vec::new();
        let mut goes_on = false;
        let count = self.choices.below(2) + 1;
        for last in (0..=count).map(|index| index == count) {
            let variables = self.scope.variables.len();
            let mut statements = Vec::new();
            let pattern = match ty {
                Type::Maybe if !last && self.choices.chance(60) => {
                    let (pattern, statement) = self.bound();
                    statements.push(statement);
                    Pattern::Some(pattern)
                }
                Type::Number if self.choices.chance(40) => {
                    let (pattern, statement) = self.bound();
                    statements.push(statement);
                    Pattern::Bind(pattern)
                }
                Type::Size if last && count == 2 => {
                    // The arms before have a guard, or not; nothing is left open by this one.
                    Pattern::Anything
                }
                _ if last => Pattern::Anything,
                Type::Size => Pattern::Is(Value::Size(self.choices.below(SIZES.len()))),
                ty => Pattern::Is(self.constant(ty)),
            };
            // A guard sees what the pattern binds, and not yet what the arm makes of it.
            let guard = match (&pattern, last) {
                (_, true) => None,
                (Pattern::Some(name) | Pattern::Bind(name), _) => {
                    let guard = self.below(name);
                    self.choices.chance(50).then_some(guard)
                }
                _ => self.choices.chance(30).then(|| self.condition()),
            };
            let (body, reaches) = self.block_of(goal, statements);
            self.scope.variables.truncate(variables);
            goes_on |= reaches;
            arms.push(Arm { pattern, guard, body });
        }
        (Control::Match { scrutinee, ty, arms }, goes_on)
    }

    pub(super) fn enter(&mut self, is_loop: bool, value: Option<Type>) -> Option<Name> {
        let label = (!is_loop || self.choices.chance(40)).then(|| self.fresh("l"));
        self.scope.loops.push(Loop { label: label.clone(), is_loop, value, broken: false });
        label
    }

    fn exit(&mut self) -> bool {
        self.scope.loops.pop().expect("it was entered").broken
    }

    /// A loop that asks each time it goes round.
    fn loop_control(&mut self, value: Option<Type>) -> (Control, bool) {
        let label = self.enter(true, value);
        let variables = self.scope.variables.len();
        self.scope.targets.push(Vec::new());
        let mut statements = vec![self.ask()];
        if value.is_some() {
            let condition = Condition::Holds(self.condition());
            let leave = Verb::Break(label.clone(), value.map(|ty| self.expression(ty)));
            self.scope.loops.last_mut().expect("it was entered").broken = true;
            let then = Block { statements: vec![Statement::Verb(leave)], tail: None };
            statements.push(Statement::Control(Control::If { condition, then, otherwise: None }));
        }
        let (body, _) = self.block_of(&Goal::Nothing, statements);
        self.scope.targets.pop();
        self.scope.variables.truncate(variables);
        let broken = self.exit();
        (Control::Loop { label, body }, broken)
    }

    fn for_control(&mut self) -> (Control, bool) {
        let (item, written, items) = (self.name(), self.choices.chance(30), self.expression(Type::Numbers));
        let label = self.enter(true, None);
        let variables = self.scope.variables.len();
        self.scope.declare(&item, Type::Number, false);
        let (body, _) = self.block(&Goal::Nothing);
        self.scope.variables.truncate(variables);
        self.exit();
        (Control::For { label, item, written, items, body }, true)
    }

    /// A block of its own, which may be left early where it has a label.
    fn labelled(&mut self, value: Option<Type>) -> (Control, bool) {
        let label = self.choices.chance(60).then(|| self.enter(false, value)).flatten();
        let goal = value.map_or(Goal::Nothing, Goal::Value);
        let (body, reaches) = self.block(&goal);
        let broken = label.is_some() && self.exit();
        (Control::Block { label: label.filter(|_| broken), body }, reaches || broken)
    }

    /// A `while` that counts, takes away what it goes on for, or asks.
    fn counted(&mut self, statements: &mut Vec<Statement>) -> bool {
        let name = self.name();
        let mutable = true;
        let ty = if self.choices.chance(30) { Type::Maybe } else { Type::Number };
        let value = if ty == Type::Number { Expression::Literal(Value::Number(0)) } else { self.expression(ty) };
        statements.push(Statement::Let { name: name.clone(), mutable, ty, written: true, value });
        // Nothing else may change it, or it goes on for ever.
        self.scope.declare(&name, ty, false);
        let (control, _) = self.tried(|this| {
            let label = this.enter(true, None);
            let variables = this.scope.variables.len();
            let (condition, first) = match ty {
                Type::Maybe => {
                    let (pattern, statement) = this.bound();
                    (Condition::IsSome(pattern, Expression::Take(name.clone())), statement)
                }
                _ => {
                    let count = Box::new(Expression::Variable(name.clone(), ty));
                    let most = Box::new(Expression::Literal(Value::Number(this.choices.below(3) as u32 + 1)));
                    let one = Expression::Literal(Value::Number(1));
                    (Condition::Holds(Expression::Less(count, most)), Statement::Append(name.clone(), ty, one))
                }
            };
            let (body, _) = this.block_of(&Goal::Nothing, vec![first]);
            this.scope.variables.truncate(variables);
            this.exit();
            (Control::While { label, condition, body }, true)
        });
        statements.push(Statement::Control(control));
        true
    }

    fn let_control(&mut self, statements: &mut Vec<Statement>) -> bool {
        let (name, ty, mutable) = (self.name(), *self.choices.pick(&Type::ALL), self.choices.chance(40));
        let kinds = if self.scope.asks { 5 } else { 2 };
        let (value, goes_on) = match self.choices.below(kinds) {
            0 => self.tried(|this| this.if_control(&Goal::Value(ty))),
            1 => self.tried(|this| this.match_control(&Goal::Value(ty))),
            2 => self.tried(|this| this.loop_control(Some(ty))),
            3 => self.tried(|this| this.labelled(Some(ty))),
            _ => (self.answered(ty), true),
        };
        // Nor does the variable hide another from where its value jumps to.
        let name = if value.jumps() && self.scope.knows(&name) { self.fresh("v") } else { name };
        // What never has a value is given to no variable.
        statements.push(match goes_on {
            true => Statement::LetControl { name: name.clone(), mutable, ty, value },
            false => Statement::Control(value),
        });
        self.scope.declare(&name, ty, mutable);
        goes_on
    }

    /// A variable that gets its value later, on every way that goes on.
    fn deferred(&mut self, statements: &mut Vec<Statement>) -> bool {
        let (name, ty) = (self.fresh("d"), *self.choices.pick(&Type::ALL));
        statements.push(Statement::Declare { name: name.clone(), ty });
        self.scope.declare(&name, ty, false);
        self.scope.variable(&name).usable = false;
        let before = self.scope.clone();
        let goal = Goal::Assign(name.clone(), ty);
        let (control, mut goes_on) = self.tried(|this| match this.choices.chance(30) {
            true => this.match_control(&goal),
            false => this.if_control(&goal),
        });
        statements.push(match control.asks() {
            true => Statement::Control(control),
            // Whether some Rust gives it a value in the end, the compiler does not look at.
            false => {
                self.scope = before;
                goes_on = true;
                Statement::Assign(name.clone(), self.expression(ty))
            }
        });
        self.scope.variable(&name).usable = true;
        goes_on
    }
}
