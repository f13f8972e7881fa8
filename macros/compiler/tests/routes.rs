//! Broken input: whatever is left of a route or a list when tokens are missing, the compiler answers with tokens.

use std::iter::once;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

#[test]
fn no_part_of_a_handler_makes_the_compiler_panic() {
    for handler in handlers() {
        for part in parts(&handler) {
            for arguments in [quote!("/rooms/{room}/files/{*path}"), quote!("rooms/{room"), quote!(), quote!(ROOMS)] {
                let expansion = converse_compiler::ws_route(arguments, part.clone());
                assert!(
                    expansion.to_string().starts_with(&part.to_string()),
                    "the handler's tokens come first: {part}"
                );
            }
        }
    }
}

#[test]
fn no_part_of_the_arguments_makes_the_compiler_panic() {
    let handler = handlers().swap_remove(0);
    for arguments in [quote!("/rooms/{room}/files/{*path}"), quote!("/rooms", GET, name = "x")] {
        for part in parts(&arguments) {
            converse_compiler::ws_route(part, handler.clone());
        }
    }
    let pattern = "/rooms/pre-{room}/{{braces}}/größe/{*path}";
    for end in (0..=pattern.len()).filter(|end| pattern.is_char_boundary(*end)) {
        for pattern in [&pattern[..end], &pattern[end..]] {
            converse_compiler::ws_route(quote!(#pattern), handler.clone());
        }
    }
}

#[test]
fn no_part_of_a_list_makes_the_compiler_panic() {
    for list in [quote!(introduce, crate::chat::connect, ::other::route,), quote!("x", a b, f(), Vec<u8>, <T>::x, ::)] {
        for part in parts(&list) {
            converse_compiler::routes(part);
        }
    }
}

#[test]
fn an_intact_handler_gets_a_route_and_no_error() {
    for handler in handlers() {
        let expansion = converse_compiler::ws_route(quote!("/rooms/{room}/files/{*path}"), handler).to_string();
        assert!(!expansion.contains("compile_error"), "{expansion}");
        assert!(expansion.contains(r#"shape : "/rooms/?/files/?""#), "{expansion}");
        assert!(expansion.contains(r#"& ["room" , "path"]"#), "{expansion}");
    }
}

fn handlers() -> Vec<TokenStream> {
    vec![
        quote! {
            /// Drives the socket.
            #[cfg(feature = "chat")]
            pub(crate) async fn connect(
                room: RoomId,
                State(app): State<App>,
                mut path: std::path::PathBuf,
                mut socket: converse::WebSocket,
            ) -> converse::Result {
                while let Some(message) = socket.receive().await? {
                    app.tell(&room, message);
                }
                Ok(())
            }
        },
        quote! {
            async fn order(_room: u32, path: String, headers: HeaderMap) -> Result<Order, StatusCode> {
                Order::new(path).ok_or(StatusCode::NOT_FOUND)
            }
        },
    ]
}

/// Every prefix of `tokens`, and every rest of them when one token is taken out, at every depth.
fn parts(tokens: &TokenStream) -> Vec<TokenStream> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut parts = vec![tokens.clone()];
    for (at, tree) in trees.iter().enumerate() {
        let (before, after) = (&trees[..at], &trees[at + 1..]);
        parts.push(before.iter().cloned().collect());
        parts.push(before.iter().chain(after).cloned().collect());
        if let TokenTree::Group(group) = tree {
            for inner in self::parts(&group.stream()) {
                let group = TokenTree::Group(Group::new(group.delimiter(), inner));
                parts.push(before.iter().cloned().chain(once(group.clone())).collect());
                parts.push(before.iter().cloned().chain(once(group)).chain(after.iter().cloned()).collect());
            }
            let bare = TokenTree::Group(Group::new(Delimiter::None, group.stream()));
            parts.push(before.iter().cloned().chain(once(bare)).chain(after.iter().cloned()).collect());
        }
    }
    parts
}
