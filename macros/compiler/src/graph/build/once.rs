//! Something that is done once: its value is stored before anything else happens.

use proc_macro2::{Ident, Span};
use quote::quote_spanned;
use syn::parse_quote_spanned;

use super::Builder;
use crate::graph::{End, Operation, Question, QuestionId, Source};
use crate::names::{Variables, plain};
use crate::opaque::Uses;
use crate::syntax::ast::Once;

impl<'a> Builder<'_, 'a> {
    pub(super) fn once(&mut self, once: &'a Once) {
        let name = if once.bound { once.name.clone() } else { self.unused_name(&once.name) };
        if once.bound {
            self.check_name(&once.name);
        }
        let mut value = self.opaque_expression(&once.value);
        // Only who asks for the key pays for it.
        let ours = self.talk && self.scopes.resolve("talk").is_none();
        if ours && Uses::of_expression(&once.value).free.contains("talk") {
            let (code, text) = (&value.code, plain(&name));
            let ours = Ident::new("talk", Span::call_site());
            value.code = parse_quote_spanned!(Span::mixed_site()=> {
                let #ours = ::converse::__private::Talk::once(talk, #text);
                #code
            });
        }
        let answer = self.answer(&once.name, once.mutable, &once.ty, &once.older);
        match once.bound {
            true => self.push(Operation::Bind { variable: answer, value }),
            false => {
                let code = &value.code;
                let statement = quote_spanned!(Span::mixed_site()=> let _ = #code;);
                let code = syn::parse2(statement).expect("a statement");
                let statement = crate::graph::Opaque { code, uses: value.uses, binds: value.binds, exits: value.exits };
                self.push(Operation::Rust { statement, declares: Vec::new(), assigns: None });
            }
        }
        let resume = self.new_block();
        let id = QuestionId(self.graph.questions.len());
        self.end(End::Store(id));
        self.graph.questions.push(Question {
            source: Source::Once(once),
            name,
            answer,
            prompt: resume,
            waiting: resume,
            answered: resume,
            resume,
            within: None,
            clock: Variables::new(),
            timers: Variables::new(),
            among: Variables::new(),
        });
        self.here = Some(resume);
        if once.bound {
            self.scopes.bind(plain(&once.name), answer);
        }
    }

    /// A name that no question has, also none that comes later in this block: the first of `name`, `name_2`, `name_3` that
    /// is free.
    pub(super) fn unused_name(&self, name: &Ident) -> Ident {
        let taken = |wanted: &Ident| {
            self.graph.questions.iter().any(|question| question.name == *wanted)
                || self.labels.iter().flatten().any(|(written, _)| written == wanted)
        };
        let numbered = (2..).map(|number| quote::format_ident!("{}_{}", name, number as u32, span = name.span()));
        std::iter::once(name.clone()).chain(numbered).find(|name| !taken(name)).expect("numbers do not run out")
    }
}
