//! Any text that is tokens as a conversation: no panic, no hang, the same Rust each time.
#![no_main]

use converse_fuzz::{assert_rust, expand, forget, is_shallow};
use libfuzzer_sys::fuzz_target;
use proc_macro2::TokenStream;

fuzz_target!(|text: &str| {
    if let Some(input) = text.parse::<TokenStream>().ok().filter(is_shallow) {
        assert_rust(&input, expand(&input, converse_compiler::conversation));
    }
    forget();
});
