//! `#[derive(Choice)]`: an enum whose variants a client chooses from.
//!
//! What is wrong with the enum is reported in one go; beside errors stand the same `impl`s, of which nothing can be
//! chosen, so that the questions that ask for it are no errors too.

use proc_macro2::TokenStream;

use crate::diagnostics::Diagnostics;

mod emit;
mod read;
mod words;

/// What stands beside an enum under `#[derive(Choice)]`.
pub fn choice(item: TokenStream) -> TokenStream {
    let cx = &mut Diagnostics::default();
    let item = match syn::parse2::<syn::DeriveInput>(item) {
        Ok(item) => item,
        Err(error) => {
            cx.syntax(error);
            return std::mem::take(cx).into_compile_errors();
        }
    };
    let options = read::options(cx, &item);
    let sound = if cx.is_empty() { options } else { Vec::new() };
    let mut tokens = emit::choice(&item, &sound);
    tokens.extend(std::mem::take(cx).into_compile_errors());
    tokens
}
