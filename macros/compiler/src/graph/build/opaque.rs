//! Rust that stays as it is: what it uses, and where its jumps lead.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Lifetime, Stmt};

use super::{Builder, Frame};
use crate::escapes::{self, Escape};
use crate::graph::inference::declared;
use crate::graph::{End, Exit, Opaque, Operation};
use crate::names::plain;
use crate::opaque::{Uses, assigned, diverges};
use crate::syntax::ast::Older;
use crate::syntax::take_older;

impl Builder<'_, '_> {
    /// A statement that stays as it is.
    pub(super) fn rust(&mut self, statement: &Stmt) {
        let mut code = statement.clone();
        let older = match &mut code {
            Stmt::Local(local) => take_older(self.cx, &mut local.attrs),
            _ => Older::default(),
        };
        let found = Uses::of_statement(statement);
        let uses = self.used(&found);
        let exits = self.exits(|replace| escapes::in_statement(&mut statement.clone(), replace));
        let assigns = assigned(statement).and_then(|name| self.scopes.resolve(&plain(name)));
        let declares = match statement {
            Stmt::Local(local) => {
                let found = declared(local, &self.scopes, &self.graph.variables);
                let declared = self.declare_all(found);
                self.read_older(&declared, older);
                declared
            }
            _ => Vec::new(),
        };
        let statement = Opaque { code, uses, binds: found.bound, exits };
        let leaves = diverges(&statement.code);
        let bare = bare_jump(&statement.code);
        if let (Some(value), [Exit::Output]) = (bare, statement.exits.as_slice()) {
            // `return value;` is an end that the graph can see through.
            let span = statement.code.span();
            let value =
                value.map(|code| Opaque { code, uses: statement.uses, binds: statement.binds, exits: Vec::new() });
            self.end(End::Return(value, span));
            return;
        }
        self.push(Operation::Rust { statement, declares, assigns });
        if leaves {
            self.end(End::Never);
        }
    }

    pub(super) fn opaque_expression(&mut self, value: &Expr) -> Opaque<Expr> {
        let found = Uses::of_expression(value);
        let uses = self.used(&found);
        let exits = self.exits(|replace| escapes::in_expression(&mut value.clone(), replace));
        Opaque { code: value.clone(), uses, binds: found.bound, exits }
    }

    /// Where the jumps out of some Rust lead.
    fn exits(&mut self, visit: impl FnOnce(&mut dyn FnMut(Escape) -> Option<Expr>)) -> Vec<Exit> {
        let mut found = Vec::new();
        visit(&mut |escape| {
            let target = match &escape {
                Escape::Verb(tokens) => {
                    let verb = crate::syntax::verb(self.cx, tokens.clone());
                    verb.and_then(|verb| self.exit(&verb))
                }
                Escape::Break(span, label, _) => {
                    let exit = self.frame(label.as_ref()).map(Frame::leave);
                    exit.or_else(|| self.report_no_loop("break", *span, label.as_ref()))
                }
                Escape::Continue(span, label) => {
                    let again = self.frame(label.as_ref()).and_then(|frame| frame.continue_to).map(Exit::To);
                    again.or_else(|| self.report_no_loop("continue", *span, label.as_ref()))
                }
                Escape::Say(span, tokens) => {
                    self.graph.awaits |= Uses::of_tokens(tokens).awaits;
                    // Reported here; the emitter reads it again.
                    crate::syntax::message(self.cx, *span, tokens.clone());
                    None
                }
                Escape::Return(..) => Some(Exit::Output),
            };
            found.extend(target);
            None
        });
        found
    }

    fn report_no_loop(&mut self, word: &str, span: Span, label: Option<&Lifetime>) -> Option<Exit> {
        let error = match label {
            Some(label) => self.cx.error(span, format_args!("there is no loop `{label}` here for this `{word}`")),
            None => self.cx.error(span, format_args!("there is no loop here for this `{word}`")),
        };
        error.help("put it into a `loop`, or leave the conversation by `return`, a question by `goto`");
        None
    }

    /// The frame that a `break` or `continue` means.
    pub(super) fn frame(&mut self, label: Option<&Lifetime>) -> Option<&mut Frame> {
        self.frames.iter_mut().rev().find(|frame| match label {
            Some(label) => frame.label.as_ref() == Some(label),
            None => frame.is_loop,
        })
    }
}

/// The value of a statement that is nothing but a `return`.
fn bare_jump(statement: &Stmt) -> Option<Option<Expr>> {
    match statement {
        Stmt::Expr(Expr::Return(leave), _) => Some(leave.expr.as_deref().cloned()),
        _ => None,
    }
}
