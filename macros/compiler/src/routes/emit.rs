//! The tokens that stand beside a handler, and those that make a router of a list of them.
//!
//! The user's tokens keep their spans; everything else is `mixed_site`, so that an editor takes none of it for the
//! user's. The names that a user could see start with two underscores: items and type parameters have no hygiene.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Path, Type};

use super::bind::Source;
use super::handler::{Handler, Parameter};
use super::pattern::Pattern;
use crate::diagnostics::Diagnostics;

/// The item as it is, and what is wrong.
pub(super) fn untouched(item: TokenStream, cx: &mut Diagnostics) -> TokenStream {
    let errors = std::mem::take(cx).into_compile_errors();
    quote!(#item #errors)
}

/// The handler as it is, and beside it the enum that carries its route. After errors, one that can be listed.
pub(super) fn route(
    item: TokenStream,
    handler: &Handler,
    pattern: Option<&Pattern>,
    policy: &TokenStream,
    sources: &[Source],
    cx: &mut Diagnostics,
) -> TokenStream {
    let sound = pattern.filter(|_| cx.is_empty());
    let errors = std::mem::take(cx).into_compile_errors();
    if handler.is_method {
        // An `impl` holds no enums.
        return quote!(#item #errors);
    }
    let Handler { conditions, visibility, name, .. } = handler;
    let conditions = quote!(#(#conditions)*);
    let constant = constant(handler, sound);
    let (bounds, body, hold) = match sound {
        Some(_) => (bounds(handler, sources), answer(handler, policy, sources), hold(handler, sources)),
        None => (TokenStream::new(), quote_spanned!(Span::mixed_site()=> ::core::unreachable!()), None),
    };
    let beside = quote_spanned! {Span::mixed_site()=>
        #conditions
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        #visibility enum #name {}

        #conditions
        #[automatically_derived]
        impl ::converse::__private::Routed for #name {
            #constant
        }

        #conditions
        #[automatically_derived]
        #[allow(deprecated)]
        impl<__S, __F> ::converse::__private::WsRoute<__S, __F> for #name
        where
            __S: ::converse::__private::State,
            __F: 'static,
            #bounds
        {
            async fn answer(
                mut request: ::converse::__private::Request<__S>,
            ) -> ::core::result::Result<::converse::__private::Response, ::converse::__private::Refusal> {
                #body
            }
            #hold
        }
    };
    quote!(#item #beside #errors)
}

/// `const ROUTE` and the names that its path parameters are read by.
fn constant(handler: &Handler, pattern: Option<&Pattern>) -> TokenStream {
    let text = pattern.map_or("", Pattern::as_str);
    let shape = pattern.map_or("", |pattern| &pattern.shape);
    let catch_all = pattern.is_some_and(|pattern| pattern.catch_all);
    let names = pattern.into_iter().flat_map(|pattern| &pattern.parameters).map(|parameter| &parameter.name);
    let name = handler.name.unraw().to_string();
    let line = Literal::u32_unsuffixed(u32::try_from(handler.name.span().start().line).unwrap_or(0));
    quote_spanned! {Span::mixed_site()=>
        const ROUTE: ::converse::__private::flow::Route = ::converse::__private::flow::Route {
            pattern: #text,
            shape: #shape,
            catch_all: #catch_all,
            handler: #name,
            file: ::core::file!(),
            line: #line,
        };
        const PARAMETERS: &'static [&'static str] = &[#(#names),*];
    }
}

/// What the handler's extractors ask of the router's state, each at its type.
fn bounds(handler: &Handler, sources: &[Source]) -> TokenStream {
    let extracted = handler.parameters.iter().zip(sources).filter(|(_, source)| **source == Source::Request);
    let bound = |(parameter, _): (&Parameter, &Source)| {
        let ty = &parameter.ty;
        quote_spanned!(located_at(ty)=> #ty: ::converse::__private::Extractor<__S>,)
    };
    let mut bounds: TokenStream = extracted.map(bound).collect();
    // What a conversation depends on comes out of the state too.
    if let Some(output) = conversation(handler, sources) {
        bounds.extend(quote_spanned!(located_at(output)=> #output: ::converse::__private::IntoConversation<__S>,));
    }
    bounds
}

/// What the handler returns, if that is a conversation.
fn conversation<'h>(handler: &'h Handler, sources: &[Source]) -> Option<&'h Type> {
    handler.output.as_ref().filter(|_| !sources.contains(&Source::Socket))
}

/// Has its conversations go on with nobody there.
fn hold(handler: &Handler, sources: &[Source]) -> Option<TokenStream> {
    let output = conversation(handler, sources)?;
    Some(quote_spanned! {Span::mixed_site()=>
        fn hold(state: &__S, sessions: &::converse::Sessions) {
            ::converse::__private::hold::<#output, __S>(state, sessions);
        }
    })
}

/// Checks the handshake, gets the handler's arguments, and calls it: after the handshake if it wants the socket.
fn answer(handler: &Handler, policy: &TokenStream, sources: &[Source]) -> TokenStream {
    let mixed = Span::mixed_site();
    let Handler { name, parameters, output, .. } = handler;
    let output = output.as_ref().map_or_else(|| quote_spanned!(mixed=> _), ToTokens::to_token_stream);
    let mut arguments: Vec<Ident> = Vec::new();
    let mut extraction = TokenStream::new();
    for (parameter, source) in parameters.iter().zip(sources) {
        let argument = format_ident!("argument{}", arguments.len(), span = mixed);
        let ty = &parameter.ty;
        extraction.extend(match source {
            Source::Path(index) => quote_spanned! {mixed=>
                let #argument = request.parameter::<#ty, #name, #index>()?;
            },
            Source::Request => quote_spanned!(mixed=> let #argument = request.extract::<#ty>().await?;),
            Source::Socket => TokenStream::new(),
        });
        arguments.push(argument);
    }
    let socket = sources.iter().position(|source| *source == Source::Socket).map(|index| &arguments[index]);
    // At the word `async`: where the future that it makes is none that a server can run, this is the call that says so.
    let here = handler.asyncness.map_or(mixed, |word| located_at(&word));
    let call = match socket {
        Some(socket) => quote_spanned! {here=>
            ::converse::__private::on_socket::<#output, _, _>(upgrade, move |#socket| #name(#(#arguments),*))
        },
        None => quote_spanned! {here=>
            ::converse::__private::converse::<#output, __S>(upgrade, #name(#(#arguments),*).await, request.state()).await
        },
    };
    let upgrade = match policy.is_empty() {
        true => quote_spanned!(mixed=> request.upgrade()),
        false => quote_spanned!(mixed=> request.upgrade_by(::converse::__private::Policy::NONE #policy)),
    };
    quote_spanned! {mixed=>
        let upgrade = #upgrade.await?;
        #extraction
        #call
    }
}

/// A router of the routes of `handlers`, with a constant for each whose evaluation fails if it conflicts.
pub(super) fn router(handlers: &[Path], cx: &mut Diagnostics) -> TokenStream {
    let mixed = Span::mixed_site();
    let errors = std::mem::take(cx).into_compile_errors();
    let count = handlers.len();
    let routes = handlers.iter().map(|path| {
        let (import, route) = import(path);
        quote_spanned!(mixed=> { #import ::converse::__private::RouteOf::<#route>::ROUTE })
    });
    let entries = handlers.iter().enumerate().map(|(index, path)| {
        let (import, route) = import(path);
        let span = located_at(path);
        let check =
            quote_spanned!(span=> ::converse::__private::flow::Route::assert_free(&__ROUTES, &__CONFLICTS, #index));
        quote_spanned! {mixed=>
            const _: () = #check;
            let router = { #import ::converse::__private::add::<#route, _, _>(router, #route) };
        }
    });
    quote_spanned! {mixed=> {
        #errors
        const __ROUTES: [::converse::__private::flow::Route; #count] = [#(#routes),*];
        const __CONFLICTS: [::core::option::Option<usize>; #count] =
            ::converse::__private::flow::Route::conflicts(&__ROUTES);
        let router = ::converse::__private::Router::new();
        #(#entries)*
        router
    }}
}

/// Imports what `path` names as `__route`, and that name.
///
/// A name that is imported takes precedence over one that a `*` brings, in each namespace of its own: beside a function
/// that has no route, the type `__route` is the one of `not_a_route`, which says so.
fn import(path: &Path) -> (TokenStream, Ident) {
    let route = Ident::new("__route", located_at(path));
    let import = quote_spanned! {Span::mixed_site()=>
        #[allow(unused_imports)]
        use #path as #route;
        #[allow(unused_imports)]
        use ::converse::__private::not_a_route::*;
    };
    (import, route)
}

/// The last token's place, with the hygiene of scaffolding.
fn located_at(tokens: &impl ToTokens) -> Span {
    let last = tokens.to_token_stream().into_iter().last();
    let place = last.as_ref().map_or_else(Span::call_site, TokenTree::span);
    Span::mixed_site().located_at(place)
}
