//! Random questions: their clauses, what happens next, and what is listened for.

use super::Generator;
use super::scope::{Pending, Skipped};
use super::statements::Goal;
use crate::tree::{
    Action, Ask, Block, Condition, Control, Duration, Expression, Name, Outcome, Output, Piece, Run, Statement,
    Template, Type, Unless, Value, Verb,
};

/// What a question may have.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Extent {
    /// Everything.
    Whole,
    /// It is asked on every visit.
    Asked,
    /// No question stands in its clauses, too.
    Alone,
}

impl Generator<'_> {
    /// A name for a question, which no other of the conversation has.
    pub(super) fn question(&mut self) -> Name {
        let name = self.name();
        let name = if self.scope.taken.contains(&name) || self.choices.chance(50) { self.fresh("q") } else { name };
        self.scope.taken.insert(name.clone());
        name
    }

    pub(super) fn ask(&mut self) -> Statement {
        let (name, ty) = (self.question(), *self.choices.pick(&Type::ALL));
        self.ask_for(name, ty, Extent::Whole)
    }

    /// A question that is always asked.
    pub(super) fn plain_ask(&mut self) -> Statement {
        let (name, ty) = (self.question(), *self.choices.pick(&Type::ALL));
        self.ask_for(name, ty, Extent::Asked)
    }

    pub(super) fn ask_for(&mut self, name: Name, ty: Type, extent: Extent) -> Statement {
        let mutable = self.choices.chance(30);
        let unless = match extent == Extent::Whole && self.choices.chance(20) {
            true => self.unless(&name, ty),
            false => None,
        };
        let prompt = self.template(true);
        self.scope.targets.last_mut().expect("a block is open").push(name.clone());

        let pending = Pending { answer: Some(ty) };
        let outer = (self.scope.pending.replace(pending), self.scope.asks);
        self.scope.asks &= extent != Extent::Alone;
        let is_listed = matches!(ty, Type::Number | Type::Numbers);
        let among = (is_listed && self.choices.chance(20)).then(|| match self.variable_of(Type::Numbers) {
            Some(name) => Expression::Variable(name, Type::Numbers),
            None => self.expression(Type::Numbers),
        });
        let (ons, is_heard) = self.own_ons();
        let can_be_verbatim = !matches!(ty, Type::Numbers | Type::Size) && among.is_none();
        let verbatim = can_be_verbatim && !is_heard && ons.is_empty() && self.choices.chance(10);
        let mut wheres = Vec::new();
        let variables = self.scope.variables.len();
        self.scope.declare(&name, ty, false);
        while wheres.len() < 2 && self.choices.chance(35) {
            let condition = self.check(&name, ty);
            wheres.push((condition, self.action(true)));
        }
        self.scope.variables.truncate(variables);
        let within = self.within();
        let tries = self.choices.chance(20).then(|| {
            let most = match self.choices.chance(30) {
                true => Expression::Sum(
                    Box::new(self.expression(Type::Number)),
                    Box::new(Expression::Literal(Value::Number(1))),
                ),
                false => Expression::Literal(Value::Number(self.choices.below(3) as u32 + 1)),
            };
            (most, self.action(false))
        });
        let refused = self.choices.chance(50).then(|| match self.choices.chance(30) {
            true => self.block_with_problem(),
            false => self.action(true),
        });
        (self.scope.pending, self.scope.asks) = outer;

        self.scope.declare(&name, ty, mutable);
        let ask = Ask {
            name,
            mutable,
            ty,
            prompt: Some(prompt),
            unless,
            among,
            verbatim,
            ons,
            wheres,
            within,
            tries,
            refused,
        };
        // A question in its clauses would be there twice.
        self.scope.variable(&ask.name).revisable = !ask.asks();
        Statement::Ask(Box::new(ask))
    }

    /// A clock, where the block has none.
    pub(super) fn within(&mut self) -> Option<(Duration, Option<Action>)> {
        (!self.listens_to_silence() && self.choices.chance(30))
            .then(|| (self.duration(), self.choices.chance(75).then(|| self.action(true))))
    }

    pub(super) fn duration(&mut self) -> Duration {
        match self.choices.chance(30) {
            true => Duration::Of(self.expression(Type::Number)),
            false => Duration::Seconds(self.choices.below(60) as u32 + 1),
        }
    }

    /// What answers the question unasked. It means no variable that the answer hides.
    fn unless(&mut self, question: &str, ty: Type) -> Option<Unless> {
        if self.scope.knows(question) {
            return None;
        }
        let kept = self.scope.visible().into_iter().find(|variable| variable.mutable && variable.ty == Type::Maybe);
        let kept = kept.map(|variable| variable.name.clone()).filter(|_| ty == Type::Number);
        Some(match kept {
            Some(name) => {
                // Nothing may put a value back, or the question may never wait.
                self.scope.variable(&name).mutable = false;
                Unless::Take(name)
            }
            None => Unless::Spend(self.condition(), self.expression(ty)),
        })
    }

    /// The condition of a `where`, about the answer for the most part.
    fn check(&mut self, name: &str, ty: Type) -> Expression {
        if self.choices.chance(30) {
            return self.condition();
        }
        let answer = Box::new(Expression::Variable(name.to_owned(), ty));
        match ty {
            Type::Number => {
                let bound = Box::new(Expression::Literal(Value::Number(9 - self.choices.below(7) as u32)));
                Expression::Less(answer, bound)
            }
            ty => {
                let other = Box::new(Expression::Literal(self.constant(ty)));
                Expression::Not(Box::new(Expression::Equal(answer, other)))
            }
        }
    }

    pub(super) fn action(&mut self, may_be_list: bool) -> Action {
        match self.choices.below(if may_be_list { 11 } else { 9 }) {
            8 if let Some(name) = self.revised() => Action::Revise(name),
            0..3 => Action::Say(self.template(true)),
            3..6 => Action::Verb(self.verb()),
            6..9 => Action::Block { problem: None, block: self.action_block(Vec::new()) },
            _ => {
                let count = self.choices.below(3) + 1;
                let actions = (0..count).map(|_| match self.choices.below(8) {
                    0..4 => Action::Say(self.template(false)),
                    4..6 => Action::Verb(match self.verb() {
                        // In a list, a comma begins the next action.
                        Verb::Close(code, _) => Verb::Close(code, None),
                        verb => verb,
                    }),
                    _ => Action::Block { problem: None, block: self.action_block(Vec::new()) },
                });
                Action::List(actions.collect())
            }
        }
    }

    /// A question that is asked again, if there is one: few of them, since each comes with all its clauses.
    pub(super) fn revised(&mut self) -> Option<Name> {
        // Where an `answer` is heard, no question waits that has answers of another type.
        let asks = self.scope.asks || self.scope.pending.as_ref().is_some_and(|pending| pending.answer.is_none());
        let questions = self.scope.revisable();
        if !asks || questions.is_empty() || self.revises == 4 {
            return None;
        }
        self.revises += 1;
        Some(self.choices.pick(&questions).clone())
    }

    /// A block that may ask something in between.
    pub(super) fn action_block(&mut self, first: Vec<Statement>) -> Block {
        let asks = self.scope.asks;
        self.scope.asks &= self.choices.chance(40);
        let (block, _) = self.block_of(&Goal::Action, first);
        self.scope.asks = asks;
        block
    }

    fn block_with_problem(&mut self) -> Action {
        let problem = self.name();
        let variables = self.scope.variables.len();
        self.scope.declare(&problem, Type::Text, false);
        self.scope.hide_from(variables);
        let said = vec![Piece::Text("no: ".to_owned()), Piece::Capture(problem.clone(), Type::Text)];
        let block = self.action_block(vec![Statement::Say(Template(said))]);
        self.scope.variables.truncate(variables);
        Action::Block { problem: Some(problem), block }
    }

    /// Something that is done once, and stored under a name like a question's.
    pub(super) fn once(&mut self) -> Statement {
        let (name, ty, mutable) = (self.question(), *self.choices.pick(&Type::ALL), self.choices.chance(30));
        let value = self.value_or_end(ty);
        self.scope.declare(&name, ty, mutable);
        Statement::Once { name, mutable, ty, value }
    }

    /// Whether something may be done once here. In an action, a `back` behind it has no question to go to.
    pub(super) fn stores(&self) -> bool {
        self.scope.stores
    }

    pub(super) fn run(&mut self) -> Statement {
        match self.choices.chance(70) {
            true => {
                let (name, ty) = (self.question(), *self.choices.pick(&Type::ALL));
                self.run_as(name, ty)
            }
            false => {
                self.runs += 1;
                let conversation = format!("R{}", self.runs);
                let name = conversation.to_lowercase();
                self.run_of(name, conversation, Output::Unit)
            }
        }
    }

    pub(super) fn run_as(&mut self, name: Name, ty: Type) -> Statement {
        self.runs += 1;
        let conversation = format!("R{}", self.runs);
        self.run_of(name, conversation, Output::Plain(ty))
    }

    fn run_of(&mut self, name: Name, conversation: Name, output: Output) -> Statement {
        let conversation = self.conversation(conversation, output, 4);
        let arguments = conversation.parameter_types().into_iter().map(|ty| self.expression(ty)).collect();
        let bound = match output {
            Output::Plain(ty) => Some(ty),
            _ => None,
        };
        self.scope.targets.last_mut().expect("a block is open").push(name.clone());
        if let Some(ty) = bound {
            self.scope.declare(&name, ty, false);
        }
        let boxed = self.choices.chance(30);
        Statement::Run(Box::new(Run { name, bound, boxed, conversation, arguments }))
    }

    /// A `goto` over some statements, to a question behind them.
    pub(super) fn skip(&mut self, statements: &mut Vec<Statement>) -> bool {
        let target = self.question();
        let (depth, variables) = (self.scope.targets.len(), self.scope.variables.len());
        self.scope.targets[depth - 1].push(target.clone());
        let targets = self.scope.targets[depth - 1].len();
        let condition = Condition::Holds(self.condition());
        let then = Block { statements: vec![Statement::Verb(Verb::Goto(target.clone()))], tail: None };
        statements.push(Statement::Control(Control::If { condition, then, otherwise: None }));
        self.scope.skipped.push(Skipped { depth, variables, targets });
        self.statements(statements);
        self.scope.skipped.pop();
        self.scope.hide_from(variables);
        self.scope.targets[depth - 1].truncate(targets);
        let ty = *self.choices.pick(&Type::ALL);
        statements.push(self.ask_for(target, ty, Extent::Whole));
        true
    }

    /// What happens next, in an action.
    pub(super) fn verb(&mut self) -> Verb {
        let pending = self.scope.pending.clone().expect("a question is pending");
        match self.choices.below(16) {
            12.. if self.goes_back => Verb::Back,
            0..4 => Verb::Retry,
            4..6 => Verb::Wait,
            6..8 if let Some(ty) = pending.answer => Verb::Answer(self.expression(ty)),
            8.. => self.leave().unwrap_or(Verb::Retry),
            _ => Verb::Retry,
        }
    }

    /// What leaves a block, if it can be left.
    pub(super) fn leave(&mut self) -> Option<Verb> {
        match self.choices.below(10) {
            0..3 => self.goto(),
            3..6 => self.leave_loop(),
            6 if self.scope.pending.is_some() => Some(Verb::Retry),
            7 => {
                let reason = self.choices.chance(60).then(|| self.template(false));
                Some(Verb::Close(4000 + self.choices.below(9) as u16, reason))
            }
            8 => Some(self.give_back()),
            _ => self.goto().or_else(|| self.leave_loop()),
        }
    }

    fn goto(&mut self) -> Option<Verb> {
        let targets: Vec<Name> = self.scope.targets.iter().flatten().cloned().collect();
        (!targets.is_empty()).then(|| Verb::Goto(self.choices.pick(&targets).clone()))
    }

    fn give_back(&mut self) -> Verb {
        match self.scope.output {
            Output::Unit => Verb::Return("", None),
            Output::Plain(ty) => Verb::Return("", Some(self.expression(ty))),
            Output::Fallible(Outcome::Option, ty) => Verb::Return("Some", Some(self.expression(ty))),
            Output::Fallible(Outcome::Result, ty) => Verb::Return("Ok", Some(self.expression(ty))),
        }
    }

    /// Out of a loop or a block around, or to the next round.
    fn leave_loop(&mut self) -> Option<Verb> {
        let innermost = self.scope.loops.len().checked_sub(1)?;
        let index = self.choices.below(innermost + 1);
        let around = &self.scope.loops[index];
        let can_be_bare = index == innermost && around.is_loop;
        let label = around.label.clone();
        if label.is_none() && !can_be_bare {
            return None;
        }
        let label = if can_be_bare && self.choices.chance(40) { None } else { label };
        if self.scope.loops[index].is_loop && self.choices.chance(40) {
            return Some(Verb::Continue(label));
        }
        self.scope.loops[index].broken = true;
        let value = self.scope.loops[index].value.map(|ty| self.expression(ty));
        Some(Verb::Break(label, value))
    }
}
