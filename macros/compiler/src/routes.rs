//! `#[ws_route("…")]` and `routes![…]`.

use proc_macro2::TokenStream;

/// `#[ws_route("…")]` on `handler`.
pub fn ws_route(_arguments: TokenStream, handler: TokenStream) -> TokenStream {
    handler
}

/// `routes![…]`
pub fn routes(_input: TokenStream) -> TokenStream {
    quote::quote!(())
}
