//! Which variables are still needed where. Nothing else decides what a state keeps.

use super::{Block, BlockId, End, Exit, Graph, Listening, Operation, Source};
use crate::names::Variables;

/// The variables that are needed at the beginning of each block.
pub(crate) struct Liveness(Vec<Variables>);

impl Liveness {
    pub(crate) fn at(&self, block: BlockId) -> &Variables {
        &self.0[block.0]
    }

    /// What is needed before each of the block's operations, and last before its end. Dependencies are always there.
    pub(crate) fn through(&self, graph: &Graph<'_>, block: &Block<'_>) -> Vec<Variables> {
        let mut needed = self.before_end(graph, &block.end);
        let mut all = vec![needed.clone()];
        for operation in block.operations.iter().rev() {
            self.before(operation, &mut needed);
            all.push(needed.clone());
        }
        all.iter_mut().for_each(|needed| needed.retain(|variable| !graph.variables.is_dependency(*variable)));
        all.reverse();
        all
    }

    /// What is needed before the first of the block's operations.
    fn before_all(&self, graph: &Graph<'_>, block: &Block<'_>) -> Variables {
        let mut needed = self.before_end(graph, &block.end);
        block.operations.iter().rev().for_each(|operation| self.before(operation, &mut needed));
        needed.retain(|variable| !graph.variables.is_dependency(*variable));
        needed
    }

    /// Turns what is needed after an operation into what is needed before it.
    fn before(&self, operation: &Operation<'_>, needed: &mut Variables) {
        match operation {
            Operation::Rust { statement, declares, assigns } => {
                declares.iter().chain(assigns).for_each(|variable| {
                    needed.remove(variable);
                });
                needed.extend(&statement.uses);
                self.at_exits(&statement.exits, needed);
            }
            Operation::Bind { variable, value } => {
                needed.remove(variable);
                needed.extend(&value.uses);
                self.at_exits(&value.exits, needed);
            }
            Operation::Say { uses, .. } => needed.extend(uses),
        }
    }

    fn before_end(&self, graph: &Graph<'_>, end: &End) -> Variables {
        let mut needed = Variables::new();
        let without = |block: BlockId, declares: &[_]| {
            self.at(block).iter().filter(|variable| !declares.contains(*variable)).copied().collect::<Variables>()
        };
        match end {
            End::Never | End::CloseOnSilence | End::Return(None, _) => {}
            End::Goto(target) => needed.extend(self.at(*target)),
            End::If { condition, declares, then, otherwise, .. } => {
                needed.extend(without(*then, declares));
                needed.extend(self.at(*otherwise));
                needed.extend(&condition.uses);
            }
            End::Match { scrutinee, arms } => {
                for arm in arms {
                    needed.extend(without(arm.block, &arm.declares));
                    needed.extend(&arm.uses);
                }
                needed.extend(&scrutinee.uses);
            }
            End::Wait(question) => {
                let question = graph.question(*question);
                needed.extend(self.at(question.resume));
                needed.extend(&question.clock);
            }
            End::Again(question) | End::Store(question) | End::Back(question, _) => {
                needed.extend(self.at(graph.question(*question).resume));
            }
            End::Close(close) => {
                needed.extend(&close.code.uses);
                needed.extend(&close.uses);
            }
            End::Run { question, heard, done } => {
                let question = graph.question(*question);
                self.listening(heard, &mut needed);
                needed.extend(&question.clock);
                needed.extend(without(*done, &[question.answer]));
                if let Source::Run(_, running) = question.source {
                    needed.insert(running);
                }
            }
            End::Reply { question, heard, accepted, refused, problem, again } => {
                needed.extend(self.at(*again));
                self.listening(heard, &mut needed);
                needed.extend(&graph.question(*question).among);
                needed.extend(without(*accepted, &[graph.question(*question).answer]));
                refused.iter().for_each(|refused| needed.extend(without(*refused, problem.as_slice())));
            }
            End::Return(Some(value), _) => needed.extend(&value.uses),
        }
        self.at_exits(end.exits(), &mut needed);
        needed
    }

    fn listening(&self, heard: &Listening, needed: &mut Variables) {
        for arm in &heard.events {
            needed.extend(self.at(arm.block).iter().filter(|variable| !arm.declares.contains(variable)));
            needed.extend(&arm.uses);
        }
        let others = heard.words.iter().map(|(_, block)| block).chain(heard.timers.iter().map(|(_, block)| block));
        others.chain(&heard.silence).for_each(|block| needed.extend(self.at(*block)));
        needed.extend(heard.timers.iter().map(|(timer, _)| timer));
    }

    fn at_exits(&self, exits: &[Exit], needed: &mut Variables) {
        for exit in exits {
            match exit {
                Exit::To(target) | Exit::Back(_, target) => needed.extend(self.at(*target)),
                Exit::With(variable, target) => {
                    needed.extend(self.at(*target).iter().filter(|needed| *needed != variable))
                }
                Exit::Output | Exit::Closed(_) => {}
            }
        }
    }
}

/// Backwards from every use, until nothing changes.
pub(crate) fn liveness(graph: &Graph<'_>) -> Liveness {
    let mut live = Liveness(vec![Variables::new(); graph.blocks.len()]);
    loop {
        let mut changed = false;
        for id in graph.ids().rev() {
            let needed = live.before_all(graph, graph.block(id));
            changed |= live.0[id.0] != needed;
            live.0[id.0] = needed;
        }
        if !changed {
            return live;
        }
    }
}
