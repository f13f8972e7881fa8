//! The list in `routes![…]`.

use proc_macro2::TokenStream;
use syn::Path;
use syn::parse::{ParseStream, Parser};

use crate::diagnostics::Diagnostics;

/// Reads the paths of handlers; what is no path is reported and left out.
pub(super) fn parse(cx: &mut Diagnostics, input: TokenStream) -> Vec<Path> {
    let parse = |input: ParseStream<'_>| {
        let mut handlers = Vec::new();
        while !input.is_empty() {
            match Path::parse_mod_style(input) {
                Ok(path) => handlers.push(path),
                Err(_) => {
                    cx.error(input.span(), "`routes![…]` lists handlers by their paths")
                        .help("write `routes![introduce, chat::connect]`");
                    skip_entry(input)?;
                }
            }
            if !input.is_empty() && input.parse::<syn::Token![,]>().is_err() {
                cx.error(input.span(), "expected `,` between two handlers");
                skip_entry(input)?;
                let _ = input.parse::<Option<syn::Token![,]>>()?;
            }
        }
        Ok(handlers)
    };
    parse.parse2(input).unwrap_or_default()
}

/// Goes on to the next comma.
fn skip_entry(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(syn::Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}
