//! What is emitted beside errors: the same items, so that nothing that names them is an error too.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::{event, output, state_name, states};
use crate::syntax::ast::Conversation;

/// The conversation's items, without what it does.
pub(crate) fn stub(conversation: &Conversation) -> TokenStream {
    let declared = states::conversation(conversation, None);
    let (visibility, name) = (&conversation.visibility, &conversation.name);
    let (dependencies, with) = (states::dependencies(conversation), states::own_with(conversation));
    let (state, output, text) = (state_name(conversation), output(conversation), name.to_string());
    let event = event(conversation);
    let (generics, arguments, bounds) = conversation.generics.split_for_impl();
    quote_spanned! {Span::mixed_site()=>
        #declared

        #[doc(hidden)]
        #visibility enum #state {}

        #dependencies

        #[automatically_derived]
        impl #generics ::converse::__private::Conversation for #name #arguments #bounds {
            type Output = #output;
            type State = ::converse::Never;
            type With = #with;
            type Event = #event;
            const BACK: ::core::primitive::bool = false;
            const FLOW: ::converse::__private::flow::Flow = ::converse::__private::flow::Flow {
                name: #text, file: ::core::file!(), questions: &[], edges: &[], older: &[],
            };
            fn question(state: &::converse::Never) -> ::core::primitive::usize {
                match *state {}
            }
            fn turn(
                _: &mut ::converse::__private::Slot<Self>,
                _: &Self::With,
                _: &mut ::converse::__private::Talk<'_>,
            ) -> impl ::core::future::Future<Output = ::core::task::Poll<#output>> + ::core::marker::Send {
                ::core::future::pending()
            }
        }
    }
}
