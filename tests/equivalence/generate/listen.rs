//! Random `on`s: what is listened for, and where.

use std::mem;

use super::Generator;
use super::questions::Extent;
use super::scope::Pending;
use crate::tree::{Block, Control, Expression, Occasion, On, Statement, Tail, Type};

/// What an `on` may listen for, so few that an inner one often takes a word from an outer one. Some are replies that a
/// question would have liked.
const WORDS: [&str; 4] = ["help", "Skip it", "7", "yes"];

/// Among the words that a block listens for: that it has an `on silence`.
const SILENCE: &str = "(silence)";

impl Generator<'_> {
    /// The `on`s of a question, and whether an `on` of its block has to be heard at it.
    pub(super) fn own_ons(&mut self) -> (Vec<On>, bool) {
        let mut ons = Vec::new();
        // An `on` of the block is heard at its next question, at least.
        let mut words = self.scope.words.last().cloned().unwrap_or_default();
        let is_heard = !words.is_empty();
        // Events have more than one way to go, or it does not matter who is first.
        let percent = if self.scope.hears.is_some() { 45 } else { 20 };
        while ons.len() < 2 && self.choices.chance(percent) {
            ons.extend(self.listen(&mut words));
        }
        (ons, is_heard)
    }

    /// An `on` for words that none of those there listens for, if any is left.
    fn listen(&mut self, taken: &mut Vec<String>) -> Option<On> {
        if let Some(ty) = self.scope.hears
            && self.choices.chance(50)
        {
            return Some(self.listen_to_event(ty));
        }
        let mut words = vec![*self.choices.pick(&WORDS)];
        if self.choices.chance(25) {
            words.push(*self.choices.pick(&WORDS));
        }
        words.dedup();
        words.retain(|word| !taken.iter().any(|taken| taken == word));
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        taken.extend(words.iter().cloned());
        (!words.is_empty()).then(|| On { what: Occasion::Words(words), action: self.action(false) })
    }

    /// An `on silence`, if the block has none.
    fn listen_to_silence(&mut self, taken: &mut Vec<String>) -> Option<On> {
        if taken.iter().any(|word| word == SILENCE) {
            return None;
        }
        taken.push(SILENCE.to_owned());
        let what = Occasion::Silence(self.choices.below(60) as u32 + 1);
        Some(On { what, action: self.action(true) })
    }

    /// Whether the block has an `on silence`.
    pub(super) fn listens_to_silence(&self) -> bool {
        self.scope.words.last().is_some_and(|words| words.iter().any(|word| word == SILENCE))
    }

    /// An `on after`.
    fn listen_to_timer(&mut self) -> On {
        On { what: Occasion::After(self.duration()), action: self.action(false) }
    }

    /// An `on` for the rest of a block. Nothing is known of the questions at which it is heard.
    pub(super) fn on(&mut self) -> Option<On> {
        self.listening(Pending { answer: None }, false)
    }

    /// A block with an `on` of its own, which may take words from those around.
    pub(super) fn hearing_inside(&mut self) -> Control {
        self.scope.targets.push(Vec::new());
        self.scope.words.push(Vec::new());
        let variables = self.scope.variables.len();
        let on = self.on().map(Statement::On);
        let statements = on.into_iter().chain([self.ask()]).collect();
        self.scope.variables.truncate(variables);
        self.scope.words.pop();
        self.scope.targets.pop();
        Control::Block { label: None, body: Block { statements, tail: None } }
    }

    fn listening(&mut self, pending: Pending, asks: bool) -> Option<On> {
        let before = self.scope.clone();
        self.scope.pending = Some(pending);
        self.scope.asks = asks;
        let depth = self.scope.targets.len();
        // It is heard behind a `goto` over it, too, where what that skips has no value.
        let skipped = before.skipped.iter().find(|skipped| skipped.depth == depth);
        if let Some(skipped) = skipped {
            self.scope.hide_from(skipped.variables);
            self.scope.targets[depth - 1].truncate(skipped.targets);
        }
        let mut words = self.scope.words.pop().expect("a block is open");
        let on = match self.choices.below(100) {
            0..25 => self.listen_to_silence(&mut words),
            // A timer that is skipped has no time.
            25..45 if skipped.is_none() => Some(self.listen_to_timer()),
            _ => self.listen(&mut words),
        };
        let Self { scope, .. } = self;
        let loops = mem::take(&mut scope.loops);
        let (left, taken) = (scope.left, mem::take(&mut scope.taken));
        *scope = before;
        (scope.loops, scope.left, scope.taken) = (loops, left, taken);
        *scope.words.last_mut().expect("a block is open") = words;
        on
    }

    /// A block with one question or one conversation in it, which something that is heard may answer.
    pub(super) fn answered(&mut self, ty: Type) -> Control {
        self.scope.targets.push(Vec::new());
        self.scope.words.push(Vec::new());
        let variables = self.scope.variables.len();
        let runs = self.choices.chance(30);
        let mut statements = Vec::new();
        let asks = !runs && self.choices.chance(60);
        let on = self.listening(Pending { answer: Some(ty) }, asks);
        statements.extend(on.map(Statement::On));
        let name = self.question();
        statements.push(match runs {
            true => self.run_as(name.clone(), ty),
            false => self.ask_for(name.clone(), ty, Extent::Alone),
        });
        self.scope.variables.truncate(variables);
        self.scope.words.pop();
        self.scope.targets.pop();
        let tail = Some(Box::new(Tail::Value(Expression::Variable(name, ty))));
        Control::Block { label: None, body: Block { statements, tail } }
    }
}
