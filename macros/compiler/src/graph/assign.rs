//! Which variables have a value where, so that no `goto` leads to a question that needs one it has not got.

use super::{Block, BlockId, End, Exit, Graph, Listening, Liveness, Operation};
use crate::diagnostics::Diagnostics;
use crate::names::Variables;
use crate::opaque::assigned_inside;

/// Reports every `goto` that skips an assignment.
pub(crate) fn check_jumps(cx: &mut Diagnostics, graph: &Graph<'_>, live: &Liveness) {
    if graph.jumps.is_empty() {
        return;
    }
    let assigned = Assigned::of(graph);
    for jump in &graph.jumps {
        let (from, behind) = jump.from;
        let Some(mut known) = assigned.0[from.0].clone() else { continue };
        graph.block(from).operations[..behind].iter().for_each(|operation| after(graph, operation, &mut known));
        for missing in live.at(jump.to).difference(&known) {
            let (variable, question) = (graph.variables.name(*missing), &jump.name);
            // All that is ours and begins where a line is reached is the time of an `on after`.
            if graph.variables.get(*missing).label.is_some() {
                let skips = format_args!("this `goto` skips an `on after` that is listened for at `{question}`");
                cx.error(question.span(), skips).help("write the `on after` before the `goto`");
                continue;
            }
            cx.error(
                question.span(),
                format_args!("`{variable}` may not have a value yet when `{question}` is reached from here"),
            )
            .help(format_args!("give `{variable}` a value before the `goto`"));
        }
    }
}

/// What has a value at the beginning of each block, on every way there; nothing is known where none leads.
struct Assigned(Vec<Option<Variables>>);

impl Assigned {
    fn of(graph: &Graph<'_>) -> Assigned {
        let mut assigned = Assigned(vec![None; graph.blocks.len()]);
        assigned.reach(Graph::ENTRY, &graph.parameters.iter().copied().collect());
        loop {
            let before = assigned.0.clone();
            for id in graph.ids() {
                if let Some(known) = assigned.0[id.0].clone() {
                    assigned.leave(graph, graph.block(id), known);
                }
            }
            if before == assigned.0 {
                return assigned;
            }
        }
    }

    fn reach(&mut self, target: BlockId, known: &Variables) {
        let entry = &mut self.0[target.0];
        *entry = Some(match entry.take() {
            Some(before) => before.intersection(known).copied().collect(),
            None => known.clone(),
        });
    }

    fn leave(&mut self, graph: &Graph<'_>, block: &Block<'_>, mut known: Variables) {
        for operation in &block.operations {
            let exits = match operation {
                Operation::Rust { statement, .. } => statement.exits.as_slice(),
                Operation::Bind { value, .. } => &value.exits,
                Operation::Say { .. } => &[],
            };
            self.leave_early(exits, &known);
            after(graph, operation, &mut known);
        }
        self.leave_early(block.end.exits(), &known);
        let with = |more: &[_]| known.iter().chain(more).copied().collect::<Variables>();
        match &block.end {
            End::If { declares, then, otherwise, .. } => {
                self.reach(*then, &with(declares));
                self.reach(*otherwise, &known);
            }
            End::Match { arms, .. } => arms.iter().for_each(|arm| self.reach(arm.block, &with(&arm.declares))),
            End::Run { question, done, heard } => {
                let question = graph.question(*question);
                self.reach(*done, &with(&[question.answer]));
                self.reach(question.resume, &known);
                self.listening(heard, &known);
            }
            End::Wait(question) | End::Again(question) | End::Store(question) => {
                self.reach(graph.question(*question).resume, &known);
            }
            End::Reply { question, heard, accepted, refused, problem, again } => {
                self.reach(*accepted, &with(&[graph.question(*question).answer]));
                refused.iter().for_each(|refused| self.reach(*refused, &with(problem.as_slice())));
                self.listening(heard, &known);
                self.reach(*again, &known);
            }
            end => end.targets().into_iter().for_each(|target| self.reach(target, &known)),
        }
    }

    fn listening(&mut self, heard: &Listening, known: &Variables) {
        for arm in &heard.events {
            self.reach(arm.block, &known.iter().chain(&arm.declares).copied().collect());
        }
        let others = heard.words.iter().map(|(_, block)| block).chain(heard.timers.iter().map(|(_, block)| block));
        others.chain(&heard.silence).for_each(|block| self.reach(*block, known));
    }

    fn leave_early(&mut self, exits: &[Exit], known: &Variables) {
        for exit in exits {
            match exit {
                Exit::To(target) => self.reach(*target, known),
                Exit::With(variable, target) => self.reach(*target, &known.iter().chain([variable]).copied().collect()),
                Exit::Output | Exit::Closed(_) | Exit::Back(..) => {}
            }
        }
    }
}

fn after(graph: &Graph<'_>, operation: &Operation<'_>, known: &mut Variables) {
    match operation {
        Operation::Rust { statement, declares, assigns } => {
            if !matches!(&statement.code, syn::Stmt::Local(local) if local.init.is_none()) {
                known.extend(declares);
            }
            known.extend(assigns);
            // Whether every way through the statement gives it a value, rustc says better.
            let inside = assigned_inside(&statement.code);
            known.extend(statement.uses.iter().filter(|variable| inside.contains(&graph.variables.name(**variable))));
        }
        Operation::Bind { variable, .. } => {
            known.insert(*variable);
        }
        Operation::Say { .. } => {}
    }
}
