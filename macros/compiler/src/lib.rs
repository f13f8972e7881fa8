//! The compiler behind converse's macros, as a plain library: tokens in, tokens out. Exempt from semantic versioning.
//!
//! A conversation goes through these passes, each a file or a folder, in this order:
//! `syntax` (tokens to tree) → `graph` (tree to flow graph, and what is needed where) → `lower` (graph to `machine`) →
//! `emit` (machine to tokens). None of them fails: they report to `diagnostics`, and go on with what is left.

use proc_macro2::TokenStream;

mod diagnostics;
mod syntax;

mod names;
mod opaque;
mod text;
mod types;

mod escapes;
mod graph;
mod rename;

mod lower;
mod machine;
mod older;

mod emit;

mod documented;

mod choice;
mod routes;

pub use choice::choice;
pub use routes::{routes, ws_route};
#[doc(hidden)]
pub use syntax::{clauses, is_negated};

/// What `conversation! { … }` stands for: a struct, the enum of its states, and an `impl` of `Conversation`.
///
/// Where something is wrong, the errors, and beside them the same items as far as they can be known. Ahead of all that,
/// what editors read, whatever is wrong.
pub fn conversation(input: TokenStream) -> TokenStream {
    expand(input, false)
}

/// The same, and its turns tell which of the graph's edges they take: for tests.
pub fn traced_conversation(input: TokenStream) -> TokenStream {
    expand(input, true)
}

fn expand(input: TokenStream, traced: bool) -> TokenStream {
    let shadow = emit::editor(input.clone());
    let cx = &mut diagnostics::Diagnostics::default();
    let Some(mut tree) = syntax::parse(cx, input) else {
        return [shadow, std::mem::take(cx).into_compile_errors()].into_iter().collect();
    };
    let renamed = rename::take(cx, &mut tree.attributes);
    let tokens = [shadow, compile(cx, &tree, traced)].into_iter().collect();
    match renamed {
        Some(name) => rename::rename(tokens, &name),
        None => tokens,
    }
}

fn compile(cx: &mut diagnostics::Diagnostics, tree: &syntax::ast::Conversation, traced: bool) -> TokenStream {
    let mut graph = graph::build(cx, tree);
    graph::mark_detours(&mut graph);
    let edges = graph::edges(tree, &graph);
    if traced {
        graph::trace(&mut graph, &tree.name.to_string());
    }
    let live = graph::liveness(&graph);
    graph::check_jumps(cx, &graph, &live);
    graph::thread(&mut graph);
    graph::check_loops(cx, &graph);
    graph::check_stray_words(cx, &graph);
    graph::check_question_marks(cx, tree, &graph);
    let machine = lower::lower(cx, &graph, &live);
    older::check(cx, tree, &graph, &machine);
    let dialogues = documented::find(cx, tree);
    if cx.is_empty() {
        let mut tokens = emit::conversation(tree, &graph, &edges, &live, &machine, traced);
        if traced {
            tokens.extend(documented::tests(tree, &dialogues));
        }
        return tokens;
    }
    let mut tokens = emit::stub(tree);
    tokens.extend(std::mem::take(cx).into_compile_errors());
    tokens
}
