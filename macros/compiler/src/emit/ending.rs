//! How a turn hands its output on.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Type;

use crate::types::argument;

/// How a turn hands its output on, so that `?` works on it: a `Poll` of a `Result` takes it, one of an `Option` does
/// not, an `Option` of a `Poll` does.
pub(super) enum Ending {
    Poll,
    /// The output is an `Option` of this.
    Option(Type),
}

impl Ending {
    pub(super) fn of(output: Option<&Type>) -> Ending {
        match output.and_then(|output| argument(output, "Option")) {
            Some(inner) => Ending::Option(inner.clone()),
            None => Ending::Poll,
        }
    }

    pub(super) fn returned(&self, output: &TokenStream) -> TokenStream {
        match self {
            Ending::Poll => quote_spanned!(Span::mixed_site()=> ::core::task::Poll<#output>),
            Ending::Option(inner) => {
                quote_spanned!(Span::mixed_site()=> ::core::option::Option<::core::task::Poll<#inner>>)
            }
        }
    }

    pub(super) fn pending(&self) -> TokenStream {
        match self {
            Ending::Poll => quote_spanned!(Span::mixed_site()=> ::core::task::Poll::Pending),
            Ending::Option(_) => {
                quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(::core::task::Poll::Pending))
            }
        }
    }

    pub(super) fn ready(&self, value: TokenStream) -> TokenStream {
        match self {
            Ending::Poll => quote_spanned!(Span::mixed_site()=> ::core::task::Poll::Ready(#value)),
            Ending::Option(_) => {
                quote_spanned!(Span::mixed_site()=> ::core::option::Option::map(#value, ::core::task::Poll::Ready))
            }
        }
    }

    /// The turn as the trait wants it: a future of a `Poll`. One that awaits already is one, and another around it
    /// would only make it larger.
    pub(super) fn future(&self, turn: TokenStream, awaits: bool) -> TokenStream {
        let awaited = awaits.then(|| quote_spanned!(Span::mixed_site()=> .await));
        match (self, awaits) {
            (Ending::Poll, true) => turn,
            (Ending::Poll, false) => quote_spanned!(Span::mixed_site()=> async move { #turn }),
            (Ending::Option(_), _) => quote_spanned! {Span::mixed_site()=>
                async move {
                    match #turn #awaited {
                        ::core::option::Option::Some(polled) => polled.map(::core::option::Option::Some),
                        ::core::option::Option::None => ::core::task::Poll::Ready(::core::option::Option::None),
                    }
                }
            },
        }
    }
}
