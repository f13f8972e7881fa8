//! From the graph and its liveness to the machine. Every decision is made here; `emit` writes them down.

use std::collections::BTreeSet;

use proc_macro2::Span;
use quote::{ToTokens, format_ident};
use syn::visit::{self, Visit};
use syn::{Ident, Stmt, Type};

use crate::diagnostics::Diagnostics;
use crate::graph::{BlockId, End, Exit, Graph, Liveness, Opaque, Operation, QuestionId, next_uses};
use crate::machine::{Field, Join, Machine, Region, State};
use crate::names::{VariableId, Variables, plain};
use crate::text::source;

/// The machine of a graph. A variable that cannot be kept is reported.
pub(crate) fn lower(cx: &mut Diagnostics, graph: &Graph<'_>, live: &Liveness) -> Machine {
    let reached = reached(graph);
    let mut joins = joins(graph, &reached);
    if graph.awaits {
        part(graph, live, &mut joins);
    }
    let mut lowering = Lowering { cx, graph, live, joins, reported: Variables::new(), idle: Variables::new() };
    let mut variants = BTreeSet::new();
    let questions = (0..graph.questions.len()).map(QuestionId);
    let states = questions.map(|question| lowering.state(question, &mut variants)).collect();
    let start = lowering.region(Graph::ENTRY, Need::Somewhere);
    let joins = lowering.joins.clone().into_iter().map(|block| lowering.join(block)).collect();
    reached.iter().for_each(|block| lowering.check_hidden(*block));
    Machine { states, start, idle: lowering.idle, joins }
}

/// The blocks that anything leads to.
fn reached(graph: &Graph<'_>) -> BTreeSet<BlockId> {
    let mut reached = BTreeSet::new();
    let mut open = vec![Graph::ENTRY];
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            open.extend(graph.ways(id));
        }
    }
    reached
}

/// The blocks that more than one way leads to, or a jump from the middle of some Rust. Every other block is written
/// where its only way comes from.
fn joins(graph: &Graph<'_>, reached: &BTreeSet<BlockId>) -> Vec<BlockId> {
    let mut ways = vec![0usize; graph.blocks.len()];
    for id in reached {
        let block = graph.block(*id);
        block.end.targets().into_iter().for_each(|target| ways[target.0] += 1);
        block.jumps().for_each(|target| ways[target.0] += 2);
    }
    reached.iter().copied().filter(|id| ways[id.0] > 1).collect()
}

/// Makes joins of blocks so that no arm of the turn awaits twice, where all that they are handed is of types that can be
/// named: what lives across two `.await`s has a place of its own in the future, beside that of every other arm.
fn part(graph: &Graph<'_>, live: &Liveness, joins: &mut Vec<BlockId>) {
    let answers = graph.questions.iter().map(|question| question.answer);
    let kept = graph.questions.iter().flat_map(|question| live.at(question.resume).iter().copied());
    let named: Variables = kept.chain(answers).chain(graph.parameters.iter().copied()).collect();
    let can_part = |block: BlockId| {
        let mut handed = live.at(block).iter();
        handed.all(|variable| named.contains(variable) && graph.variables.get(*variable).ty.is_some())
    };
    let resumes = graph.questions.iter().map(|question| question.resume);
    let mut open: Vec<(BlockId, bool)> =
        resumes.chain([Graph::ENTRY]).chain(joins.iter().copied()).map(|root| (root, false)).collect();
    // Blocks behind a question that nothing leads to may lead to each other.
    let mut seen = BTreeSet::new();
    while let Some((id, awaited)) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let block = graph.block(id);
        let awaits = block.awaits();
        let parts = awaited && awaits && can_part(id);
        if parts {
            joins.push(id);
        }
        let awaited = awaits || awaited && !parts;
        open.extend(block.end.targets().into_iter().filter(|target| !joins.contains(target)).map(|way| (way, awaited)));
    }
    joins.sort();
}

/// Why a variable is needed, for the error about one that cannot be kept.
#[derive(Clone, Copy)]
enum Need {
    After(QuestionId),
    Somewhere,
}

struct Lowering<'c, 'g, 'a> {
    cx: &'c mut Diagnostics,
    graph: &'g Graph<'a>,
    live: &'g Liveness,
    joins: Vec<BlockId>,
    /// Variables that an error was reported for.
    reported: Variables,
    /// See [`Machine::idle`].
    idle: Variables,
}

