//! What the compiler says. Every file in `ui/<pass>/` fails to compile, with exactly the text beside it; every file in
//! `ui/pass/` compiles and runs.

use std::fs;

// The one compiler whose words the `.stderr` files hold: another one words and underlines things differently.
#[rustversion::attr(not(stable(1.95)), ignore = "the texts are those of Rust 1.95")]
#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    let mut passes: Vec<_> = fs::read_dir("ui").unwrap().map(|entry| entry.unwrap().path()).collect();
    passes.sort();
    for pass in passes.iter().filter(|path| path.is_dir() && !path.ends_with("pass")) {
        cases.compile_fail(pass.join("*.rs"));
    }
}
