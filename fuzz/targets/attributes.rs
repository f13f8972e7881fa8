//! Any text as the pattern of a handler of any tokens, and any tokens as a list of routes and as an enum to choose from.
#![no_main]

use converse_fuzz::{assert_rust, expand, forget, tokens};
use libfuzzer_sys::fuzz_target;
use proc_macro2::{Literal, TokenStream, TokenTree};

fuzz_target!(|input: (&str, &[u8], &[u8])| {
    let (pattern, arguments, item) = input;
    let pattern = TokenStream::from(TokenTree::from(Literal::string(pattern)));
    let (arguments, item) = (tokens(arguments), tokens(item));
    expand(&item, |item| converse_compiler::ws_route(pattern.clone(), item));
    expand(&item, |item| converse_compiler::ws_route(arguments.clone(), item));
    expand(&item, converse_compiler::routes);
    assert_rust(&item, expand(&item, converse_compiler::choice));
    forget();
});
