//! Where each parameter of a handler comes from: the path, the request, or the socket itself.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};
use syn::Type;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::handler::{Handler, Parameter};
use super::pattern::Pattern;
use crate::diagnostics::{Diagnostics, did_you_mean};

/// Where a parameter comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The `{name}` with this number.
    Path(usize),
    /// The request, through an extractor.
    Request,
    /// The socket, after the handshake.
    Socket,
}

/// The source of each parameter of `handler`, in order. Errors in it have been reported.
pub(super) fn bind(cx: &mut Diagnostics, handler: &Handler, pattern: Option<&Pattern>) -> Vec<Source> {
    let sources: Vec<Source> = handler.parameters.iter().map(|parameter| source(parameter, pattern)).collect();
    if let Some(pattern) = pattern {
        check_names(cx, handler, pattern, &sources);
    }
    check_answer(cx, handler, &sources);
    sources
}

/// A type called `WebSocket` is the socket; a name that the path has is the path's; everything else is an extractor.
fn source(parameter: &Parameter, pattern: Option<&Pattern>) -> Source {
    if last_segment(&parameter.ty).is_some_and(|name| name == "WebSocket") {
        return Source::Socket;
    }
    let Some(pattern) = pattern else { return Source::Request };
    let in_path = parameter.name.as_ref().and_then(|name| {
        let named = |wanted: &str| pattern.parameters.iter().position(|known| known.name == wanted);
        named(&name.unraw().to_string()).or_else(|| named(&path_name(name)))
    });
    in_path.map_or(Source::Request, Source::Path)
}

/// Reports every `{name}` without a parameter, and the reverse: each slip once, also where it shows on both sides.
///
/// A parameter that the pattern does not have can still be an extractor; only a type that certainly is none is reported
/// here. Of the rest the compiler decides where the route is listed, by the bound on the type.
fn check_names(cx: &mut Diagnostics, handler: &Handler, pattern: &Pattern, sources: &[Source]) {
    let mut free: Vec<&Ident> = handler
        .parameters
        .iter()
        .zip(sources)
        .filter(|(_, source)| **source == Source::Request)
        .filter_map(|(parameter, _)| parameter.name.as_ref())
        .collect();
    let bound: BTreeSet<usize> = sources.iter().filter_map(|source| source.in_path()).collect();
    for (index, parameter) in pattern.parameters.iter().enumerate() {
        if bound.contains(&index) {
            continue;
        }
        let names: Vec<String> = free.iter().copied().map(path_name).collect();
        let meant = did_you_mean(&parameter.name, names.iter().map(String::as_str));
        let message = format!("`{}` has no parameter `{}`", handler.name, parameter.name);
        match meant.and_then(|meant| names.iter().position(|name| name == meant)) {
            Some(position) => {
                cx.error(parameter.span, format!("{message}; did you mean `{}`?", names[position]));
                free.remove(position);
            }
            None => {
                let help = format!("add `{}: String`, or whichever type it is read as", parameter.name);
                cx.error(parameter.span, message).help(help);
            }
        }
    }
    if !pattern.is_sound {
        return;
    }
    for parameter in &handler.parameters {
        let Some(name) = parameter.name.as_ref().filter(|name| free.contains(name)) else { continue };
        if let Some(ty) = plain_type(&parameter.ty) {
            let wanted = path_name(name);
            cx.error(name.span(), format!("`{}` has no `{{{wanted}}}`", pattern.as_str()))
                .help(format!("put `{{{wanted}}}` into the pattern; a `{ty}` comes from nowhere else"));
        }
    }
}

/// Reports a handler that neither drives a socket nor answers with a conversation, and one that wants two sockets.
fn check_answer(cx: &mut Diagnostics, handler: &Handler, sources: &[Source]) {
    let name = handler.name.unraw();
    let mut sockets = handler.parameters.iter().zip(sources).filter(|(_, source)| **source == Source::Socket);
    if sockets.next().is_none() && handler.returns_nothing {
        cx.error(handler.name.span(), format!("`{name}` neither takes a socket nor returns a conversation"))
            .help("add the parameter `mut socket: WebSocket`, or return a type that `conversation!` made");
    }
    for (second, _) in sockets {
        cx.error(span(second), format!("`{name}` takes two sockets, and a connection has one"))
            .help("take this one away");
    }
}

/// What the pattern would call a parameter: `room`, also for `_room`, which says that the handler does not look at it.
fn path_name(parameter: &Ident) -> String {
    let name = parameter.unraw().to_string();
    name.strip_prefix('_').map(str::to_owned).unwrap_or(name)
}

impl Source {
    fn in_path(self) -> Option<usize> {
        match self {
            Source::Path(index) => Some(index),
            Source::Request | Source::Socket => None,
        }
    }
}

fn span(parameter: &Parameter) -> Span {
    parameter.name.as_ref().map_or_else(|| parameter.ty.span(), Ident::span)
}

/// A type that certainly is no extractor.
fn plain_type(ty: &Type) -> Option<&Ident> {
    const PLAIN: &[&str] = &[
        "String", "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64",
        "u128", "usize",
    ];
    last_segment(ty).filter(|name| PLAIN.iter().any(|plain| name == plain))
}

fn last_segment(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last().map(|segment| &segment.ident),
        Type::Group(group) => last_segment(&group.elem),
        Type::Reference(reference) => last_segment(&reference.elem),
        _ => None,
    }
}
