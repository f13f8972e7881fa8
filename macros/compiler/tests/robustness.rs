//! Whatever is typed, the macro answers: no panic, Rust comes out, the same for the same input.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Group, TokenStream, TokenTree};

/// The `.rs` files of a folder, in an order that stays.
fn sources(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("a folder");
    let files = entries.map(|entry| entry.expect("a file").path());
    let mut sources: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect();
    assert!(!sources.is_empty(), "{folder} is empty");
    sources.sort();
    sources
}

fn corpus() -> Vec<PathBuf> {
    sources("tests/corpus")
}

fn tokens(path: &Path) -> TokenStream {
    fs::read_to_string(path).expect("a source").parse().expect("tokens")
}

/// What stands in every `conversation! { … }` of a program, at any depth.
fn invocations(stream: TokenStream, found: &mut Vec<TokenStream>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    for (at, tree) in trees.iter().enumerate() {
        let TokenTree::Group(group) = tree else { continue };
        match trees[..at] {
            [.., TokenTree::Ident(ref name), TokenTree::Punct(_)] if name == "conversation" => {
                found.push(group.stream())
            }
            _ => invocations(group.stream(), found),
        }
    }
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

/// Calls `change` with every stream in which two neighbours have changed places, at any depth.
fn swaps(stream: TokenStream, change: &mut dyn FnMut(TokenStream)) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    for at in 0..trees.len() {
        let mut swapped = trees.clone();
        if at > 0 {
            swapped.swap(at - 1, at);
            change(swapped.iter().cloned().collect());
        }
        if let TokenTree::Group(group) = &trees[at] {
            swaps(group.stream(), &mut |inner| {
                let mut changed = trees.clone();
                changed[at] = TokenTree::Group(regroup(group, inner));
                change(changed.into_iter().collect());
            });
        }
    }
}

/// Every token, at any depth, a group before what is in it.
fn flat(stream: TokenStream, found: &mut Vec<TokenTree>) {
    for tree in stream {
        found.push(tree.clone());
        if let TokenTree::Group(group) = tree {
            flat(group.stream(), found);
        }
    }
}

/// The stream with another token in the place of one, which is counted as in `flat`.
fn replaced(stream: TokenStream, place: &mut usize, by: &TokenTree) -> TokenStream {
    let replace = |tree| {
        let here = *place == 0;
        *place = place.wrapping_sub(1);
        match tree {
            _ if here => by.clone(),
            TokenTree::Group(group) => TokenTree::Group(regroup(&group, replaced(group.stream(), place, by))),
            other => other,
        }
    };
    stream.into_iter().map(replace).collect()
}

/// Numbers that look drawn by lot, and are the same in every run.
struct Lot(u64);

impl Lot {
    fn below(&mut self, bound: usize) -> usize {
        // Splitmix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % bound as u64) as usize
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
    let first = std::panic::catch_unwind(|| converse_compiler::conversation(tokens.clone()));
    let first = first.unwrap_or_else(|_| panic!("the compiler panics: {text}"));
    assert_eq!(first.to_string(), converse_compiler::conversation(tokens).to_string(), "not deterministic: {text}");
    syn::parse2(first).unwrap_or_else(|error| panic!("not Rust ({error}): {text}"))
}

fn has_errors(file: &syn::File) -> bool {
    file.items.iter().any(|item| matches!(item, syn::Item::Macro(call) if call.mac.path.segments.last().is_some_and(|last| last.ident == "compile_error")))
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

#[test]
fn every_swap_of_neighbours_expands() {
    for path in corpus() {
        let mut count = 0;
        swaps(tokens(&path), &mut |changed| {
            expand(changed);
            count += 1;
        });
        assert!(count >= 40, "{count} swaps in {}", path.display());
    }
}

/// Up to three times: a token goes to another's place, which may change places with it, or one comes from elsewhere.
#[test]
fn conversations_with_tokens_in_the_wrong_places_expand() {
    const ROUNDS: usize = 1000;
    let mut conversations: Vec<TokenStream> = corpus().iter().map(|path| tokens(path)).collect();
    for path in [sources("../../tests/language"), sources("../../tests/language/programs")].concat() {
        invocations(tokens(&path), &mut conversations);
    }
    assert!(conversations.len() >= 50, "{} conversations", conversations.len());
    let mut vocabulary = Vec::new();
    conversations.iter().for_each(|conversation| flat(conversation.clone(), &mut vocabulary));
    let mut lot = Lot(0);
    for _ in 0..ROUNDS {
        let mut changed = conversations[lot.below(conversations.len())].clone();
        for _ in 0..=lot.below(3) {
            let mut trees = Vec::new();
            flat(changed.clone(), &mut trees);
            let (one, other) = (lot.below(trees.len()), lot.below(trees.len()));
            changed = match lot.below(3) {
                0 => replaced(changed, &mut { one }, &vocabulary[lot.below(vocabulary.len())]),
                1 => replaced(changed, &mut { one }, &trees[other]),
                _ => replaced(replaced(changed, &mut { one }, &trees[other]), &mut { other }, &trees[one]),
            };
        }
        expand(changed);
    }
}

/// What once did not: no Rust came out, or nothing at all.
#[test]
fn what_was_got_wrong_once_expands() {
    let valid = [
        r#"A { let x: P = ask "x" where x == P { a: 1 } else "y"; say "{x}"; }"#,
        r#"A { let x: P = ask "x" unless P { a: 1 }.b; say "{x}"; }"#,
        r#"A { let x: P = ask "x" tries a == b else { return }; say "{x}"; }"#,
        r#"A { loop { let x: u8 = ask "x"; if x > 1 { continue == x; } } }"#,
        r#"A { on "stop" => answer (); let x: u8 = ask "x"; run Match { x }; run Box::new(Menu); }"#,
        r#"A hears E { on E::Two(x, y) => "{x} {y}"; let x: u8 = ask "x"; let y: u8 = ask "y"; }"#,
        r#"A { once r#type(); once a.r#fn(); once Self(); once self::b(); }"#,
        r#"A { let _self: u8 = ask "x"; let self_: u8 = ask "y"; }"#,
    ];
    let invalid = [
        r#"A { let self: u8 = ask "x"; }"#,
        r#"A { let x: u8 = ask "x" on "again" => revise x; revise x; say "{x}"; }"#,
        r#"A(x: x) -> x { let x: x = ask "x"; for x: x in 0..x { let x: x = run B { x: x + retry x }; x += x; } run x; x }"#,
        r#"A { let x: u8 = ask "x" else |match| { retry }; }"#,
        r#"A { let x: u8 = ask "x"; P { a: 1 } x }"#,
        r#"A { let x: u8 = ask "x"; loop { let x: u8 = ask "y" on "no" => revise x; revise x; } }"#,
        r#"A { let x: u8 = ask "x"; let y: u8 = ask "y"; let x: u8 = ask "x" unless None; say "{x}"; }"#,
    ];
    let rust = r#"A { let self: u8 = if a { let x: u8 = ask "x"; x } else { 2 }; let y: u8 = ask "y"; }"#;
    let errors = |text: &str| has_errors(&expand(text.parse().expect("tokens")));
    valid.into_iter().chain([rust]).for_each(|text| assert!(!errors(text), "{text}"));
    invalid.into_iter().for_each(|text| assert!(errors(text), "{text}"));
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
                // Serde's are derived beside errors, and written otherwise.
                syn::Item::Impl(item) => {
                    let (implemented, _) = item.trait_.as_ref()?;
                    let name = implemented.segments.last()?.ident.to_string();
                    (name == "Conversation").then_some(name)
                }
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
