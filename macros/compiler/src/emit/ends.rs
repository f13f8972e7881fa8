//! How a block ends: it goes on, branches, waits, or is the end.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprIf, Token};

use super::braced;
use super::scope::Scope;
use super::turn::Emitter;
use super::wait::Arms;
use crate::escapes;
use crate::graph::{Block, BlockId, End, MatchArm, Node, Opaque};
use crate::machine::Field;
use crate::names::Variables;

impl<'e> Emitter<'e, '_> {
    pub(super) fn end(&self, block: &Block<'_>, needed: &Variables, scope: &mut Scope<'e>) -> TokenStream {
        match &block.end {
            // What stands before never finishes, and its type says so, or rustc does.
            End::Never => TokenStream::new(),
            End::Goto(target) => self.goto(*target, scope),
            End::If { condition, declares, then, otherwise, .. } => {
                let mut out = TokenStream::new();
                self.prepare(condition, needed, scope, &mut out);
                let mut code = condition.code.clone();
                self.rewrite(&condition.exits, scope, |replace| escapes::in_expression(&mut code, replace));
                out.extend(scope.hide(declares.iter().copied(), self.live.at(*then)));
                let otherwise = self.goto(*otherwise, scope);
                scope.declare(declares.iter().copied());
                let then = self.goto(*then, scope);
                branch(code, then, otherwise).to_tokens(&mut out);
                out
            }
            End::Match { scrutinee, arms } => self.choice(scrutinee, arms, needed, scope),
            End::Wait(question) => {
                let (arrives, wait) = (self.arrives(Node::Question(*question)), self.wait(*question, scope));
                quote!(#arrives #wait)
            }
            End::Again(question) => {
                let (arrives, wait) = (self.arrives(Node::Question(*question)), self.keep_waiting(*question, scope));
                quote!(#arrives #wait)
            }
            End::Run { question, heard, done } => self.run(&Arms { question: *question, heard, needed }, *done, scope),
            End::Reply { question, heard, accepted, refused, problem, again } => {
                let arms = Arms { question: *question, heard, needed };
                self.reply(&arms, *accepted, (*refused, *problem), *again, scope)
            }
            End::Store(question) => {
                let (arrives, waiting) = (self.arrives(Node::Question(*question)), self.waiting(*question, scope));
                quote_spanned!(Span::mixed_site()=> #arrives ::converse::__private::Talk::store(talk); #waiting)
            }
            End::Back(question, _) => self.back(*question, scope),
            End::Close(close) => {
                let mut out = TokenStream::new();
                self.prepare(&close.code, needed, scope, &mut out);
                out.extend(scope.show(&close.uses, needed));
                out.extend(self.close(&close.code.code, close.reason.as_ref()));
                out
            }
            End::Return(value, span) => {
                let mut out = TokenStream::new();
                let value = match value {
                    Some(value) => {
                        self.prepare(value, needed, scope, &mut out);
                        let mut code = value.code.clone();
                        self.rewrite(&value.exits, scope, |replace| escapes::in_expression(&mut code, replace));
                        quote!(#code)
                    }
                    None => quote_spanned!(span.resolved_at(Span::mixed_site())=> ()),
                };
                let done = self.done(Some(value));
                quote!(#out #done)
            }
            End::CloseOnSilence => {
                let (arrives, pending) = (self.arrives(Node::Silence), self.ending.pending());
                quote_spanned! {Span::mixed_site()=>
                    #arrives
                    ::converse::__private::Talk::close_on_silence(talk);
                    return #pending;
                }
            }
        }
    }

    fn choice(
        &self,
        scrutinee: &Opaque<Expr>,
        arms: &[MatchArm],
        needed: &Variables,
        scope: &mut Scope<'e>,
    ) -> TokenStream {
        let mut out = TokenStream::new();
        let guards: Variables = arms.iter().flat_map(|arm| &arm.uses).copied().collect();
        out.extend(scope.show(&guards, needed));
        self.prepare(scrutinee, needed, scope, &mut out);
        let mut code = scrutinee.code.clone();
        self.rewrite(&scrutinee.exits, scope, |replace| escapes::in_expression(&mut code, replace));
        let after = arms.iter().flat_map(|arm| self.live.at(arm.block)).copied().collect();
        out.extend(scope.hide(arms.iter().flat_map(|arm| arm.declares.iter().copied()), &after));
        let arms = arms.iter().map(|arm| {
            let mut scope = scope.clone();
            scope.declare(arm.declares.iter().copied());
            let (pattern, body) = (&arm.pattern, self.goto(arm.block, &scope));
            quote_spanned!(Span::mixed_site()=> #pattern => { #body })
        });
        let arms = quote!(#(#arms)*);
        out.extend(quote_spanned!(Span::mixed_site()=> match #code { #arms }));
        out
    }

    /// Jumps to a block that has an arm of its own.
    pub(super) fn jump(&self, target: BlockId, scope: &Scope<'_>) -> TokenStream {
        let join = self.machine.join(target).expect("lowering made a join of every block that is jumped to");
        let variant = &join.variant;
        let fields = handed(&join.region.fields, scope);
        quote_spanned!(Span::mixed_site()=> at = __At::#variant { #fields }; continue 'turn;)
    }

    /// Goes to a block: into it where it is written here, to its arm otherwise.
    pub(super) fn goto(&self, target: BlockId, scope: &Scope<'e>) -> TokenStream {
        match self.machine.join(target) {
            Some(_) => self.jump(target, scope),
            None => self.block(target, &mut scope.clone()),
        }
    }
}

/// `if … { … } else { … }`, the condition in parentheses where Rust wants them, as around the struct literal of a `where`.
fn branch(condition: Expr, then: TokenStream, otherwise: TokenStream) -> ExprIf {
    ExprIf {
        attrs: Vec::new(),
        if_token: Token![if](Span::mixed_site()),
        cond: Box::new(condition),
        then_branch: braced(then).block,
        else_branch: Some((Token![else](Span::mixed_site()), Box::new(Expr::Block(braced(otherwise))))),
    }
}

/// A region's fields, filled with the variables as they are called here.
pub(super) fn handed(fields: &[Field], scope: &Scope<'_>) -> TokenStream {
    let fields = fields.iter().map(|field| {
        let (name, mut value) = (&field.name, scope.name(field.variable));
        if let Some(used) = field.used {
            value.set_span(used.resolved_at(value.span()));
        }
        match field.used.is_none() && value == *name {
            true => quote_spanned!(Span::mixed_site()=> #name),
            false => quote_spanned!(Span::mixed_site()=> #name: #value),
        }
    });
    quote!(#(#fields),*)
}