impl Lowering<'_, '_, '_> {
    fn state(&mut self, id: QuestionId, variants: &mut BTreeSet<String>) -> State {
        let question = self.graph.question(id);
        let name = &question.name;
        let mut variant = camel_case(&plain(name));
        // `first_name` and `firstName` are two questions.
        while !variants.insert(variant.clone()) {
            variant.push('_');
        }
        let variant = Ident::new(&variant, name.span().resolved_at(Span::mixed_site()));
        let region = self.region(question.resume, Need::After(id));
        State { question: id, variant, region }
    }

    fn join(&mut self, block: BlockId) -> Join {
        Join { block, variant: format_ident!("B{}", block.0), region: self.region(block, Need::Somewhere) }
    }

    fn region(&mut self, block: BlockId, need: Need) -> Region {
        let mut names = BTreeSet::new();
        let mut fields = Vec::new();
        let is_start = block == Graph::ENTRY;
        let theirs = |variable: &VariableId| self.graph.variables.get(*variable).label.is_none();
        let used = next_uses(self.graph, block, self.live.at(block).iter().copied().filter(theirs).collect());
        for variable in self.live.at(block).clone() {
            let declared = self.graph.variables.get(variable);
            if !is_start {
                self.check_kept(variable, need);
            }
            let mut name = match &declared.label {
                Some(label) => Ident::new(label, declared.name.span()),
                None => declared.name.clone(),
            };
            let first = plain(&name);
            let mut number = 2usize;
            while !names.insert(plain(&name)) {
                name = format_ident!("{}_{}", first, number, span = declared.name.span());
                number += 1;
            }
            let used = used.get(&variable).copied();
            fields.push(Field { variable, name, ty: declared.ty.clone(), used });
        }
        let unset = self.unset(block);
        Region { block, fields, unset }
    }

    /// Reports a variable that is to be kept and cannot be.
    fn check_kept(&mut self, id: VariableId, need: Need) {
        let variable = self.graph.variables.get(id);
        let (name, span) = (&variable.name, variable.name.span());
        let borrow = match &variable.ty {
            Some(ty) => Borrow::in_type(ty),
            None => None,
        };
        if variable.ty.is_some() && borrow.is_none() || !self.reported.insert(id) {
            return;
        }
        if let (Some(ty), Some(borrow)) = (&variable.ty, borrow) {
            let text = source(ty.to_token_stream());
            self.cx.error_under(ty, format_args!("`{text}` cannot be remembered across a question")).help(
                match borrow {
                    Borrow::Str => "keep a `String`",
                    Borrow::Slice => "keep a `Vec`",
                    Borrow::Other => "keep an owned value, by `.clone()` or `.to_owned()`",
                },
            );
            return;
        }
        let error = match need {
            Need::After(question) => {
                let question = &self.graph.question(question).name;
                let why =
                    format_args!("`{name}` is needed after the question `{question}`, so its type must be written");
                self.cx.error(span, why)
            }
            Need::Somewhere => {
                let why =
                    format_args!("`{name}` is needed where ways around a question meet, so its type must be written");
                self.cx.error(span, why)
            }
        };
        match variable.from_pattern {
            true => error.help(format_args!("begin what follows by `let {name}: Type = {name};`")),
            false if variable.mutable => error.help(format_args!("write `let mut {name}: Type = …`")),
            false => error.help(format_args!("write `let {name}: Type = …`")),
        };
    }

    /// The blocks that are written inside of one: those that only one way leads to. Behind a question that nothing leads
    /// to, which was reported, they may lead to each other in a circle.
    fn inlined(&self, block: BlockId) -> BTreeSet<BlockId> {
        let mut all = BTreeSet::new();
        let mut open = vec![block];
        while let Some(id) = open.pop() {
            if all.insert(id) {
                let targets = self.graph.block(id).end.targets();
                open.extend(targets.into_iter().filter(|target| !self.joins.contains(target)));
            }
        }
        all
    }

    /// What is assigned inside of a block, but neither handed to it nor declared there. The reverse, what is declared
    /// there to be assigned elsewhere, is idle.
    fn unset(&mut self, block: BlockId) -> Vec<VariableId> {
        let mut declared: Variables = self.live.at(block).clone();
        let mut assigned = Variables::new();
        let mut used = Variables::new();
        let mut empty = Variables::new();
        for id in self.inlined(block) {
            let block = self.graph.block(id);
            for operation in &block.operations {
                match operation {
                    Operation::Rust { statement, declares, assigns } => {
                        declared.extend(declares);
                        assigned.extend(assigns);
                        used.extend(&statement.uses);
                        if matches!(&statement.code, Stmt::Local(local) if local.init.is_none()) {
                            empty.extend(declares);
                        }
                    }
                    Operation::Bind { variable, .. } => {
                        declared.insert(*variable);
                    }
                    Operation::Say { .. } => {}
                }
            }
            match &block.end {
                End::If { declares, .. } => declared.extend(declares),
                End::Match { arms, .. } => arms.iter().for_each(|arm| declared.extend(&arm.declares)),
                End::Run { question, heard, .. } => {
                    declared.insert(self.graph.question(*question).answer);
                    heard.events.iter().for_each(|arm| declared.extend(&arm.declares));
                }
                End::Reply { question, heard, problem, .. } => {
                    declared.insert(self.graph.question(*question).answer);
                    declared.extend(problem);
                    heard.events.iter().for_each(|arm| declared.extend(&arm.declares));
                }
                _ => {}
            }
        }
        self.idle.extend(empty.difference(&assigned).filter(|variable| !used.contains(variable)));
        assigned.difference(&declared).copied().collect()
    }

    /// Reports a name that hides, inside of some Rust, a variable that has to be handed on from there.
    fn check_hidden(&mut self, id: BlockId) {
        let block = self.graph.block(id);
        for operation in &block.operations {
            match operation {
                Operation::Rust { statement, .. } => self.check_exits(statement),
                Operation::Bind { value, .. } => self.check_exits(value),
                Operation::Say { .. } => {}
            }
        }
        match &block.end {
            End::If { condition, declares, then, .. } => self.check_declared(&condition.uses, declares, *then),
            End::Match { scrutinee, arms } => {
                for arm in arms {
                    let uses = scrutinee.uses.union(&arm.uses).copied().collect();
                    self.check_declared(&uses, &arm.declares, arm.block);
                }
            }
            _ => {}
        }
    }

    fn check_exits<T>(&mut self, opaque: &Opaque<T>) {
        for target in opaque.exits.iter().filter_map(|exit: &Exit| exit.target()) {
            for variable in self.live.at(target).clone() {
                let name = self.graph.variables.name(variable);
                if opaque.binds.contains(&name) && opaque.uses.contains(&variable) {
                    self.report_hidden(variable, self.graph.variables.get(variable).name.span());
                }
            }
        }
    }

    fn check_declared(&mut self, uses: &Variables, declares: &[VariableId], target: BlockId) {
        for declared in declares {
            let name = self.graph.variables.name(*declared);
            for variable in self.live.at(target).clone() {
                let hidden = variable != *declared && self.graph.variables.name(variable) == name;
                if hidden && uses.contains(&variable) {
                    self.report_hidden(variable, self.graph.variables.get(*declared).name.span());
                }
            }
        }
    }

    fn report_hidden(&mut self, variable: VariableId, span: Span) {
        if self.reported.insert(variable) {
            let name = self.graph.variables.name(variable);
            self.cx
                .error(span, format_args!("two variables are called `{name}` where one of them has to be remembered"))
                .help("give one of them another name");
        }
    }
}

