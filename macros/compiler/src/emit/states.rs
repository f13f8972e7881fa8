//! The conversation's struct, and the enum of the states it waits in.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::state_name;
use crate::graph::Graph;
use crate::machine::Machine;
use crate::syntax::ast::Conversation;
use crate::text::prompt;

/// `pub struct Introduction { pub country: Country }`, documented by its author and, where it is known, a diagram.
pub(crate) fn conversation(conversation: &Conversation, diagram: Option<&str>) -> TokenStream {
    let Conversation { attributes, visibility, name, .. } = conversation;
    let fields = conversation.parameters.iter().map(|parameter| {
        let (attributes, name, ty) = (&parameter.attributes, &parameter.name, &parameter.ty);
        let documented = attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
        let doc = (!documented).then(|| format!("The conversation's parameter `{name}`."));
        let doc = doc.map(|doc| quote_spanned!(Span::mixed_site()=> #[doc = #doc]));
        quote_spanned!(Span::mixed_site()=> #(#attributes)* #doc pub #name: #ty,)
    });
    let body = match conversation.parameters.is_empty() {
        true => quote_spanned!(Span::mixed_site()=> ;),
        false => quote_spanned!(Span::mixed_site()=> { #(#fields)* }),
    };
    let diagram = diagram.map(|diagram| quote_spanned!(Span::mixed_site()=> #[doc = #diagram]));
    quote_spanned!(Span::mixed_site()=> #(#attributes)* #diagram #visibility struct #name #body)
}

/// `pub enum IntroductionState { Name {}, Age { name: String } }`
pub(crate) fn states(conversation: &Conversation, graph: &Graph<'_>, machine: &Machine) -> TokenStream {
    let (visibility, state) = (&conversation.visibility, state_name(conversation));
    let doc = format!("Where [`{}`] waits, and what it remembers there.", conversation.name);
    let variants = machine.states.iter().map(|state| {
        let ask = graph.question(state.question).ask;
        let doc = format!("Waits for `{}`: {}", ask.name, prompt(&ask.prompt));
        let variant = &state.variant;
        let fields = state.region.fields.iter().map(|field| {
            let (name, ty) = (&field.name, &field.ty);
            let doc = format!("The variable `{}`.", graph.variables.name(field.variable));
            quote_spanned!(Span::mixed_site()=> #[doc = #doc] #name: #ty,)
        });
        quote_spanned!(Span::mixed_site()=> #[doc = #doc] #variant { #(#fields)* },)
    });
    quote_spanned! {Span::mixed_site()=>
        #[doc = #doc]
        #[allow(private_interfaces)]
        #visibility enum #state { #(#variants)* }
    }
}

/// `fn question(state: &IntroductionState) -> usize { … }`
pub(crate) fn question(conversation: &Conversation, machine: &Machine) -> TokenStream {
    let state = state_name(conversation);
    let arms = machine.states.iter().map(|waiting| {
        let (variant, index) = (&waiting.variant, waiting.question.0);
        quote_spanned!(Span::mixed_site()=> #state::#variant { .. } => #index,)
    });
    quote_spanned! {Span::mixed_site()=>
        fn question(state: &#state) -> ::core::primitive::usize {
            match *state { #(#arms)* }
        }
    }
}
