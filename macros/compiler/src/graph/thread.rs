//! Takes blocks that only lead elsewhere out of every way.

use super::{BlockId, End, Exit, Graph};

/// Redirects whatever leads to an empty block to where that block leads.
pub(crate) fn thread(graph: &mut Graph<'_>) {
    let last: Vec<BlockId> = graph.ids().map(|id| destination(graph, id)).collect();
    let to = |id: &mut BlockId| *id = last[id.0];
    let exits = |exits: &mut Vec<Exit>| {
        exits.iter_mut().for_each(|exit| match exit {
            Exit::To(target) | Exit::With(_, target) => to(target),
            Exit::Output | Exit::Closed(_) | Exit::Back(..) => {}
        });
    };
    for block in &mut graph.blocks {
        for operation in &mut block.operations {
            match operation {
                super::Operation::Rust { statement, .. } => exits(&mut statement.exits),
                super::Operation::Bind { value, .. } => exits(&mut value.exits),
                super::Operation::Say { .. } => {}
            }
        }
        match &mut block.end {
            End::Never
            | End::Wait(_)
            | End::Again(_)
            | End::Store(_)
            | End::Back(..)
            | End::Return(None, _)
            | End::CloseOnSilence => {}
            End::Close(close) => exits(&mut close.code.exits),
            End::Goto(target) => to(target),
            End::If { condition, then, otherwise, .. } => {
                exits(&mut condition.exits);
                [then, otherwise].into_iter().for_each(to);
            }
            End::Match { scrutinee, arms } => {
                exits(&mut scrutinee.exits);
                arms.iter_mut().for_each(|arm| to(&mut arm.block));
            }
            End::Run { heard, done, .. } => heard.targets_mut().chain([done]).for_each(to),
            End::Reply { heard, accepted, refused, again, .. } => {
                heard.targets_mut().chain([accepted, again]).chain(refused).for_each(to);
            }
            End::Return(Some(value), _) => exits(&mut value.exits),
        }
    }
}

/// Where one gets from here without anything happening on the way. A loop of nothing leads to itself.
fn destination(graph: &Graph<'_>, from: BlockId) -> BlockId {
    let mut at = from;
    for _ in 0..graph.blocks.len() {
        match graph.block(at) {
            super::Block { operations, end: End::Goto(next), .. } if operations.is_empty() => at = *next,
            _ => return at,
        }
    }
    from
}
