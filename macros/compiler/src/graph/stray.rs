//! Words of the language in Rust that is no part of the conversation: what happens in a closure, an `async` block or a
//! function happens at another time, when there is nobody to say it to and nothing to go back to.

use proc_macro2::{Span, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{ExprAsync, ExprClosure, Item, Local};

use super::{Graph, visit as graph_visit};
use crate::diagnostics::Diagnostics;
use crate::syntax::is_older;
use crate::syntax::parse::marker;
use crate::syntax::shape::{ON, SAY, VERB};

/// Reports every word that cannot reach the conversation from where it stands.
pub(crate) fn check_stray_words(cx: &mut Diagnostics, graph: &Graph<'_>) {
    let mut found = Strays::default();
    graph_visit::rust(graph, &mut found);
    graph.items.iter().for_each(|item| found.visit_item(item));
    for place in found.older {
        cx.error(place, "this variable is kept at no question: none is asked in its block")
            .help("take the attribute out");
    }
    for Stray { word, span, inside } in found.strays {
        match inside {
            Some(inside) => {
                let why = format_args!("`{word}` belongs to the conversation, and does not reach out of {inside}");
                cx.error(span, why).help(format_args!("hand a value out of it, and `{word}` behind it"));
            }
            None => report_no_listener(cx, span),
        }
    }
}

/// Reports an `on` that stands where nothing is asked.
pub(super) fn report_no_listener(cx: &mut Diagnostics, on: Span) {
    cx.error(on, "no question stands behind this `on`, in the same block, that could hear it")
        .help("put it in front of the questions that it is for, in their block or in one around it");
}

struct Stray {
    word: String,
    span: Span,
    /// What it stands in; none for an `on` in a block of its own.
    inside: Option<&'static str>,
}

#[derive(Default)]
struct Strays {
    inside: Option<&'static str>,
    strays: Vec<Stray>,
    /// What is said of older states where nothing is kept.
    older: Vec<Span>,
}

impl Strays {
    fn within(&mut self, what: &'static str, visit: impl FnOnce(&mut Self)) {
        let around = self.inside.replace(what);
        visit(self);
        self.inside = around;
    }
}

impl<'ast> Visit<'ast> for Strays {
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let word = match (marker(call), self.inside) {
            (Some(ON), _) => Some("on".to_owned()),
            (Some(SAY), Some(_)) => Some("say".to_owned()),
            (Some(VERB), Some(_)) => match call.tokens.clone().into_iter().next() {
                Some(TokenTree::Ident(word)) => Some(word.to_string()),
                _ => None,
            },
            _ => None,
        };
        self.strays.extend(word.map(|word| Stray { word, span: call.path.span(), inside: self.inside }));
    }

    fn visit_local(&mut self, local: &'ast Local) {
        let older = local.attrs.iter().find(|attribute| is_older(attribute));
        self.older.extend(older.map(|attribute| attribute.path().span()));
        visit::visit_local(self, local);
    }

    fn visit_expr_closure(&mut self, closure: &'ast ExprClosure) {
        self.within("a closure", |strays| visit::visit_expr_closure(strays, closure));
    }

    fn visit_expr_async(&mut self, block: &'ast ExprAsync) {
        self.within("an `async` block", |strays| visit::visit_expr_async(strays, block));
    }

    fn visit_item(&mut self, item: &'ast Item) {
        self.within("a function", |strays| visit::visit_item(strays, item));
    }
}
