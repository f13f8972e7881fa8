//! What stands beside the enum. That replies are read as it, it owes to `FromStr`, as any other type.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::DeriveInput;

use super::read::Choosable;

/// Both `impl`s; without options, of something that cannot be chosen.
pub(super) fn choice(item: &DeriveInput, options: &[Choosable]) -> TokenStream {
    let mixed = Span::mixed_site();
    let name = &item.ident;
    let (generics, arguments, bounds) = item.generics.split_for_impl();
    let named = options.iter().map(|Choosable { label, names, .. }| {
        quote_spanned!(mixed=> ::converse::__private::Named { label: #label, names: &[#(#names),*] })
    });
    let values = options.iter().enumerate().map(|(index, Choosable { variant, .. })| {
        quote_spanned!(mixed=> #index => ::core::option::Option::Some(Self::#variant),)
    });
    let indices = options
        .iter()
        .enumerate()
        .map(|(index, Choosable { variant, .. })| quote_spanned!(mixed=> Self::#variant => #index,));
    let index = match options {
        [] => quote_spanned!(mixed=> 0),
        _ => quote_spanned!(mixed=> match self { #(#indices)* }),
    };
    quote_spanned! {mixed=>
        #[automatically_derived]
        #[allow(deprecated)]
        impl #generics ::converse::Choice for #name #arguments #bounds {
            const OPTIONS: ::converse::Options = ::converse::__private::options(&[#(#named),*]);

            fn nth(index: ::core::primitive::usize) -> ::core::option::Option<Self> {
                match index {
                    #(#values)*
                    _ => ::core::option::Option::None,
                }
            }

            fn index(&self) -> ::core::primitive::usize {
                #index
            }
        }

        #[automatically_derived]
        impl #generics ::core::str::FromStr for #name #arguments #bounds {
            type Err = ::converse::Problem;

            fn from_str(reply: &::core::primitive::str) -> ::core::result::Result<Self, ::converse::Problem> {
                ::converse::__private::choose(reply)
            }
        }
    }
}