/// What kind of borrow a type holds.
#[derive(Clone, Copy)]
enum Borrow {
    Str,
    Slice,
    Other,
}

impl Borrow {
    fn in_type(ty: &Type) -> Option<Borrow> {
        struct Find(Option<Borrow>);
        impl<'ast> Visit<'ast> for Find {
            fn visit_type_reference(&mut self, borrow: &'ast syn::TypeReference) {
                self.0.get_or_insert(match &*borrow.elem {
                    Type::Path(path) if path.path.is_ident("str") => Borrow::Str,
                    Type::Slice(_) => Borrow::Slice,
                    _ => Borrow::Other,
                });
                visit::visit_type_reference(self, borrow);
            }
            fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
                if lifetime.ident != "static" {
                    self.0.get_or_insert(Borrow::Other);
                }
            }
            // The lifetimes of a function pointer's arguments are its own.
            fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
        }
        let mut find = Find(None);
        find.visit_type(ty);
        find.0
    }
}

/// `first_name` as `FirstName`.
fn camel_case(name: &str) -> String {
    let mut camel = String::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let mut letters = part.chars();
        camel.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        camel.extend(letters);
    }
    match camel.starts_with(|c: char| c.is_alphabetic()) && camel != "Self" {
        true => camel,
        false => format!("Q{camel}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_names_its_variant() {
        assert_eq!(camel_case("first_name"), "FirstName");
        assert_eq!(camel_case("_2nd"), "Q2nd");
        assert_eq!(camel_case("_"), "Q");
        assert_eq!(camel_case("_self"), "QSelf");
    }
}
