//! Control flow that holds a question, taken apart into blocks.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, Label, Pat, Stmt, Type, parse_quote_spanned};

use super::{Builder, Destination, Frame};
use crate::graph::inference::{item_of, through};
use crate::graph::{BlockId, End, MatchArm, Opaque, Operation};
use crate::names::{Variables, plain};
use crate::opaque::{Uses, bindings, condition_patterns};
use crate::syntax::ast::{self, Control, Older};
use crate::text::source;

impl<'a> Builder<'_, 'a> {
    pub(super) fn let_control(&mut self, pattern: &'a Pat, ty: Option<&Type>, value: &'a Control, older: &Older) {
        let Some(ty) = ty else {
            self.cx
                .error_under(pattern, "the value comes from around a question, so its type must be written")
                .help("write `let name: Type = …`");
            self.control(value, Destination::Nothing);
            return;
        };
        // The value is not in scope while it is computed.
        let mark = self.scopes.enter();
        let whole = match pattern {
            Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() && name.ident != "self" => {
                (name.ident.clone(), name.mutability.is_some())
            }
            _ => (Ident::new("__value", Span::mixed_site()), false),
        };
        let variable = self.declare(whole.0.clone(), whole.1, Some(ty.clone()));
        self.scopes.leave(mark);
        self.control(value, Destination::Variable(variable));
        self.scopes.bind(plain(&whole.0), variable);
        if !matches!(pattern, Pat::Ident(_)) {
            let whole = whole.0;
            let statement: Stmt = parse_quote_spanned!(pattern.span()=> let #pattern = #whole;);
            let uses = Variables::from([variable]);
            let found = through(pattern, Some(ty.clone()));
            let declares = self.declare_all(found);
            self.read_older(&declares, older.clone());
            let statement = Opaque { code: statement, uses, binds: BTreeSet::new(), exits: Vec::new() };
            self.push(Operation::Rust { statement, declares, assigns: None });
        } else {
            self.read_older(&[variable], older.clone());
        }
    }

    pub(super) fn control(&mut self, control: &'a Control, destination: Destination) {
        if self.here.is_none() {
            return;
        }
        match control {
            Control::If { condition, then, otherwise } => {
                self.branch(condition, then, otherwise.as_deref(), destination)
            }
            Control::Match { scrutinee, arms } => self.choice(scrutinee, arms, destination),
            Control::Loop { label, body } => {
                let head = self.head();
                let after = self.new_block();
                self.repeat(label.as_ref(), head, after, destination, |builder| {
                    builder.block(body, Destination::Nothing)
                });
            }
            Control::While { label, condition, body } => {
                let head = self.head();
                let after = self.new_block();
                self.repeat(label.as_ref(), head, after, Destination::Nothing, |builder| {
                    builder.condition(condition, after, |builder| builder.block(body, Destination::Nothing));
                    if let Some(frame) = builder.frames.last_mut() {
                        frame.broken = true;
                    }
                });
                if destination == Destination::Output {
                    self.end(End::Return(None, condition.span()));
                }
            }
            Control::For { label, pattern, ty, items, body } => {
                self.each(label.as_ref(), pattern, ty.as_ref(), items, body);
                if destination == Destination::Output {
                    self.end(End::Return(None, items.span()));
                }
            }
            Control::Block { label, body } => {
                let after = self.new_block();
                self.frames.push(Frame {
                    label: label.as_ref().map(|label: &Label| label.name.clone()),
                    is_loop: false,
                    break_to: after,
                    continue_to: None,
                    destination,
                    broken: false,
                });
                self.block(body, destination);
                let reached = self.here.is_some();
                self.goto(after);
                self.after_frame(after, reached, destination);
            }
        }
    }

    /// `for x: T in items { … }`: takes the items one by one from what is left of them.
    fn each(&mut self, label: Option<&Label>, pattern: &Pat, ty: Option<&Type>, items: &Expr, body: &'a ast::Block) {
        let Some(ty) = ty.cloned().or_else(|| item_of(items, &self.scopes, &self.graph.variables)) else {
            self.cx
                .error_under(pattern, "what is left of the items is remembered, so their type must be written")
                .help(format_args!("write `for {}: Type in …`", source(pattern.to_token_stream())));
            self.here = None;
            self.dead = true;
            return;
        };
        let name = bindings(pattern).first().map_or_else(|| "items".to_owned(), |binding| plain(&binding.name));
        let rest = parse_quote_spanned!(Span::mixed_site()=> ::converse::__private::Rest<#ty>);
        let rest = self.declare_ours(format!("{name}_rest"), rest);
        let ours = self.graph.variables.get(rest).name.clone();
        let mut value = self.opaque_expression(items);
        let items = &value.code;
        value.code = parse_quote_spanned!(Span::mixed_site()=> ::converse::__private::Rest::new(#items));
        self.push(Operation::Bind { variable: rest, value });

        let head = self.head();
        let (after, then) = (self.new_block(), self.new_block());
        self.repeat(label, head, after, Destination::Nothing, |builder| {
            let mark = builder.scopes.enter();
            let code = parse_quote_spanned!(Span::mixed_site()=>
                let ::core::option::Option::Some(#pattern) = ::core::iter::Iterator::next(&mut #ours)
            );
            let condition = Opaque { code, uses: [rest].into(), binds: BTreeSet::new(), exits: Vec::new() };
            let declares = builder.declare_all(through(pattern, Some(ty)));
            builder.end(End::If { condition, declares, then, otherwise: after, refuses: false });
            builder.here = Some(then);
            builder.block(body, Destination::Nothing);
            builder.scopes.leave(mark);
            if let Some(frame) = builder.frames.last_mut() {
                frame.broken = true;
            }
        });
    }

    /// A block of its own that a loop comes back to.
    pub(super) fn head(&mut self) -> BlockId {
        let head = self.new_block();
        self.goto(head);
        self.here = Some(head);
        head
    }

    fn repeat(
        &mut self,
        label: Option<&Label>,
        head: BlockId,
        after: BlockId,
        destination: Destination,
        body: impl FnOnce(&mut Self),
    ) {
        let label = label.map(|label| label.name.clone());
        let frame =
            Frame { label, is_loop: true, break_to: after, continue_to: Some(head), destination, broken: false };
        self.frames.push(frame);
        body(self);
        self.goto(head);
        self.after_frame(after, false, destination);
    }

    /// Goes on after a loop or a labelled block, where anything leads there.
    fn after_frame(&mut self, after: BlockId, reached: bool, destination: Destination) {
        let frame = self.frames.pop().expect("pushed by the caller");
        debug_assert!(frame.destination == destination);
        self.here = (reached || frame.broken).then_some(after);
    }

    fn branch(
        &mut self,
        condition: &Expr,
        then: &'a ast::Block,
        otherwise: Option<&'a ast::Block>,
        destination: Destination,
    ) {
        let no = self.new_block();
        let mut ends = Vec::new();
        self.condition(condition, no, |builder| {
            builder.block(then, destination);
            ends.extend(builder.here.take());
        });
        self.here = Some(no);
        match otherwise {
            Some(otherwise) => self.block(otherwise, destination),
            None if destination == Destination::Output => self.end(End::Return(None, then.end)),
            None if destination != Destination::Nothing => {
                self.cx
                    .error(then.end, "this `if` needs an `else` for its value")
                    .help("write `else { … }` here, with a value of the same type");
            }
            None => {}
        }
        ends.extend(self.here.take());
        self.join(ends);
    }

    /// Branches on a condition: `yes` fills the block where it holds, with what it binds in scope.
    fn condition(&mut self, condition: &Expr, no: BlockId, yes: impl FnOnce(&mut Self)) {
        let opaque = self.opaque_expression(condition);
        let mark = self.scopes.enter();
        let mut declares = Vec::new();
        for pattern in condition_patterns(condition) {
            declares.extend(self.declare_all(through(pattern, None)));
        }
        let then = self.new_block();
        self.end(End::If { condition: opaque, declares, then, otherwise: no, refuses: false });
        self.here = Some(then);
        yes(self);
        self.scopes.leave(mark);
    }

    fn choice(&mut self, scrutinee: &Expr, arms: &'a [ast::Arm], destination: Destination) {
        let scrutinee = self.opaque_expression(scrutinee);
        let start = self.here;
        let mut built = Vec::new();
        let mut ends = Vec::new();
        for arm in arms {
            let mark = self.scopes.enter();
            let uses = self.used(&Uses::of_pattern(&arm.pattern));
            let found = through(&arm.pattern, None);
            let declares = self.declare_all(found);
            let block = self.new_block();
            self.here = Some(block);
            self.block(&arm.body, destination);
            ends.extend(self.here.take());
            self.scopes.leave(mark);
            built.push(MatchArm { pattern: arm.pattern.clone(), uses, declares, block });
        }
        self.here = start;
        self.end(End::Match { scrutinee, arms: built });
        self.join(ends);
    }

    /// Goes on where the branches that go on meet.
    fn join(&mut self, ends: Vec<BlockId>) {
        if let [only] = ends.as_slice() {
            self.here = Some(*only);
        } else if !ends.is_empty() {
            let join = self.new_block();
            for end in ends {
                self.here = Some(end);
                self.goto(join);
            }
            self.here = Some(join);
        }
    }
}
