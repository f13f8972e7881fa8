//! What can be named where, so that whatever is made means something.

use super::Taken;
use crate::tree::{Name, Output, Type};

/// What is known where the next statement of a conversation goes.
#[derive(Clone)]
pub(super) struct Scope {
    pub(super) output: Output,
    /// How many more statements there may be.
    pub(super) left: usize,
    pub(super) variables: Vec<Variable>,
    pub(super) loops: Vec<Loop>,
    /// The questions that a `goto` may lead to, by block.
    pub(super) targets: Vec<Vec<Name>>,
    /// The question in whose action this is.
    pub(super) pending: Option<Pending>,
    /// The words that the block listens for, by block.
    pub(super) words: Vec<Vec<String>>,
    pub(super) taken: Taken,
    /// What a `goto` that is under way skips.
    pub(super) skipped: Vec<Skipped>,
    /// Whether this may ask anything.
    pub(super) asks: bool,
    /// The type of the events that this hears, if it hears any.
    pub(super) hears: Option<Type>,
    /// Whether it is run by no action, at any depth.
    pub(super) stores: bool,
}

#[derive(Clone)]
pub(super) struct Variable {
    pub(super) name: Name,
    pub(super) ty: Type,
    /// Whether it may be changed.
    pub(super) mutable: bool,
    /// Whether it may be used: it may have no value here, or none that is remembered.
    pub(super) usable: bool,
    /// Whether it is the answer to a question that can be asked again.
    pub(super) revisable: bool,
}

#[derive(Clone)]
pub(super) struct Loop {
    pub(super) label: Option<Name>,
    pub(super) is_loop: bool,
    /// What a `break` needs, where the value goes somewhere.
    pub(super) value: Option<Type>,
    pub(super) broken: bool,
}

#[derive(Clone)]
pub(super) struct Pending {
    /// What `answer` needs; none where that is not known.
    pub(super) answer: Option<Type>,
}

/// The statements between a `goto` and a question after it.
#[derive(Clone, Copy)]
pub(super) struct Skipped {
    /// In how many blocks they stand.
    pub(super) depth: usize,
    /// How many variables and targets there were before them.
    pub(super) variables: usize,
    pub(super) targets: usize,
}

impl Default for Scope {
    fn default() -> Self {
        Scope::new(Output::Unit, 0)
    }
}

impl Scope {
    pub(super) fn new(output: Output, left: usize) -> Self {
        Scope {
            output,
            left,
            variables: Vec::new(),
            loops: Vec::new(),
            targets: Vec::new(),
            pending: None,
            words: Vec::new(),
            taken: Taken::from(["fuel".to_owned()]),
            skipped: Vec::new(),
            asks: true,
            hears: None,
            stores: true,
        }
    }

    pub(super) fn declare(&mut self, name: &str, ty: Type, mutable: bool) {
        self.variables.push(Variable { name: name.to_owned(), ty, mutable, usable: true, revisable: false });
    }

    /// The variables that a name means here, and that may be used.
    pub(super) fn visible(&self) -> Vec<&Variable> {
        let mut names = Taken::new();
        let meant = self.variables.iter().rev().filter(|variable| names.insert(variable.name.clone()));
        meant.filter(|variable| variable.usable).collect()
    }

    /// The questions that have their answers, also where another variable is called so by now.
    pub(super) fn revisable(&self) -> Vec<Name> {
        let answers = self.variables.iter().filter(|variable| variable.usable && variable.revisable);
        answers.map(|variable| variable.name.clone()).collect()
    }

    /// The last variable of the name, as it is meant here.
    pub(super) fn variable(&mut self, name: &str) -> &mut Variable {
        let mut variables = self.variables.iter_mut().rev();
        variables.find(|variable| variable.name == name).expect("it was declared")
    }

    /// Hides what is declared from there on, where it may have no value.
    pub(super) fn hide_from(&mut self, variables: usize) {
        self.variables[variables..].iter_mut().for_each(|variable| variable.usable = false);
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        self.variables.iter().any(|variable| variable.name == name)
    }
}
