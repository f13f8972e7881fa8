//! Where a variable that is handed on is used next, so that rustc says there that its value is gone.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;

use super::{Block, BlockId, End, Graph, Operation};
use crate::names::VariableId;
use crate::opaque::captures;
use crate::syntax::ast::Message;

/// The first place behind the beginning of `start` that uses `variable`.
pub(crate) fn next_use(graph: &Graph<'_>, start: BlockId, variable: VariableId) -> Option<Span> {
    let name = graph.variables.name(variable);
    let mut seen = BTreeSet::from([start]);
    let mut open = vec![start];
    let mut next = 0;
    while let Some(id) = open.get(next) {
        next += 1;
        let block = graph.block(*id);
        if let Some(found) = users(graph, block, variable).into_iter().find_map(|tokens| place(tokens, &name)) {
            return Some(found);
        }
        open.extend(graph.ways(*id).filter(|way| seen.insert(*way)));
    }
    None
}

/// The code of a block that uses the variable, in the order in which it runs.
fn users(graph: &Graph<'_>, block: &Block<'_>, variable: VariableId) -> Vec<TokenStream> {
    let mut users = Vec::new();
    for operation in &block.operations {
        match operation {
            Operation::Rust { statement, .. } if statement.uses.contains(&variable) => {
                users.push(statement.code.to_token_stream());
            }
            Operation::Bind { value, .. } if value.uses.contains(&variable) => {
                users.push(value.code.to_token_stream());
            }
            Operation::Say { message, uses } if uses.contains(&variable) => users.push(message.tokens()),
            _ => {}
        }
    }
    users.extend(match &block.end {
        End::If { condition: value, .. } | End::Match { scrutinee: value, .. } | End::Return(Some(value), _)
            if value.uses.contains(&variable) =>
        {
            Some(value.code.to_token_stream())
        }
        End::Match { arms, .. } => {
            let guard = arms.iter().find(|arm| arm.uses.contains(&variable));
            guard.map(|arm| arm.pattern.to_token_stream())
        }
        End::Close(close) if close.code.uses.contains(&variable) => Some(close.code.code.to_token_stream()),
        End::Close(close) if close.uses.contains(&variable) => close.reason.as_ref().map(Message::tokens),
        End::Wait(question) | End::Run { question, .. } | End::Reply { question, .. } => {
            let question = graph.question(*question);
            let among = question.source.ask().and_then(|ask| ask.among.as_ref());
            Some(question.within.iter().chain(among).map(ToTokens::to_token_stream).collect())
        }
        _ => None,
    });
    users
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
