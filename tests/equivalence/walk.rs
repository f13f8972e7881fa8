//! Going through a tree.

use crate::tree::{Action, Ask, Block, Condition, Control, Conversation, Name, Pattern, Statement, Tail, Verb};

impl Conversation {
    /// The conversations that this one runs, at any depth, the innermost first.
    pub(crate) fn runs(&self) -> Vec<&Conversation> {
        let mut found = Vec::new();
        self.body.each_statement(&mut |statement| {
            if let Statement::Run(run) = statement {
                found.extend(run.conversation.runs());
                found.push(&run.conversation);
            }
        });
        found
    }
}

impl Block {
    /// Every statement in it, at any depth.
    fn each_statement<'t>(&'t self, visit: &mut dyn FnMut(&'t Statement)) {
        for statement in &self.statements {
            visit(statement);
            match statement {
                Statement::LetControl { value: control, .. } | Statement::Control(control) => {
                    control.blocks().into_iter().for_each(|block| block.each_statement(visit));
                }
                Statement::On(on) => on.action.each_statement(visit),
                Statement::Ask(ask) => ask.actions().for_each(|action| action.each_statement(visit)),
                _ => {}
            }
        }
        if let Some(Tail::Control(control)) = self.tail.as_deref() {
            control.blocks().into_iter().for_each(|block| block.each_statement(visit));
        }
    }
}

impl Ask {
    /// Whether another question stands in its clauses.
    pub(crate) fn asks(&self) -> bool {
        let mut asks = false;
        self.actions().for_each(|action| {
            action.each_statement(&mut |statement| {
                asks |= matches!(statement, Statement::Ask(_) | Statement::Run(_) | Statement::Once { .. });
            });
        });
        asks
    }
}

impl Action {
    fn each_statement<'t>(&'t self, visit: &mut dyn FnMut(&'t Statement)) {
        match self {
            Action::Block { block, .. } => block.each_statement(visit),
            Action::List(actions) => actions.iter().for_each(|action| action.each_statement(visit)),
            Action::Say(_) | Action::Verb(_) | Action::Revise(_) => {}
        }
    }
}

impl Control {
    fn blocks(&self) -> Vec<&Block> {
        match self {
            Control::If { then, otherwise, .. } => [then].into_iter().chain(otherwise).collect(),
            Control::Match { arms, .. } => arms.iter().map(|arm| &arm.body).collect(),
            Control::Loop { body, .. }
            | Control::While { body, .. }
            | Control::For { body, .. }
            | Control::Block { body, .. } => vec![body],
        }
    }

    /// Whether a question stands in it.
    pub(crate) fn asks(&self) -> bool {
        let mut opaque = Opaque::default();
        opaque.control(self);
        opaque.asks
    }

    /// Whether this is Rust without a question which jumps out of itself.
    pub(crate) fn jumps(&self) -> bool {
        let mut opaque = Opaque::default();
        opaque.control(self);
        !opaque.asks && opaque.jumps
    }

    /// Whether this is Rust without a question which jumps out of itself and binds a name that is known around it. The
    /// language wants another name there.
    pub(crate) fn hides(&self, known: &dyn Fn(&str) -> bool) -> bool {
        let mut opaque = Opaque::default();
        opaque.control(self);
        !opaque.asks && opaque.jumps && opaque.binds.iter().any(|name| known(name))
    }
}

/// What is in some Rust that may stay as it is.
#[derive(Default)]
struct Opaque<'t> {
    asks: bool,
    jumps: bool,
    binds: Vec<&'t Name>,
    /// The loops and labelled blocks around what is looked at.
    frames: Vec<(Option<&'t Name>, bool)>,
}

impl<'t> Opaque<'t> {
    fn control(&mut self, control: &'t Control) {
        let (label, is_loop) = match control {
            Control::Loop { label, .. } | Control::While { label, .. } | Control::For { label, .. } => {
                (label.as_ref(), true)
            }
            Control::Block { label, .. } => (label.as_ref(), false),
            Control::If { .. } | Control::Match { .. } => (None, false),
        };
        self.frames.push((label, is_loop));
        match control {
            Control::If { condition: Condition::IsSome(name, _), .. }
            | Control::While { condition: Condition::IsSome(name, _), .. }
            | Control::For { item: name, .. } => self.binds.push(name),
            Control::Match { arms, .. } => self.binds.extend(arms.iter().filter_map(|arm| match &arm.pattern {
                Pattern::Bind(name) | Pattern::Some(name) | Pattern::Paid(name) => Some(name),
                Pattern::Anything | Pattern::Is(_) => None,
            })),
            _ => {}
        }
        control.blocks().into_iter().for_each(|block| self.block(block));
        self.frames.pop();
    }

    fn block(&mut self, block: &'t Block) {
        for statement in &block.statements {
            match statement {
                Statement::Let { name, .. } | Statement::Declare { name, .. } => self.binds.push(name),
                Statement::LetControl { name, value, .. } => {
                    self.control(value);
                    self.binds.push(name);
                }
                Statement::Control(control) => self.control(control),
                Statement::Ask(_) | Statement::Run(_) | Statement::Once { .. } | Statement::Revise(_) => {
                    self.asks = true;
                }
                Statement::Verb(verb) => self.jumps |= self.leaves(verb),
                _ => {}
            }
        }
        if let Some(Tail::Control(control)) = block.tail.as_deref() {
            self.control(control);
        }
    }

    fn leaves(&self, verb: &Verb) -> bool {
        match verb {
            Verb::Retry | Verb::Wait | Verb::Back | Verb::Answer(_) | Verb::Goto(_) => true,
            Verb::Close(..) | Verb::Return(..) => false,
            Verb::Break(None, _) | Verb::Continue(None) => !self.frames.iter().any(|(_, is_loop)| *is_loop),
            Verb::Break(Some(label), _) | Verb::Continue(Some(label)) => {
                !self.frames.iter().any(|(known, _)| *known == Some(label))
            }
        }
    }
}
