//! Detours: what a clause asks before it comes back to its question by a `retry` or a `wait`.
//!
//! On the way back the last question of the detour is left behind, as `back` has to know, and the clock that runs is that
//! one's, so that a `wait` needs a new one. Where only some of the ways back are detours, a variable tells: it is set where
//! such a turn begins, and remembered only across a `once`.

use std::collections::BTreeSet;

use proc_macro2::Span;
use quote::quote_spanned;
use syn::parse_quote_spanned;

use super::{Block, BlockId, End, Graph, Opaque, Operation, QuestionId, Source};
use crate::names::{VariableId, plain};

/// Has the ways back to each question tell which of them are detours.
pub(crate) fn mark_detours(graph: &mut Graph<'_>) {
    let turns = Turns::of(graph);
    for id in (0..graph.questions.len()).map(QuestionId) {
        if let Source::Once(_) = graph.question(id).source {
            continue;
        }
        let mut detoured = None;
        let (prompt, waiting) = (graph.question(id).prompt, graph.question(id).waiting);
        for (back, wait) in [(prompt, None), (waiting, Some(End::Wait(id)))] {
            let begun = turns.begun_at(back);
            if begun.iter().all(|question| *question == id) {
                continue;
            }
            let stays = std::mem::take(&mut graph.blocks[back.0]);
            let stays = push(graph, stays);
            let advance = quote_spanned!(Span::mixed_site()=> ::converse::__private::Talk::advance(talk););
            let end = wait.unwrap_or(End::Goto(stays));
            let detour = push(graph, Block { operations: vec![Operation::ours(advance, &[], &[])], end, way: None });
            graph.blocks[back.0].end = match begun.contains(&id) {
                false => End::Goto(detour),
                true => {
                    let variable = *detoured.get_or_insert_with(|| declare(graph, id));
                    turns.clauses[id.0].iter().for_each(|clause| set(graph, variable, *clause, false));
                    for other in begun.into_iter().filter(|begun| *begun != id) {
                        set(graph, variable, graph.question(other).resume, true);
                    }
                    let name = &graph.variables.get(variable).name;
                    let code = parse_quote_spanned!(Span::mixed_site()=> #name);
                    let condition = Opaque { code, uses: [variable].into(), binds: BTreeSet::new(), exits: Vec::new() };
                    End::If { condition, declares: Vec::new(), then: detour, otherwise: stays, refuses: false }
                }
            };
        }
    }
}

/// Where turns begin, and how they get on: a `once` and what follows it is one.
struct Turns {
    /// The blocks that lead to each block.
    before: Vec<Vec<BlockId>>,
    /// The question that a turn has begun at which comes to the block.
    begins: Vec<Option<QuestionId>>,
    /// Where each question deals with what has come. Of a conversation that is run, its turn may also be its first, to
    /// which nothing comes.
    clauses: Vec<Vec<BlockId>>,
}

impl Turns {
    fn of(graph: &Graph<'_>) -> Self {
        let mut before = vec![Vec::new(); graph.blocks.len()];
        let mut begins = vec![None; graph.blocks.len()];
        let mut clauses = vec![Vec::new(); graph.questions.len()];
        for id in graph.ids() {
            let block = graph.block(id);
            match &block.end {
                End::Run { question, heard, .. } => clauses[question.0].extend(heard.targets()),
                End::Reply { question, .. } => clauses[question.0].push(id),
                _ => {}
            }
            block.jumps().chain(block.end.targets()).for_each(|target| before[target.0].push(id));
            if let End::Store(once) = block.end {
                before[graph.question(once).resume.0].push(id);
            }
        }
        for (index, question) in graph.questions.iter().enumerate() {
            if !matches!(question.source, Source::Once(_)) {
                let all = clauses[index].iter().chain([&question.resume]);
                all.for_each(|block| begins[block.0] = Some(QuestionId(index)));
            }
        }
        Turns { before, begins, clauses }
    }

    /// The questions that the turns have begun at which come to this block.
    fn begun_at(&self, block: BlockId) -> BTreeSet<QuestionId> {
        let (mut begun, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![block]);
        while let Some(block) = open.pop() {
            match self.begins[block.0] {
                _ if !seen.insert(block) => {}
                Some(question) => drop(begun.insert(question)),
                None => open.extend(&self.before[block.0]),
            }
        }
        begun
    }
}

fn push<'a>(graph: &mut Graph<'a>, block: Block<'a>) -> BlockId {
    graph.blocks.push(block);
    BlockId(graph.blocks.len() - 1)
}

/// The variable that tells whether the way back to a question is a detour.
fn declare(graph: &mut Graph<'_>, id: QuestionId) -> VariableId {
    let label = format!("{}_detoured", plain(&graph.question(id).name));
    graph.declare_ours(label, false, parse_quote_spanned!(Span::mixed_site()=> ::core::primitive::bool))
}

/// Sets the variable at the beginning of a block.
fn set(graph: &mut Graph<'_>, variable: VariableId, block: BlockId, value: bool) {
    let name = &graph.variables.get(variable).name;
    let set = quote_spanned!(Span::mixed_site()=> let #name: ::core::primitive::bool = #value;);
    let operations = &mut graph.blocks[block.0].operations;
    if !operations.iter().any(|known| matches!(known, Operation::Rust { declares, .. } if declares.contains(&variable)))
    {
        operations.insert(0, Operation::ours(set, &[], &[variable]));
    }
}
