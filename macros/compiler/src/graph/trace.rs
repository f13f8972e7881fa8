//! Has a turn tell why it goes where it goes, for tests that want to know which edges they have taken.
//!
//! A reason is told where the diagram's edges get their words from: at the blocks that have one, and ahead of what follows
//! from a refusal or a silence. Before `thread`, which would take such blocks out.

use proc_macro2::Span;
use quote::quote_spanned;

use super::{Block, BlockId, End, Graph, Operation};

/// Writes it into the blocks of the conversation called `flow`.
pub(crate) fn trace(graph: &mut Graph<'_>, flow: &str) {
    for (index, block) in graph.blocks.iter_mut().enumerate() {
        if let Some(way) = block.way.as_ref().filter(|way| !way.label.is_empty()) {
            let told = told(flow, &way.label);
            block.operations.insert(0, told);
            // What jumps from here stands behind one operation more.
            graph.jumps.iter_mut().filter(|jump| jump.from.0.0 == index).for_each(|jump| jump.from.1 += 1);
        }
    }
    for id in graph.ids().collect::<Vec<_>>() {
        let (refused, silence) = reasons(&mut graph.blocks[id.0].end);
        let refused = refused.map(|target| ahead(graph, flow, "refused", target));
        let silence = silence.map(|target| ahead(graph, flow, "silence", target));
        let (refusing, silent) = targets(&mut graph.blocks[id.0].end);
        refusing.into_iter().zip(refused).for_each(|(target, ahead)| *target = ahead);
        silent.into_iter().zip(silence).for_each(|(target, ahead)| *target = ahead);
    }
}

fn reasons(end: &mut End) -> (Option<BlockId>, Option<BlockId>) {
    let (refused, silence) = targets(end);
    (refused.copied(), silence.copied())
}

/// Where a refusal leads, and where a silence does.
fn targets(end: &mut End) -> (Option<&mut BlockId>, Option<&mut BlockId>) {
    match end {
        End::Reply { refused, heard, .. } => (refused.as_mut(), heard.silence.as_mut()),
        End::Run { heard, .. } => (None, heard.silence.as_mut()),
        End::If { otherwise, refuses: true, .. } => (Some(otherwise), None),
        _ => (None, None),
    }
}

/// A block ahead of `target` that tells why one goes there.
fn ahead(graph: &mut Graph<'_>, flow: &str, label: &str, target: BlockId) -> BlockId {
    graph.blocks.push(Block { operations: vec![told(flow, label)], end: End::Goto(target), way: None });
    BlockId(graph.blocks.len() - 1)
}

fn told<'a>(flow: &str, label: &str) -> Operation<'a> {
    let told = quote_spanned!(Span::mixed_site()=> ::converse::__private::trace::met(#flow, #label););
    Operation::ours(told, &[], &[])
}
