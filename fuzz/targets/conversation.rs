//! Any tokens as a conversation: no panic, no hang, the same Rust each time.
#![no_main]

use converse_fuzz::{assert_rust, expand, forget, tokens};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let input = tokens(bytes);
    assert_rust(&input, expand(&input, converse_compiler::conversation));
    forget();
});
