//! What each variable is called at a place of the emitted code.
//!
//! A variable is called by its own name while it is the one that the name means in the source. One that another hides,
//! and that is needed later, is moved to a name of ours until the source can see it again.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::Ident;

use crate::names::{Arena, VariableId, Variables};

#[derive(Clone)]
pub(crate) struct Scope<'g> {
    variables: &'g Arena,
    /// Where the dependencies are.
    own: &'g TokenStream,
    /// What a name means in the emitted code.
    shown: BTreeMap<String, VariableId>,
    /// The variables that stand under a name of ours, and the dependencies that do not stand under their own.
    hidden: Variables,
}

impl<'g> Scope<'g> {
    /// The scope at the beginning of a region that these variables are handed to, in the order of their declaration.
    pub(crate) fn of(variables: &'g Arena, own: &'g TokenStream, handed: impl IntoIterator<Item = VariableId>) -> Self {
        let mut scope = Scope { variables, own, shown: BTreeMap::new(), hidden: Variables::new() };
        for variable in variables.dependencies().chain(handed) {
            if let Some(earlier) = scope.shown.insert(variables.name(variable), variable) {
                scope.hidden.insert(earlier);
            }
        }
        scope
    }

    /// What the variable is called here.
    pub(crate) fn name(&self, variable: VariableId) -> Ident {
        match self.hidden.contains(&variable) {
            true => format_ident!(
                "__{}_{}",
                self.variables.name(variable),
                Arena::number(variable),
                span = Span::mixed_site()
            ),
            false => self.variables.get(variable).name.clone(),
        }
    }

    /// Whether the variable's own name means it here.
    pub(crate) fn means(&self, variable: VariableId) -> bool {
        self.shown.get(&self.variables.name(variable)) == Some(&variable)
    }

    /// The pattern that binds the variable under the name it has here.
    pub(crate) fn pattern(&self, variable: VariableId) -> TokenStream {
        let mutable = self.variables.get(variable).mutable.then(|| quote_spanned!(Span::mixed_site()=> mut));
        let name = self.name(variable);
        quote_spanned!(Span::mixed_site()=> #mutable #name)
    }

    /// Gives variables that the next code uses their own names back.
    pub(crate) fn show(&mut self, used: &Variables, needed: &Variables) -> TokenStream {
        let mut out = TokenStream::new();
        for variable in used.iter().filter(|variable| self.hidden.contains(variable)).copied().collect::<Vec<_>>() {
            self.hide([variable], needed).to_tokens(&mut out);
            let ours = self.name(variable);
            self.hidden.remove(&variable);
            let own = self.pattern(variable);
            self.shown.insert(self.variables.name(variable), variable);
            out.extend(match self.variables.is_dependency(variable) {
                true => {
                    let (with, name) = (self.own, self.name(variable));
                    quote_spanned!(Span::mixed_site()=> let #own = &#with.#name;)
                }
                false => quote_spanned!(Span::mixed_site()=> let #own = #ours;),
            });
        }
        out
    }

    /// Moves those of the variables still `needed` out of the way whose names are about to mean `declared`.
    pub(crate) fn hide(&mut self, declared: impl IntoIterator<Item = VariableId>, needed: &Variables) -> TokenStream {
        let mut out = TokenStream::new();
        for variable in declared {
            let Some(hides) = self.shown.remove(&self.variables.name(variable)) else { continue };
            if self.variables.is_dependency(hides) {
                self.hidden.insert(hides);
            } else if hides != variable && needed.contains(&hides) {
                let own = self.name(hides);
                self.hidden.insert(hides);
                let ours = self.pattern(hides);
                out.extend(quote_spanned!(Span::mixed_site()=> let #ours = #own;));
            }
        }
        out
    }

    /// Moves the variables still `needed` out of the way that some code hides by names that it binds for itself.
    pub(crate) fn hide_names<'n>(
        &mut self,
        names: impl IntoIterator<Item = &'n String>,
        needed: &Variables,
    ) -> TokenStream {
        let mut out = TokenStream::new();
        for name in names {
            let Some(hides) = self.shown.get(name).copied().filter(|hides| needed.contains(hides)) else { continue };
            let own = self.name(hides);
            self.shown.remove(name);
            self.hidden.insert(hides);
            let ours = self.pattern(hides);
            out.extend(quote_spanned!(Span::mixed_site()=> let #ours = #own;));
        }
        out
    }

    /// The names that code has declared.
    pub(crate) fn declare(&mut self, declared: impl IntoIterator<Item = VariableId>) {
        for variable in declared {
            self.hidden.remove(&variable);
            let earlier = self.shown.insert(self.variables.name(variable), variable);
            self.hidden.extend(earlier.filter(|earlier| self.variables.is_dependency(*earlier)));
        }
    }
}
