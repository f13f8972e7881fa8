//! The conversation's struct, and the enum of the states it waits in.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::Generics;

use super::{generics, state_name};
use crate::graph::{Graph, Source};
use crate::machine::Machine;
use crate::names::plain;
use crate::syntax::ast::{Conversation, Parameter};

/// `pub struct Introduction { pub country: Country }`, documented by its author and, where it is known, a diagram.
pub(crate) fn conversation(conversation: &Conversation, diagram: Option<&str>) -> TokenStream {
    let Conversation { attributes, visibility, name, generics, .. } = conversation;
    let fields = conversation.parameters.iter().map(|parameter| field(parameter, "The conversation's parameter"));
    let bounds = &generics.where_clause;
    let body = match conversation.parameters.is_empty() {
        true => quote_spanned!(Span::mixed_site()=> #bounds;),
        false => quote_spanned!(Span::mixed_site()=> #bounds { #(#fields)* }),
    };
    let diagram = diagram.map(|diagram| quote_spanned!(Span::mixed_site()=> #[doc = #diagram]));
    quote_spanned!(Span::mixed_site()=> #(#attributes)* #diagram #visibility struct #name #generics #body)
}

/// `pub kitchen: Kitchen,`
fn field(parameter: &Parameter, what: &str) -> TokenStream {
    let (attributes, name, ty) = (&parameter.attributes, &parameter.name, &parameter.ty);
    let documented = attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
    let doc = (!documented).then(|| format!("{what} `{name}`."));
    let doc = doc.map(|doc| quote_spanned!(Span::mixed_site()=> #[doc = #doc]));
    quote_spanned!(Span::mixed_site()=> #(#attributes)* #doc pub #name: #ty,)
}

/// `pub struct OrderWith { pub kitchen: Kitchen }`, and how it comes out of an application's state.
pub(crate) fn dependencies(conversation: &Conversation) -> TokenStream {
    if conversation.dependencies.is_empty() {
        return TokenStream::new();
    }
    let (visibility, with) = (&conversation.visibility, with_name(conversation));
    let doc = format!("What [`{}`] depends on.", conversation.name);
    let fields = conversation.dependencies.iter().map(|dependency| field(dependency, "The dependency"));
    let generics = own_generics(conversation);
    let phantom = generics::phantom(&generics, dependency_types(conversation));
    let phantom_field =
        phantom.as_ref().map(|ty| quote_spanned!(Span::mixed_site()=> #[doc(hidden)] pub generics: #ty,));
    let phantom = phantom.map(|_| quote_spanned!(Span::mixed_site()=> generics: ::core::marker::PhantomData,));
    let (declared, arguments, bounds) = generics.split_for_impl();
    let with_state = generics::with_type(&generics, "__S");
    let (with_state, ..) = with_state.split_for_impl();
    let predicates = generics.where_clause.iter().flat_map(|bounds| &bounds.predicates);
    let types = conversation.dependencies.iter().map(|dependency| &dependency.ty);
    let from_refs = conversation.dependencies.iter().map(|Parameter { name, ty, .. }| {
        quote_spanned!(Span::mixed_site()=> #name: <#ty as ::converse::__private::FromRef<__S>>::from_ref(state),)
    });
    quote_spanned! {Span::mixed_site()=>
        #[doc = #doc]
        #[allow(private_interfaces)]
        #visibility struct #with #declared #bounds { #(#fields)* #phantom_field }

        #[automatically_derived]
        impl #with_state ::converse::__private::Dependencies<__S> for #with #arguments
        where
            #(#predicates,)*
            #(#types: ::converse::__private::FromRef<__S>,)*
        {
            fn from_state(state: &__S) -> Self {
                #with { #(#from_refs)* #phantom }
            }
        }
    }
}

/// The generics of what it depends on: none, unless a dependency's type names one.
fn own_generics(conversation: &Conversation) -> Generics {
    match generics::names_any(&conversation.generics, dependency_types(conversation)) {
        true => conversation.generics.clone(),
        false => Generics::default(),
    }
}

fn dependency_types(conversation: &Conversation) -> TokenStream {
    let types = conversation.dependencies.iter().map(|dependency| &dependency.ty);
    quote_spanned!(Span::mixed_site()=> #(#types)*)
}

/// The type of what a conversation depends on: `OrderWith`, and what those depend on that it runs.
pub(crate) fn with(conversation: &Conversation, graph: &Graph<'_>) -> TokenStream {
    let own = own_with(conversation);
    graph.others(conversation).into_iter().rev().fold(own, |with, run| {
        let other = &run.conversation;
        quote_spanned!(Span::mixed_site()=> (<#other as ::converse::__private::Conversation>::With, #with))
    })
}

/// The type of what a conversation depends on itself.
pub(crate) fn own_with(conversation: &Conversation) -> TokenStream {
    match conversation.dependencies.is_empty() {
        true => quote_spanned!(Span::mixed_site()=> ()),
        false => {
            let (with, generics) = (with_name(conversation), own_generics(conversation));
            let (_, arguments, _) = generics.split_for_impl();
            quote_spanned!(Span::mixed_site()=> #with #arguments)
        }
    }
}

/// `OrderWith`
fn with_name(conversation: &Conversation) -> Ident {
    format_ident!("{}With", conversation.name, span = Span::call_site())
}

/// `pub enum IntroductionState { Name {}, Age { name: String } }`
pub(crate) fn states(conversation: &Conversation, graph: &Graph<'_>, machine: &Machine) -> TokenStream {
    let (visibility, state) = (&conversation.visibility, state_name(conversation));
    let doc = format!("Where [`{}`] waits, and what it remembers there.", conversation.name);
    let variants = machine.states.iter().map(|state| {
        let question = graph.question(state.question);
        let (name, prompt) = (&question.name, question.source.prompt());
        let doc = match question.source {
            Source::Once(_) => format!("Has `{name}` behind it: {prompt}"),
            Source::Ask(_) | Source::Run(..) => format!("Waits for `{name}`: {prompt}"),
        };
        let variant = &state.variant;
        let fields = state.region.fields.iter().map(|field| {
            let (name, ty) = (&field.name, &field.ty);
            let doc = format!("The variable `{}`.", plain(name));
            quote_spanned!(Span::mixed_site()=> #[doc = #doc] #name: #ty,)
        });
        quote_spanned!(Span::mixed_site()=> #[doc = #doc] #variant { #(#fields)* },)
    });
    let phantom = phantom(conversation, machine);
    let phantom =
        phantom.map(|ty| quote_spanned!(Span::mixed_site()=> #[doc(hidden)] __Generics(::converse::Never, #ty),));
    let generics = generics::bounded(conversation, graph);
    let (declared, _, bounds) = generics.split_for_impl();
    quote_spanned! {Span::mixed_site()=>
        #[doc = #doc]
        #[allow(private_interfaces, trivial_bounds)]
        #visibility enum #state #declared #bounds { #(#variants)* #phantom }
    }
}

/// `fn question(state: &IntroductionState) -> usize { … }`
pub(crate) fn question(conversation: &Conversation, machine: &Machine) -> TokenStream {
    let state = state_name(conversation);
    let (_, arguments, _) = conversation.generics.split_for_impl();
    let never = never(conversation, machine);
    let arms = machine.states.iter().map(|waiting| {
        let (variant, index) = (&waiting.variant, waiting.question.0);
        quote_spanned!(Span::mixed_site()=> #state::#variant { .. } => #index,)
    });
    quote_spanned! {Span::mixed_site()=>
        fn question(state: &#state #arguments) -> ::core::primitive::usize {
            match *state { #(#arms)* #never }
        }
    }
}

/// The arm of the variant that stands in the states for the generics which no variable names.
pub(crate) fn never(conversation: &Conversation, machine: &Machine) -> Option<TokenStream> {
    phantom(conversation, machine)?;
    let state = state_name(conversation);
    Some(quote_spanned!(Span::mixed_site()=> #state::__Generics(never, _) => match never {},))
}

/// What stands in the states for the generics that no variable names.
fn phantom(conversation: &Conversation, machine: &Machine) -> Option<TokenStream> {
    let types = machine.states.iter().flat_map(|state| &state.region.fields).map(|field| &field.ty);
    generics::phantom(&conversation.generics, quote_spanned!(Span::mixed_site()=> #(#types)*))
}
