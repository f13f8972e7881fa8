//! What is done on the way through a block: the user's Rust, with what it says and where it jumps written in.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, Stmt};

use super::scope::Scope;
use super::turn::Emitter;
use super::{braced, output};
use crate::diagnostics::Diagnostics;
use crate::escapes::{self, Escape};
use crate::graph::{Exit, Node, Opaque, Operation, QuestionId, close_number};
use crate::names::{VariableId, Variables};
use crate::syntax::ast::{Message, VerbKind};

impl<'e> Emitter<'e, '_> {
    pub(super) fn operation(
        &self,
        operation: &Operation<'_>,
        after: &Variables,
        scope: &mut Scope<'e>,
        out: &mut TokenStream,
    ) {
        match operation {
            Operation::Rust { declares, .. }
                if declares.iter().any(|declared| self.machine.idle.contains(declared)) => {}
            Operation::Rust { statement, declares, assigns } => {
                let mut needed = after.clone();
                needed.extend(&statement.uses);
                self.prepare(statement, &needed, scope, out);
                // What is assigned as a whole has no value before, but its name has to mean it.
                if let Some(assigned) = assigns.filter(|assigned| !scope.means(*assigned)) {
                    out.extend(scope.hide([assigned], &needed));
                    scope.declare([assigned]);
                    let (pattern, ty) = (scope.pattern(assigned), self.graph.variables.get(assigned).ty.iter());
                    out.extend(quote_spanned!(Span::mixed_site()=> let #pattern #(: #ty)*;));
                }
                let mut code = statement.code.clone();
                self.rewrite(&statement.exits, scope, |replace| escapes::in_statement(&mut code, replace));
                let hiding = scope.hide(declares.iter().copied(), after);
                match &mut code {
                    // The value may use what its variable hides.
                    Stmt::Local(local) if !hiding.is_empty() && local.init.is_some() => {
                        let init = local.init.as_mut().expect("looked at");
                        let value = &init.expr;
                        let ty = match &local.pat {
                            syn::Pat::Type(typed) => Some(typed.ty.clone()),
                            _ => None,
                        };
                        let ty = ty.iter();
                        out.extend(quote_spanned!(Span::mixed_site()=> let __value #(: #ty)* = #value; #hiding));
                        init.expr = syn::parse_quote_spanned!(Span::mixed_site()=> __value);
                    }
                    _ => out.extend(hiding),
                }
                code.to_tokens(out);
                scope.declare(declares.iter().copied());
            }
            Operation::Bind { variable, value } => {
                let mut needed = after.clone();
                needed.extend(&value.uses);
                self.prepare(value, &needed, scope, out);
                let mut code = value.code.clone();
                self.rewrite(&value.exits, scope, |replace| escapes::in_expression(&mut code, replace));
                out.extend(self.bind(*variable, quote!(#code), after, scope));
            }
            Operation::Say { message, uses } => {
                let mut needed = after.clone();
                needed.extend(uses);
                out.extend(scope.show(uses, &needed));
                out.extend(say(message));
            }
        }
    }

    /// `let variable: Type = value;`
    pub(super) fn bind(
        &self,
        variable: VariableId,
        value: TokenStream,
        after: &Variables,
        scope: &mut Scope<'e>,
    ) -> TokenStream {
        let hiding = scope.hide([variable], after);
        let ty = self.graph.variables.get(variable).ty.iter();
        scope.declare([variable]);
        let pattern = scope.pattern(variable);
        match hiding.is_empty() {
            true => quote_spanned!(Span::mixed_site()=> let #pattern #(: #ty)* = #value;),
            false => {
                quote_spanned!(Span::mixed_site()=> let __value #(: #ty)* = #value; #hiding let #pattern = __value;)
            }
        }
    }

    /// Makes the names right for some Rust: what it uses is shown, and what its jumps hand on is not hidden inside.
    pub(super) fn prepare<T>(
        &self,
        opaque: &Opaque<T>,
        needed: &Variables,
        scope: &mut Scope<'e>,
        out: &mut TokenStream,
    ) {
        out.extend(scope.show(&opaque.uses, needed));
        let handed: Variables =
            opaque.exits.iter().filter_map(|exit| exit.target()).flat_map(|to| self.live.at(to)).copied().collect();
        out.extend(scope.hide_names(&opaque.binds, &handed));
    }

    /// Writes what some Rust says and where it jumps.
    pub(super) fn rewrite(
        &self,
        exits: &[Exit],
        scope: &Scope<'e>,
        visit: impl FnOnce(&mut dyn FnMut(Escape) -> Option<Expr>),
    ) {
        let mut exits = exits.iter();
        visit(&mut |escape| {
            let tokens = match escape {
                Escape::Say(span, tokens) => {
                    let message = crate::syntax::message(&mut Diagnostics::default(), span, tokens);
                    message.as_ref().map(say).unwrap_or_default()
                }
                Escape::Verb(tokens) => {
                    let exit = *exits.next()?;
                    let verb = crate::syntax::verb(&mut Diagnostics::default(), tokens)?;
                    match &verb.kind {
                        VerbKind::Answer(value) => self.exit(exit, Some(quote!(#value)), scope),
                        VerbKind::Close { code, reason } => self.close(code, reason.as_ref()),
                        VerbKind::Retry | VerbKind::Wait | VerbKind::Back | VerbKind::Goto(_) => {
                            self.exit(exit, None, scope)
                        }
                    }
                }
                Escape::Continue(..) => self.exit(*exits.next()?, None, scope),
                Escape::Return(value) | Escape::Break(_, _, value) => {
                    self.exit(*exits.next()?, value.map(|value| quote!(#value)), scope)
                }
            };
            Some(Expr::Block(braced(tokens)))
        });
    }

    fn exit(&self, exit: Exit, value: Option<TokenStream>, scope: &Scope<'e>) -> TokenStream {
        match exit {
            Exit::Output => self.done(value),
            Exit::Closed(_) => unreachable!("it is written by itself"),
            Exit::Back(question, _) => self.back(question, scope),
            Exit::To(target) => {
                let jump = self.jump(target, scope);
                quote_spanned!(Span::mixed_site()=> #value; #jump)
            }
            Exit::With(variable, target) => {
                let mut scope = scope.clone();
                let value = value.unwrap_or_else(|| quote_spanned!(Span::mixed_site()=> ()));
                let bound = self.bind(variable, value, self.live.at(target), &mut scope);
                let jump = self.jump(target, &scope);
                quote_spanned!(Span::mixed_site()=> #bound #jump)
            }
        }
    }

    /// `back`, which leaves the conversation at `question`: where that is the first, it is asked again.
    pub(super) fn back(&self, question: QuestionId, scope: &Scope<'_>) -> TokenStream {
        let (returns, alarms, waiting) = (self.returns(), self.alarms(question, scope), self.waiting(question, scope));
        quote_spanned! {Span::mixed_site()=>
            #returns
            ::converse::__private::Talk::back(talk);
            #alarms
            #waiting
        }
    }

    /// `close 4001, "reason"`
    pub(super) fn close(&self, code: &Expr, reason: Option<&Message>) -> TokenStream {
        let (arrives, pending) =
            (self.arrives(close_number(code).map_or(Node::End, Node::Closed)), self.ending.pending());
        let reason = match reason {
            None => quote_spanned!(Span::mixed_site()=> ::core::format_args!("")),
            Some(Message::Format { tokens, .. }) => quote_spanned!(Span::mixed_site()=> ::core::format_args!(#tokens)),
            Some(Message::Value(value)) => quote_spanned!(Span::mixed_site()=> ::core::format_args!("{}", #value)),
        };
        quote_spanned! {Span::mixed_site()=>
            #arrives
            ::converse::__private::Talk::close(talk, #code, #reason);
            return #pending;
        }
    }

    /// Ends the conversation with its output. The type stands there so that rustc holds the value against it, and
    /// not against a type of ours.
    pub(super) fn done(&self, value: Option<TokenStream>) -> TokenStream {
        let output = output(self.conversation);
        let value = value.unwrap_or_else(|| quote_spanned!(Span::mixed_site()=> ()));
        let ready = self.ending.ready(quote_spanned!(Span::mixed_site()=> output));
        let arrives = self.arrives(Node::End);
        quote_spanned!(Span::mixed_site()=> let output: #output = #value; #arrives return #ready;)
    }
}

fn say(message: &Message) -> TokenStream {
    match message {
        Message::Format { tokens, .. } => quote_spanned! {Span::mixed_site()=>
            ::converse::__private::Talk::say_text(talk, ::core::format_args!(#tokens));
        },
        Message::Value(value) => quote_spanned! {Span::mixed_site()=>
            ::converse::__private::Talk::say(talk, #value);
        },
    }
}
