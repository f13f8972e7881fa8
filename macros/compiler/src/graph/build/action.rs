//! What happens when a reply will not do or does not come, or something else is heard.

use proc_macro2::Span;
use quote::quote_spanned;
use syn::{Expr, parse_quote_spanned};

use super::{Builder, Destination};
use crate::graph::{BlockId, End, Opaque};
use crate::names::{VariableId, plain};
use crate::syntax::ast::{Action, Message, Value};
use crate::syntax::misspelt_verb;

impl<'a> Builder<'_, 'a> {
    /// A block for an action. `count` says how often it was its turn; `problem` is bound by its `|problem|`.
    pub(super) fn action(
        &mut self,
        action: &'a Action,
        prompt: BlockId,
        count: Option<VariableId>,
        problem: &mut Option<VariableId>,
    ) -> BlockId {
        let start = self.new_block();
        self.here = Some(start);
        match action {
            Action::Say(Message::Value(value)) if !self.is_variable(value) && misspelt_verb(self.cx, value) => {}
            Action::Say(message) => {
                self.say(message);
                self.goto(prompt);
            }
            Action::List(actions) => {
                let (last, earlier) = actions.split_last().expect("an empty list was reported");
                for (index, action) in earlier.iter().enumerate() {
                    let test = self.here;
                    let then = self.action(action, prompt, None, problem);
                    let otherwise = self.new_block();
                    let count = count.expect("a question with a list counts");
                    let (name, number) = (self.graph.variables.get(count).name.clone(), index as u32 + 1);
                    let condition = parse_quote_spanned!(Span::mixed_site()=> #name == #number);
                    self.here = test;
                    self.test(condition, count, then, otherwise);
                    self.here = Some(otherwise);
                }
                let last = self.action_at(last, prompt, problem);
                self.goto(last);
            }
            Action::Block { problem: bound, block } => {
                let mark = self.scopes.enter();
                if let Some(name) = bound {
                    let ty = parse_quote_spanned!(Span::mixed_site()=> ::converse::Problem);
                    *problem = Some(self.declare(name.clone(), false, Some(ty)));
                }
                self.block(block, Destination::Nothing);
                let last = match &block.tail {
                    Some(Value::Rust(value)) if self.here.is_some() && !self.is_variable(value) => Some(value),
                    _ => None,
                };
                if last.is_some_and(|value| misspelt_verb(self.cx, value)) {
                    self.here = None;
                }
                if self.here.take().is_some() {
                    let error = self.cx.error(block.end, "this block does not say what happens next");
                    match last {
                        Some(Expr::Lit(_)) => {
                            error.help("write the message without braces, which asks again: `else \"…\"`")
                        }
                        _ => error.help(
                            "end it by `retry`, which asks again, by `wait`, `back`, `answer`, `goto`, `close` or `return`",
                        ),
                    };
                }
                self.scopes.leave(mark);
            }
        }
        self.here = None;
        start
    }

    /// Whether this is a variable of the conversation, and so no misspelt word.
    fn is_variable(&self, value: &Expr) -> bool {
        matches!(value, Expr::Path(path) if path.path.get_ident().is_some_and(|name| self.scopes.resolve(&plain(name)).is_some()))
    }

    fn action_at(&mut self, action: &'a Action, prompt: BlockId, problem: &mut Option<VariableId>) -> BlockId {
        let here = self.here;
        let block = self.action(action, prompt, None, problem);
        self.here = here;
        block
    }

    /// Branches on a condition of ours.
    pub(super) fn test(&mut self, condition: Expr, uses: VariableId, then: BlockId, otherwise: BlockId) {
        let condition = Opaque { code: condition, uses: [uses].into(), binds: Default::default(), exits: Vec::new() };
        self.end(End::If { condition, declares: Vec::new(), then, otherwise, refuses: false });
    }

    /// `count += 1;`
    pub(super) fn count(&mut self, count: Option<VariableId>) {
        let Some(count) = count else { return };
        let name = &self.graph.variables.get(count).name;
        let statement = quote_spanned!(Span::mixed_site()=> #name = ::core::primitive::u32::saturating_add(#name, 1););
        self.ours(statement, &[count], &[]);
    }
}
