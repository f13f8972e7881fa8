//! Variables by binding, not by name: two `let`s of one name are two variables.

use std::collections::BTreeSet;

use proc_macro2::Ident;
use syn::Type;

use crate::syntax::ast::Older;

/// A variable of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct VariableId(usize);

/// A set of variables, in the order of their declaration.
pub(crate) type Variables = BTreeSet<VariableId>;

#[derive(Debug)]
pub(crate) struct Variable {
    /// As declared, with the user's span.
    pub(crate) name: Ident,
    pub(crate) mutable: bool,
    /// Whether a pattern binds it, rather than a `let` or a parameter of its own.
    pub(crate) from_pattern: bool,
    /// What a variable of ours is called where a person sees it.
    pub(crate) label: Option<String>,
    /// As written, or read off the declaration; unknown otherwise.
    pub(crate) ty: Option<Type>,
    /// What its author says of it in older states.
    pub(crate) older: Older,
}

/// Every variable of a conversation, its dependencies first.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    all: Vec<Variable>,
    dependencies: usize,
}

impl Arena {
    pub(crate) fn add(&mut self, variable: Variable) -> VariableId {
        self.all.push(variable);
        VariableId(self.all.len() - 1)
    }

    /// Has all that was added so far be dependencies.
    pub(crate) fn are_dependencies(&mut self) {
        self.dependencies = self.all.len();
    }

    /// The variables that can be had at any time, and are never remembered.
    pub(crate) fn dependencies(&self) -> impl Iterator<Item = VariableId> + use<> {
        (0..self.dependencies).map(VariableId)
    }

    pub(crate) fn is_dependency(&self, id: VariableId) -> bool {
        id.0 < self.dependencies
    }

    pub(crate) fn get(&self, id: VariableId) -> &Variable {
        &self.all[id.0]
    }

    /// What is said of a variable in older states.
    pub(crate) fn older(&mut self, id: VariableId) -> &mut Older {
        &mut self.all[id.0].older
    }

    /// The variables with their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (VariableId, &Variable)> {
        self.all.iter().enumerate().map(|(index, variable)| (VariableId(index), variable))
    }

    /// The variable's name, without the `r#` of a raw identifier.
    pub(crate) fn name(&self, id: VariableId) -> String {
        plain(&self.get(id).name)
    }

    /// A number that no other variable has, for names of ours.
    pub(crate) fn number(id: VariableId) -> usize {
        id.0
    }
}

/// The text of an identifier, without the `r#` of a raw one.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

/// What each name means at the place that is being read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scopes(Vec<(String, VariableId)>);

/// Where a scope began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark(usize);

impl Scopes {
    pub(crate) fn enter(&self) -> Mark {
        Mark(self.0.len())
    }

    pub(crate) fn leave(&mut self, mark: Mark) {
        self.0.truncate(mark.0);
    }

    /// Takes the names away that were bound since, to be given [`back`](Scopes::restore).
    pub(crate) fn cut(&mut self, mark: Mark) -> Scopes {
        Scopes(self.0.split_off(mark.0))
    }

    pub(crate) fn restore(&mut self, cut: Scopes) {
        self.0.extend(cut.0);
    }

    pub(crate) fn bind(&mut self, name: String, id: VariableId) {
        self.0.push((name, id));
    }

    /// The variable that `name` means here; none where it means something outside the conversation.
    pub(crate) fn resolve(&self, name: &str) -> Option<VariableId> {
        self.0.iter().rev().find(|(bound, _)| bound == name).map(|(_, id)| *id)
    }

    pub(crate) fn resolve_all<'n>(&self, names: impl IntoIterator<Item = &'n String>) -> Variables {
        names.into_iter().filter_map(|name| self.resolve(name)).collect()
    }
}
