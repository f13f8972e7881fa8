//! The places where opaque Rust reaches out of itself: it says something, returns, or jumps to what the graph holds.
//!
//! One visitor serves the graph, which has to know where the jumps lead, and the emitter, which writes them.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Label, Lifetime, Stmt, parse_quote_spanned};

use crate::syntax::parse::marker;
use crate::syntax::shape::{SAY, VERB};

/// A place where Rust reaches out of itself.
pub(crate) enum Escape {
    /// `say …`
    Say(Span, TokenStream),
    /// `retry`, `goto name` and the like.
    Verb(TokenStream),
    /// `return value`
    Return(Option<Box<Expr>>),
    /// `break 'label value`, out of a loop around this Rust.
    Break(Span, Option<Lifetime>, Option<Box<Expr>>),
    /// `continue 'label`, of a loop around this Rust.
    Continue(Span, Option<Lifetime>),
}

/// Calls `replace` for each escape, inner ones first, and puts what it returns in its place.
pub(crate) fn in_statement(statement: &mut Stmt, replace: &mut dyn FnMut(Escape) -> Option<Expr>) {
    Visitor { replace, labels: Vec::new(), loops: 0 }.visit_stmt_mut(statement);
}

/// As [`in_statement`], in an expression.
pub(crate) fn in_expression(value: &mut Expr, replace: &mut dyn FnMut(Escape) -> Option<Expr>) {
    Visitor { replace, labels: Vec::new(), loops: 0 }.visit_expr_mut(value);
}

struct Visitor<'f> {
    replace: &'f mut dyn FnMut(Escape) -> Option<Expr>,
    /// The labels of this Rust itself.
    labels: Vec<Lifetime>,
    /// How many loops of this Rust itself stand around.
    loops: usize,
}

impl Visitor<'_> {
    fn labelled(&mut self, label: Option<&Label>, is_loop: bool, visit: impl FnOnce(&mut Self)) {
        let known = self.labels.len();
        self.labels.extend(label.map(|label| label.name.clone()));
        self.loops += usize::from(is_loop);
        visit(self);
        self.loops -= usize::from(is_loop);
        self.labels.truncate(known);
    }

    fn leaves(&self, label: Option<&Lifetime>) -> bool {
        match label {
            Some(label) => !self.labels.contains(label),
            None => self.loops == 0,
        }
    }
}

fn of_macro(call: &syn::Macro) -> Option<Escape> {
    match marker(call)? {
        SAY => Some(Escape::Say(call.path.span(), call.tokens.clone())),
        VERB => Some(Escape::Verb(call.tokens.clone())),
        _ => None,
    }
}

impl VisitMut for Visitor<'_> {
    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        if let Stmt::Macro(call) = statement
            && let Some(escape) = of_macro(&call.mac)
        {
            if let Some(value) = (self.replace)(escape) {
                *statement = Stmt::Expr(value, call.semi_token);
            }
            return;
        }
        visit_mut::visit_stmt_mut(self, statement);
    }

    fn visit_expr_mut(&mut self, value: &mut Expr) {
        let known = self.labels.len();
        match value {
            Expr::Loop(repeat) => {
                let label = repeat.label.clone();
                self.labelled(label.as_ref(), true, |visitor| visit_mut::visit_block_mut(visitor, &mut repeat.body));
            }
            Expr::While(repeat) => {
                let label = repeat.label.clone();
                self.labelled(label.as_ref(), true, |visitor| {
                    visitor.visit_expr_mut(&mut repeat.cond);
                    visitor.visit_block_mut(&mut repeat.body);
                });
            }
            Expr::ForLoop(repeat) => {
                self.visit_expr_mut(&mut repeat.expr);
                let label = repeat.label.clone();
                self.labelled(label.as_ref(), true, |visitor| visitor.visit_block_mut(&mut repeat.body));
            }
            Expr::Block(block) => {
                let label = block.label.clone();
                self.labelled(label.as_ref(), false, |visitor| visitor.visit_block_mut(&mut block.block));
            }
            // These have a control flow of their own.
            Expr::Closure(_) | Expr::Async(_) => {}
            _ => visit_mut::visit_expr_mut(self, value),
        }
        debug_assert_eq!(known, self.labels.len());
        let escape = match value {
            Expr::Macro(call) => of_macro(&call.mac),
            // Where there is no value, that is said at the word.
            Expr::Return(leave) => Some(Escape::Return(Some(leave.expr.clone().unwrap_or_else(|| {
                let place = Span::mixed_site().located_at(leave.return_token.span);
                Box::new(parse_quote_spanned!(place=> ()))
            })))),
            Expr::Break(leave) if self.leaves(leave.label.as_ref()) => {
                Some(Escape::Break(leave.break_token.span, leave.label.clone(), leave.expr.clone()))
            }
            Expr::Continue(again) if self.leaves(again.label.as_ref()) => {
                Some(Escape::Continue(again.continue_token.span, again.label.clone()))
            }
            _ => None,
        };
        if let Some(replaced) = escape.and_then(|escape| (self.replace)(escape)) {
            *value = replaced;
        }
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<&'static str> {
        let mut statement: Stmt = syn::parse_str(source).expect("Rust");
        let mut found = Vec::new();
        in_statement(&mut statement, &mut |escape| {
            found.push(match escape {
                Escape::Say(..) => "say",
                Escape::Verb(_) => "verb",
                Escape::Return(..) => "return",
                Escape::Break(..) => "break",
                Escape::Continue(..) => "continue",
            });
            None
        });
        found
    }

    #[test]
    fn only_what_leaves_the_statement_is_an_escape() {
        assert_eq!(found("if a { break } else { continue 'outer }"), ["break", "continue"]);
        assert_eq!(found("loop { break; }"), [""; 0]);
        assert_eq!(found("'a: loop { loop { break 'a; } }"), [""; 0]);
        assert_eq!(found("for x in y { continue; break 'out 1 }"), ["break"]);
        assert_eq!(found("'b: { if c { break 'b } return 1 }"), ["return"]);
        assert_eq!(found("let f = || { return 1 };"), [""; 0]);
        assert_eq!(found(r#"if a { __converse_say! { "x" }; __converse_verb! { retry } }"#), ["say", "verb"]);
    }
}
