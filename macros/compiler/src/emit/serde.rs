//! How the states are stored and read back, by the names of the question and of its variables.
//!
//! What serde's derive makes of an enum takes rustc far longer than all the rest of a conversation: a visitor for each
//! variant. Here each state writes itself in a line per variable, and one flat list holds the variables of all states
//! while one of them is read.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Generics, Type};

use super::{generics, older, placeholders, state_name, states};
use crate::graph::Graph;
use crate::machine::{Field, Machine};
use crate::names::plain;
use crate::syntax::ast::Conversation;

/// `impl Serialize` and `impl Deserialize` for the states.
pub(crate) fn serde(conversation: &Conversation, graph: &Graph<'_>, machine: &Machine) -> TokenStream {
    let never = states::never(conversation, machine);
    let generics = generics::bounded(conversation, graph);
    if machine.states.is_empty() {
        let write = quote_spanned!(Span::mixed_site()=> { let _ = to; match *self { #never } });
        let read = quote_spanned! {Span::mixed_site()=>
            let _ = from;
            ::core::result::Result::Err(::converse::__private::serde::de::Error::custom("it never waits"))
        };
        return impls(conversation, &generics, &write, &read);
    }
    let variables = Variable::all(machine);
    let checks = checks(&variables);
    let name = state_name(conversation).to_string();
    let written = machine.states.iter().enumerate().map(|(index, waiting)| {
        let (state, fields) = (state_name(conversation), &waiting.region.fields);
        let (index, count, bound) = (index as u32, fields.len(), placeholders(fields));
        let (variant, question) = (&waiting.variant, plain(&graph.question(waiting.question).name));
        let names = fields.iter().map(|field| &field.name);
        let written = fields.iter().zip(&bound).map(|(Field { name, ty, .. }, bound)| {
            let name = plain(name);
            quote_spanned! {Span::mixed_site()=>
                (&::converse::__private::Variable::<#ty>::NEW).write(&mut to, #name, #bound)?;
            }
        });
        quote_spanned! {Span::mixed_site()=>
            #state::#variant { #(#names: ref #bound),* } => {
                let mut to = ::converse::__private::serde::Serializer::serialize_struct_variant(
                    to, #name, #index, #question, #count,
                )?;
                #(#written)*
                ::converse::__private::serde::ser::SerializeStructVariant::end(to)
            }
        }
    });
    let write = quote_spanned!(Span::mixed_site()=> #checks match *self { #(#written)* #never });
    let (_, arguments, _) = generics.split_for_impl();
    let list = list(conversation, &generics, graph, machine, &variables, &checks);
    let read =
        quote_spanned!(Span::mixed_site()=> #list ::converse::__private::restore::<__Variables #arguments, __D>(from));
    impls(conversation, &generics, &write, &read)
}

/// The two impls, of which one writes a state `to` and the other reads it `from` something.
fn impls(conversation: &Conversation, generics: &Generics, write: &TokenStream, read: &TokenStream) -> TokenStream {
    let state = state_name(conversation);
    let (declared, arguments, bounds) = generics.split_for_impl();
    let with_de = generics::with_de(generics);
    let (with_de, ..) = with_de.split_for_impl();
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        #[allow(trivial_bounds)]
        impl #declared ::converse::__private::serde::Serialize for #state #arguments #bounds {
            fn serialize<__S: ::converse::__private::serde::Serializer>(
                &self,
                to: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                #write
            }
        }

        #[automatically_derived]
        #[allow(trivial_bounds)]
        impl #with_de ::converse::__private::serde::Deserialize<'de> for #state #arguments #bounds {
            fn deserialize<__D: ::converse::__private::serde::Deserializer<'de>>(
                from: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                #read
            }
        }
    }
}

/// The list of the variables of all states, and how one of them is read into it.
fn list(
    conversation: &Conversation,
    generics: &Generics,
    graph: &Graph<'_>,
    machine: &Machine,
    variables: &[Variable<'_>],
    checks: &TokenStream,
) -> TokenStream {
    let state = state_name(conversation);
    let (declared, arguments, bounds) = generics.split_for_impl();
    let with_de = generics::with_de(generics);
    let (with_de, ..) = with_de.split_for_impl();
    let types = variables.iter().map(|variable| variable.ty);
    let phantom = generics::phantom(&conversation.generics, quote_spanned!(Span::mixed_site()=> #(#types)*));
    let field = phantom.as_ref().map(|ty| quote_spanned!(Span::mixed_site()=> generics: #ty,));
    let phantom = phantom.map(|_| quote_spanned!(Span::mixed_site()=> generics: ::core::marker::PhantomData,));
    let slots = variables.iter().map(|variable| {
        let (slot, ty) = (&variable.slot, variable.ty);
        quote_spanned!(Span::mixed_site()=> #slot: ::core::option::Option<#ty>,)
    });
    let empty = variables
        .iter()
        .map(|Variable { slot, .. }| quote_spanned!(Span::mixed_site()=> #slot: ::core::option::Option::None,));
    let questions = machine.states.iter().map(|waiting| plain(&graph.question(waiting.question).name));
    let before: Vec<Before<'_>> = variables.iter().flat_map(|variable| Before::all(variable, graph, machine)).collect();
    let found = variables.iter().map(|Variable { slot, name, questions, ty, .. }| {
        // Only where two variables have one name, now or before, does it matter whose it is.
        let unique = variables.iter().filter(|other| other.name == *name).count() == 1
            && before.iter().all(|before| before.name != name);
        let guard =
            (!unique).then(|| quote_spanned!(Span::mixed_site()=> if ::core::matches!(question, #(#questions)|*)));
        quote_spanned! {Span::mixed_site()=>
            #name #guard => {
                let read = (&::converse::__private::Variable::<#ty>::NEW).read(map)?;
                self.#slot = ::core::option::Option::Some(read);
                true
            }
        }
    });
    let found_before = before.iter().map(|Before { name, variable, questions }| {
        let Variable { slot, ty, .. } = variable;
        quote_spanned! {Span::mixed_site()=>
            // Behind its present name, the one of before is another one's.
            #name if self.#slot.is_none() && ::core::matches!(question, #(#questions)|*) => {
                let read = (&::converse::__private::Variable::<#ty>::NEW).read(map)?;
                self.#slot = ::core::option::Option::Some(read);
                true
            }
        }
    });
    let older = older::names(conversation, graph, machine);
    let built = machine.states.iter().enumerate().map(|(index, waiting)| {
        let variant = &waiting.variant;
        let fields = waiting.region.fields.iter().map(|Field { name: field, variable, .. }| {
            let name = plain(field);
            let slot = variables.iter().find(|variable| variable.name == name && variable.questions.contains(&index));
            let slot = slot.map(|variable| &variable.slot);
            let older = &graph.variables.get(*variable).older;
            match &older.default {
                None => quote_spanned!(Span::mixed_site()=> #field: self.#slot.ok_or(#name)?,),
                // Ours is of the right type.
                Some(value @ Expr::Lit(_)) if older.place.is_none() => {
                    quote_spanned!(Span::mixed_site()=> #field: self.#slot.unwrap_or(#value),)
                }
                Some(value) => quote_spanned!(Span::mixed_site()=> #field: self.#slot.unwrap_or_else(|| #value),),
            }
        });
        quote_spanned!(Span::mixed_site()=> #index => #state::#variant { #(#fields)* },)
    });
    quote_spanned! {Span::mixed_site()=>
        #[allow(trivial_bounds)]
        struct __Variables #declared #bounds { #(#slots)* #field }

        #[allow(trivial_bounds)]
        impl #declared ::core::default::Default for __Variables #arguments #bounds {
            fn default() -> Self {
                __Variables { #(#empty)* #phantom }
            }
        }

        #[allow(trivial_bounds)]
        impl #with_de ::converse::__private::Variables<'de> for __Variables #arguments #bounds {
            type State = #state #arguments;
            const QUESTIONS: &'static [&'static ::core::primitive::str] = &[#(#questions),*];
            #older

            fn read<__A: ::converse::__private::serde::de::MapAccess<'de>>(
                &mut self,
                question: ::core::primitive::usize,
                name: &::core::primitive::str,
                map: &mut __A,
            ) -> ::core::result::Result<::core::primitive::bool, __A::Error> {
                #checks
                ::core::result::Result::Ok(match name {
                    #(#found)*
                    #(#found_before)*
                    _ => false,
                })
            }

            fn state(
                self,
                question: ::core::primitive::usize,
            ) -> ::core::result::Result<#state #arguments, &'static ::core::primitive::str> {
                ::core::result::Result::Ok(match question {
                    #(#built)*
                    _ => ::core::unreachable!("a question of this conversation"),
                })
            }
        }
    }
}

/// A variable of one or more states: the same name and the same type.
struct Variable<'m> {
    /// `v0`
    slot: Ident,
    name: String,
    ty: &'m Type,
    /// The states that remember it.
    questions: Vec<usize>,
}

impl<'m> Variable<'m> {
    fn all(machine: &'m Machine) -> Vec<Variable<'m>> {
        let mut all: Vec<Variable<'m>> = Vec::new();
        for (index, waiting) in machine.states.iter().enumerate() {
            for Field { name, ty, .. } in &waiting.region.fields {
                let (name, Some(ty)) = (plain(name), ty.as_ref()) else { continue };
                match all.iter_mut().find(|known| known.name == name && known.ty == ty) {
                    Some(known) => known.questions.push(index),
                    None => {
                        let slot = format_ident!("v{}", all.len(), span = Span::mixed_site());
                        all.push(Variable { slot, name, ty, questions: vec![index] });
                    }
                }
            }
        }
        all
    }
}

/// A name that a variable had before, at some of the questions that remember it.
struct Before<'v> {
    name: &'v str,
    variable: &'v Variable<'v>,
    questions: Vec<usize>,
}

impl<'v> Before<'v> {
    fn all(variable: &'v Variable<'v>, graph: &'v Graph<'_>, machine: &Machine) -> Vec<Before<'v>> {
        let mut all: Vec<Before<'v>> = Vec::new();
        for index in &variable.questions {
            let fields = &machine.states[*index].region.fields;
            let field = fields.iter().find(|field| plain(&field.name) == variable.name);
            for (name, _) in field.iter().flat_map(|field| &graph.variables.get(field.variable).older.was) {
                match all.iter_mut().find(|known| known.name == name) {
                    Some(known) => known.questions.push(*index),
                    None => all.push(Before { name, variable, questions: vec![*index] }),
                }
            }
        }
        all
    }
}

/// What says at each type that it will not do, if it will not; what comes after says no more of it then.
fn checks(variables: &[Variable<'_>]) -> TokenStream {
    let mut seen = BTreeSet::new();
    let types = variables.iter().map(|variable| variable.ty).filter(|ty| seen.insert(ty.to_token_stream().to_string()));
    let checks = types.map(|ty| {
        let span = ty.span().resolved_at(Span::mixed_site());
        quote_spanned!(span=> ::converse::__private::remembered::<#ty>();)
    });
    quote_spanned! {Span::mixed_site()=>
        #[allow(unused_imports)]
        use ::converse::__private::{Stored as _, Unstored as _};
        #(#checks)*
    }
}
