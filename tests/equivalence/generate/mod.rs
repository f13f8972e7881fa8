//! Random conversations: every one is well-typed, is accepted by the compiler, and waits again and again.

mod events;
mod expressions;
mod listen;
mod questions;
mod scope;
mod statements;

use std::collections::BTreeSet;

pub(crate) use self::events::{NOTES, NUMBERS};
use self::scope::Scope;
use crate::choices::Choices;
use crate::tree::{Conversation, Name, Outcome, Output, Program, Type};

/// Names for variables, so few that they hide each other all the time.
const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// The types of events.
const HEARD: [Type; 2] = [Type::Number, Type::Note];

/// What a tape of choices makes.
pub(crate) fn generate(choices: &mut Choices) -> Program {
    let goes_back = choices.chance(50);
    let hears = choices.chance(50).then(|| *choices.pick(&HEARD));
    let mut generator =
        Generator { choices, scope: Scope { hears, ..Scope::default() }, runs: 0, number: 0, goes_back, revises: 0 };
    let output = generator.output();
    let conversation = generator.conversation("Conversation".to_owned(), output, 16);
    let parameters = conversation.parameter_types().into_iter().map(|ty| generator.constant(ty)).collect();
    Program { conversation, parameters }
}

struct Generator<'c> {
    choices: &'c mut Choices,
    /// The conversation that is being made.
    scope: Scope,
    /// How many conversations are run so far.
    runs: usize,
    /// The last number that was given to anything.
    number: usize,
    /// Whether there is a `back` in it now and then.
    goes_back: bool,
    /// How many questions are revised so far.
    revises: usize,
}

impl Generator<'_> {
    fn output(&mut self) -> Output {
        let ty = *self.choices.pick(&Type::ALL);
        match self.choices.below(4) {
            0 => Output::Unit,
            1 => Output::Plain(ty),
            2 => Output::Fallible(Outcome::Option, ty),
            _ => Output::Fallible(Outcome::Result, ty),
        }
    }

    /// A conversation with about so many statements at most.
    fn conversation(&mut self, name: Name, output: Output, size: usize) -> Conversation {
        let hears = match self.scope.hears {
            Some(_) if self.choices.chance(15) => Some(*self.choices.pick(&HEARD)),
            hears => hears.filter(|_| self.choices.chance(75)),
        };
        let generic = self.choices.chance(25).then(|| *self.choices.pick(&Type::ALL));
        let inner = Scope { hears, stores: self.stores(), ..Scope::new(output, size) };
        let outer = std::mem::replace(&mut self.scope, inner);
        let with = self.choices.chance(30).then(|| NAMES[NAMES.len() - 1].to_owned());
        if let Some(with) = &with {
            self.scope.declare(with, Type::Stock, false);
        }
        let mut parameters: Vec<(Name, Type)> = Vec::new();
        while parameters.len() < 2 && self.choices.chance(40) {
            let (name, ty) = (NAMES[parameters.len()].to_owned(), *self.choices.pick(&Type::ALL));
            let ty = if generic.is_some() && self.choices.chance(60) { Type::Generic } else { ty };
            self.scope.declare(&name, ty, false);
            parameters.push((name, ty));
        }
        let body = self.body();
        self.scope = outer;
        // One that no parameter has would not be known where it is run.
        let generic = generic.filter(|_| parameters.iter().any(|(_, ty)| *ty == Type::Generic));
        Conversation { name, parameters, generic, with, hears, output, body }
    }

    /// A name that nothing else has.
    fn fresh(&mut self, prefix: &str) -> Name {
        self.number += 1;
        format!("{prefix}{}", self.number)
    }
}

/// Names of questions that are taken; each is there once in a conversation.
type Taken = BTreeSet<Name>;
