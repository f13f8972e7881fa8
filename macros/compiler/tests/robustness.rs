//! Whatever is typed, the macro answers: no panic, Rust comes out, the same for the same input.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Group, TokenStream, TokenTree};

fn corpus() -> Vec<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let files = fs::read_dir(&corpus).expect("the corpus").map(|entry| entry.expect("a file").path());
    let sources: Vec<_> = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect();
    assert!(!sources.is_empty());
    sources
}

fn tokens(path: &Path) -> TokenStream {
    fs::read_to_string(path).expect("a source").parse().expect("tokens")
}

/// Calls `change` with every stream that keeps the first `n` tokens, at any depth: the groups around the cut are closed,
/// as an editor's are.
fn prefixes(stream: TokenStream, change: &mut dyn FnMut(TokenStream)) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    for end in 0..=trees.len() {
        change(trees[..end].iter().cloned().collect());
        if let Some(TokenTree::Group(group)) = trees.get(end) {
            prefixes(group.stream(), &mut |inner| {
                let cut = TokenTree::Group(regroup(group, inner));
                change(trees[..end].iter().cloned().chain([cut]).collect());
            });
        }
    }
}

/// Calls `change` with every stream that lacks one token, at any depth.
fn deletions(stream: TokenStream, change: &mut dyn FnMut(TokenStream)) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    for at in 0..trees.len() {
        let with = |tree: Option<TokenTree>| {
            trees[..at].iter().cloned().chain(tree).chain(trees[at + 1..].iter().cloned()).collect()
        };
        change(with(None));
        if let TokenTree::Group(group) = &trees[at] {
            deletions(group.stream(), &mut |inner| change(with(Some(TokenTree::Group(regroup(group, inner))))));
        }
    }
}

fn regroup(group: &Group, stream: TokenStream) -> Group {
    let mut changed = Group::new(group.delimiter(), stream);
    changed.set_span(group.span());
    changed
}

/// Expands twice; the same Rust has to come out.
fn expand(tokens: TokenStream) -> syn::File {
    let text = tokens.to_string();
    let first = converse_compiler::conversation(tokens.clone());
    assert_eq!(first.to_string(), converse_compiler::conversation(tokens).to_string(), "not deterministic: {text}");
    syn::parse2(first).unwrap_or_else(|error| panic!("not Rust ({error}): {text}"))
}

fn has_errors(file: &syn::File) -> bool {
    file.items.iter().any(|item| matches!(item, syn::Item::Macro(call) if call.mac.path.segments.last().is_some_and(|last| last.ident == "compile_error")))
}

fn is_serde(item: &syn::ItemImpl) -> bool {
    item.trait_.as_ref().is_some_and(|(path, _)| path.segments.iter().any(|segment| segment.ident == "serde"))
}

#[test]
fn every_prefix_expands() {
    for path in corpus() {
        let mut count = 0;
        prefixes(tokens(&path), &mut |prefix| {
            expand(prefix);
            count += 1;
        });
        assert!(count >= 50, "{count} prefixes of {}", path.display());
    }
}

#[test]
fn every_deletion_of_a_token_expands() {
    for path in corpus() {
        deletions(tokens(&path), &mut |changed| {
            expand(changed);
        });
    }
}

/// A conversation whose body is broken is still there for the code that names it.
#[test]
fn a_broken_body_leaves_the_items_in_place() {
    for path in corpus() {
        let whole = expand(tokens(&path));
        assert!(!has_errors(&whole), "{} has errors", path.display());
        let names = |file: &syn::File| {
            let named = file.items.iter().filter_map(|item| match item {
                syn::Item::Struct(item) => Some(item.ident.to_string()),
                syn::Item::Enum(item) => Some(item.ident.to_string()),
                // Beside errors serde's own are derived.
                syn::Item::Impl(item) if is_serde(item) => None,
                syn::Item::Impl(_) => Some("impl".to_owned()),
                _ => None,
            });
            named.collect::<Vec<_>>()
        };
        let trees: Vec<TokenTree> = tokens(&path).into_iter().collect();
        let Some((TokenTree::Group(body), head)) = trees.split_last() else { panic!("the body comes last") };
        let broken = regroup(body, "let x: u8 = ask ; say; let = 3".parse().expect("tokens"));
        let broken = expand(head.iter().cloned().chain([TokenTree::Group(broken)]).collect());
        assert!(has_errors(&broken));
        assert_eq!(names(&broken), names(&whole), "{}", path.display());
    }
}
