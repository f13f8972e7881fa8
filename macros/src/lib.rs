//! The procedural macros of `converse`. Their documentation is where they are used: in the crate `converse`.

use proc_macro::TokenStream;

/// Expands to a struct, the enum of its states, and an `impl` of `converse::Conversation`.
#[proc_macro]
pub fn conversation(input: TokenStream) -> TokenStream {
    match cfg!(feature = "trace") {
        true => converse_compiler::traced_conversation(input.into()).into(),
        false => converse_compiler::conversation(input.into()).into(),
    }
}

/// Expands to the handler as it is, and its route beside it.
#[proc_macro_attribute]
pub fn ws_route(arguments: TokenStream, handler: TokenStream) -> TokenStream {
    converse_compiler::ws_route(arguments.into(), handler.into()).into()
}

/// Expands to an expression of the type `axum::Router<S>`.
#[proc_macro]
pub fn routes(input: TokenStream) -> TokenStream {
    converse_compiler::routes(input.into()).into()
}

/// Expands to `impl`s of `converse::Choice` and `FromStr`.
#[proc_macro_derive(Choice, attributes(choice))]
pub fn choice(item: TokenStream) -> TokenStream {
    converse_compiler::choice(item.into()).into()
}
