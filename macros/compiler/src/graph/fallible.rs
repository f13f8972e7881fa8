//! Where `?` stands, so that it is not rustc that says what its function would have to return.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, ExprAsync, ExprClosure, ExprTry, Item, Token, Type};

use super::{End, Graph, Operation, Source, visit as graph_visit};
use crate::diagnostics::Diagnostics;
use crate::syntax::ast::Conversation;
use crate::syntax::parse::marker;
use crate::syntax::shape::VERB;
use crate::text::source;

/// Types that are certainly neither a `Result` nor an `Option`, whatever is in scope.
const PLAIN: &[&str] = &[
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32", "u64", "u128",
    "usize", "String", "Vec",
];

/// Reports every `?` of a conversation whose output it cannot become.
pub(crate) fn check_question_marks(cx: &mut Diagnostics, conversation: &Conversation, graph: &Graph<'_>) {
    let output = conversation.output.as_ref();
    if !output.is_none_or(is_plain) {
        return;
    }
    let mut found = QuestionMarks::default();
    graph_visit::rust(graph, &mut found);
    said(graph, &mut found);
    let name = &conversation.name;
    let (has, value) = match output.map(|output| source(output.to_token_stream())) {
        Some(output) => (format!("that of `{name}` is `{output}`"), output),
        None => (format!("`{name}` has none"), "()".to_owned()),
    };
    for span in found.0 {
        cx.error(span, format_args!("`?` needs an output that is a `Result` or an `Option`, and {has}")).help(
            format_args!(
                "write `-> Result<{value}, Error>` in front of the body, with the type of the error, or `match` here"
            ),
        );
    }
}

/// Looks through what is said, and through what a question computes.
fn said(graph: &Graph<'_>, found: &mut QuestionMarks) {
    for block in &graph.blocks {
        for operation in &block.operations {
            if let Operation::Say { message, .. } = operation {
                found.arguments(message.tokens());
            }
        }
        if let End::Close(close) = &block.end {
            close.reason.iter().for_each(|reason| found.arguments(reason.tokens()));
        }
    }
    for question in &graph.questions {
        if let Source::Ask(ask) = question.source {
            ask.within.iter().for_each(|within| found.visit_expr(&within.duration));
            ask.among.iter().for_each(|among| found.visit_expr(among));
        }
    }
}

fn is_plain(output: &Type) -> bool {
    match output {
        Type::Array(_) | Type::Reference(_) | Type::Slice(_) | Type::Tuple(_) => true,
        Type::Path(path) => {
            let last = path.path.segments.last();
            path.qself.is_none()
                && path.path.segments.len() == 1
                && last.is_some_and(|last| PLAIN.iter().any(|plain| last.ident == plain))
        }
        _ => false,
    }
}

#[derive(Default)]
struct QuestionMarks(Vec<Span>);

impl QuestionMarks {
    /// Looks through the arguments of a macro or a message, where they are Rust.
    fn arguments(&mut self, tokens: TokenStream) {
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens);
        arguments.iter().flatten().for_each(|argument| self.visit_expr(argument));
    }
}

impl<'ast> Visit<'ast> for QuestionMarks {
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        // A verb is told by its word, which is none of its arguments.
        let word = usize::from(marker(call) == Some(VERB));
        self.arguments(call.tokens.clone().into_iter().skip(word).collect());
    }

    fn visit_expr_try(&mut self, value: &'ast ExprTry) {
        self.0.push(value.question_token.span);
        visit::visit_expr_try(self, value);
    }

    // In these it is about an output of their own.
    fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'ast ExprAsync) {}
    fn visit_item(&mut self, _: &'ast Item) {}
}
