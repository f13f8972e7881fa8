//! Where a variable that is handed on is used next, so that rustc says there that its value is gone.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;

use super::{Block, BlockId, End, Graph, Operation};
use crate::names::{VariableId, Variables};
use crate::opaque::captures;
use crate::syntax::ast::Message;

/// The first place behind the beginning of `start` that uses each of the variables, where there is one.
pub(crate) fn next_uses(graph: &Graph<'_>, start: BlockId, mut variables: Variables) -> BTreeMap<VariableId, Span> {
    let mut found = BTreeMap::new();
    let mut seen = BTreeSet::from([start]);
    let mut open = vec![start];
    let mut next = 0;
    while let Some(id) = open.get(next).filter(|_| !variables.is_empty()) {
        next += 1;
        each_use(graph, graph.block(*id), &mut |uses, code| {
            let used: Vec<VariableId> = uses.intersection(&variables).copied().collect();
            let Some(code) = (!used.is_empty()).then(code) else { return };
            for variable in used {
                if let Some(place) = place(code.clone(), &graph.variables.name(variable)) {
                    found.insert(variable, place);
                    variables.remove(&variable);
                }
            }
        });
        open.extend(graph.ways(*id).filter(|way| seen.insert(*way)));
    }
    found
}

/// Visits the code of a block that uses variables, in the order in which it runs.
fn each_use(graph: &Graph<'_>, block: &Block<'_>, visit: &mut dyn FnMut(&Variables, &dyn Fn() -> TokenStream)) {
    for operation in &block.operations {
        match operation {
            Operation::Rust { statement, .. } => visit(&statement.uses, &|| statement.code.to_token_stream()),
            Operation::Bind { value, .. } => visit(&value.uses, &|| value.code.to_token_stream()),
            Operation::Say { message, uses } => visit(uses, &|| message.tokens()),
        }
    }
    match &block.end {
        End::If { condition: value, .. } | End::Return(Some(value), _) => {
            visit(&value.uses, &|| value.code.to_token_stream());
        }
        End::Match { scrutinee, arms } => {
            visit(&scrutinee.uses, &|| scrutinee.code.to_token_stream());
            arms.iter().for_each(|arm| visit(&arm.uses, &|| arm.pattern.to_token_stream()));
        }
        End::Close(close) => {
            visit(&close.code.uses, &|| close.code.code.to_token_stream());
            visit(&close.uses, &|| close.reason.as_ref().map(Message::tokens).unwrap_or_default());
        }
        End::Wait(question) | End::Run { question, .. } | End::Reply { question, .. } => {
            let question = graph.question(*question);
            let among = question.source.ask().and_then(|ask| ask.among.as_ref());
            let uses = question.clock.union(&question.among).copied().collect();
            visit(&uses, &|| question.within.iter().chain(among).map(ToTokens::to_token_stream).collect());
        }
        _ => {}
    }
}

/// Where `name` stands in some code, or in a string literal that captures it.
fn place(tokens: TokenStream, name: &str) -> Option<Span> {
    let mut member = false;
    tokens.into_iter().find_map(|token| {
        let was_member = std::mem::replace(&mut member, matches!(&token, TokenTree::Punct(p) if p.as_char() == '.'));
        match token {
            TokenTree::Ident(ident) => (!was_member && ident == name).then(|| ident.span()),
            TokenTree::Group(group) => place(group.stream(), name),
            TokenTree::Literal(literal) => {
                let text = syn::parse_str::<syn::LitStr>(&literal.to_string()).ok()?;
                let mut is_captured = false;
                captures(&text.value(), &mut |captured| is_captured |= captured == name);
                is_captured.then(|| literal.span())
            }
            TokenTree::Punct(_) => None,
        }
    })
}
