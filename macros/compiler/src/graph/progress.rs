//! Loops that would run for ever within one turn, which no reply can come between.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{ExprAwait, ExprBreak, ExprLoop, ExprReturn, ExprTry, Macro};

use super::{Graph, visit as graph_visit};
use crate::diagnostics::Diagnostics;
use crate::syntax::parse::marker;
use crate::syntax::shape::SAY;

/// Reports every `loop` that never waits and never leaves. One that asks is not opaque; it is part of the graph.
pub(crate) fn check_loops(cx: &mut Diagnostics, graph: &Graph<'_>) {
    let mut found = Endless::default();
    graph_visit::rust(graph, &mut found);
    for span in found.0 {
        cx.error(span, "this loop never asks, waits or ends").help("leave it by `break` or `return`, or ask in it");
    }
}

#[derive(Default)]
struct Endless(Vec<Span>);

impl<'ast> Visit<'ast> for Endless {
    fn visit_expr_loop(&mut self, repeat: &'ast ExprLoop) {
        let mut leaves = Leaves(false);
        leaves.visit_block(&repeat.body);
        match leaves.0 {
            true => visit::visit_expr_loop(self, repeat),
            false => self.0.push(repeat.loop_token.span),
        }
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// Whether anything might end the loop, or let others run meanwhile.
struct Leaves(bool);

impl<'ast> Visit<'ast> for Leaves {
    fn visit_expr_break(&mut self, _: &'ast ExprBreak) {
        self.0 = true;
    }

    fn visit_expr_return(&mut self, _: &'ast ExprReturn) {
        self.0 = true;
    }

    fn visit_expr_try(&mut self, _: &'ast ExprTry) {
        self.0 = true;
    }

    fn visit_expr_await(&mut self, _: &'ast ExprAwait) {
        self.0 = true;
    }

    // A verb leaves, and who knows what another's macro does.
    fn visit_macro(&mut self, call: &'ast Macro) {
        self.0 |= marker(call) != Some(SAY);
    }

    // A label may be that of a loop around this one.
    fn visit_expr_continue(&mut self, next: &'ast syn::ExprContinue) {
        self.0 |= next.label.is_some();
    }
}
