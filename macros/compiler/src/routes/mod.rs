//! `#[ws_route("/rooms/{room}", max_message = "1 KiB")]` and `routes![a, b]`.
//!
//! A handler stays the function that it is; beside it stands an empty enum of the same name, so that one `use` imports
//! both, which carries the route as a constant and answers requests. `routes!` names the enums.

use proc_macro2::TokenStream;

use crate::diagnostics::Diagnostics;

mod arguments;
mod bind;
mod emit;
mod handler;
mod list;
mod pattern;

#[cfg(test)]
mod matchit;

/// `#[ws_route("…")]` on `item`.
pub fn ws_route(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let cx = &mut Diagnostics::default();
    let arguments = arguments::Arguments::parse(cx, arguments);
    let Some(handler) = handler::Handler::parse(cx, item.clone()) else {
        return emit::untouched(item, cx);
    };
    let pattern = arguments.pattern.map(|literal| pattern::Pattern::parse(cx, &literal));
    let uses = bind::bind(cx, &handler, pattern.as_ref());
    if let Some(drops) = arguments.drops.filter(|_| !uses.contains(&bind::Source::Socket)) {
        cx.error(drops, "no word of a conversation can be dropped: the next question could not be understood")
            .help("write `wait` or `close`");
    }
    emit::route(item, &handler, pattern.as_ref(), &arguments.policy, &uses, cx)
}

/// `routes![…]`
pub fn routes(input: TokenStream) -> TokenStream {
    let cx = &mut Diagnostics::default();
    let handlers = list::parse(cx, input);
    emit::router(&handlers, cx)
}
