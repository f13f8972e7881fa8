//! What an editor reads of a conversation: it comes first, whatever is typed, and what stands before the cursor does not
//! depend on what is typed at it.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// What an editor puts at the cursor.
const MARKER: &str = "marker";

fn corpus() -> Vec<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let files = fs::read_dir(&corpus).expect("the corpus").map(|entry| entry.expect("a file").path());
    let mut sources: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect();
    sources.sort();
    assert!(!sources.is_empty());
    sources
}

fn tokens(path: &Path) -> TokenStream {
    fs::read_to_string(path).expect("a source").parse().expect("tokens")
}

/// The function in `::converse::__private::editor! { … }`, which the expansion begins with.
fn shadow(input: TokenStream) -> TokenStream {
    let text = input.to_string();
    let mut expansion = converse_compiler::conversation(input).into_iter();
    let begins: TokenStream = expansion.by_ref().take(11).collect();
    let last = begins.clone().into_iter().last();
    assert!(begins.to_string().starts_with(":: converse :: __private :: editor !"), "{begins} for {text}");
    match last {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group.stream(),
        other => panic!("{other:?} for {text}"),
    }
}

/// The tokens one after another, groups taken apart, up to the marker.
fn before_marker(stream: TokenStream, out: &mut Vec<String>) -> bool {
    for token in stream {
        match token {
            TokenTree::Group(group) => {
                out.push(format!("{:?}", group.delimiter()));
                if before_marker(group.stream(), out) {
                    return true;
                }
                out.push("end".to_owned());
            }
            other if other.to_string() == MARKER => return true,
            other => out.push(other.to_string()),
        }
    }
    false
}

/// Calls `change` with every stream that has all tokens up to a place, at any depth, and with the same where the marker
/// follows.
fn cursors(stream: TokenStream, change: &mut dyn FnMut(TokenStream, TokenStream)) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    for end in 0..=trees.len() {
        let before = || trees[..end].iter().cloned();
        let marker = TokenTree::Ident(Ident::new(MARKER, Span::call_site()));
        change(before().collect(), before().chain([marker]).collect());
        if let Some(TokenTree::Group(group)) = trees.get(end) {
            cursors(group.stream(), &mut |plain, marked| {
                let with = |inner| {
                    let group = TokenTree::Group(Group::new(group.delimiter(), inner));
                    before().chain([group]).collect()
                };
                change(with(plain), with(marked));
            });
        }
    }
}

#[test]
fn both_expansions_agree_up_to_the_cursor() {
    for path in corpus() {
        let mut found = 0;
        cursors(tokens(&path), &mut |plain, marked| {
            let (mut expected, mut actual) = (Vec::new(), Vec::new());
            if before_marker(shadow(marked.clone()), &mut actual) {
                before_marker(shadow(plain), &mut expected);
                assert!(expected.starts_with(&actual), "{}: {marked}\n{expected:?}\n{actual:?}", path.display());
                found += 1;
            }
        });
        assert!(found >= 30, "{found} cursors in {}", path.display());
    }
}

#[test]
fn the_shadow_is_rust() {
    for path in corpus() {
        let shadow = shadow(tokens(&path));
        let text = shadow.to_string();
        syn::parse2::<syn::ItemFn>(shadow).unwrap_or_else(|error| panic!("{}: {error}: {text}", path.display()));
    }
}

#[test]
fn words_are_calls() {
    let source = r#"
        Visit(country: String) -> u8 {
            on "cancel" | "stop" => return 0;
            let name: String = ask "Name, {country}?"
                where !name.is_empty() else ["Please.", { retry }]
                within 30s else |problem| { say "{problem}"; goto name };
            for guest: String in guests { say "{guest}" }
            name.
        }
    "#;
    let expected = r#"
        async fn shadow(country: String) -> u8 {
            if on(["cancel", "stop",]) { return 0; };
            let name: String = ask(::core::format_args!("Name, {country}?"));
            where_(!name.is_empty()); if else_() { ::converse::__private::words::say(::core::format_args!("Please.")); { retry() }; };
            within(()); if else_() { let problem = ::converse::__private::words::problem(); { say(::core::format_args!("{problem}")); goto(&name) }; };
            for guest in guests { say(::core::format_args!("{guest}")) }
            name.
        }
    "#;
    let (source, expected): (TokenStream, TokenStream) =
        (source.parse().expect("tokens"), expected.parse().expect("tokens"));
    assert_eq!(shadow(source).to_string(), expected.to_string());
}

#[test]
fn what_is_waited_for_is_known_where_it_is_used() {
    let source = r#"
        #[derive(Debug)]
        pub(crate) Pick<T: Fn(u8) -> bool, const N: usize = 3>(#[serde(skip)] items: Vec<T>,) with (bank: Bank) hears News -> u8
        where
            T: Fn(u8) -> bool,
        {
            on silence 5min => back;
            on after limit(3) => [{ retry }, "Late."];
            on News::Paid { cents } if cents > 3 => say "Paid {cents}.";
            let paid: News = hear else { wait } on Ok(_) | Err(_) => revise name;
            let receipt: String = once bank.pay(talk.idempotency_key()).await?;
            once { paid };
            let talk: u8 = 1;
            once talk;
            let hear = 3;
            let Some(x) = hear else { return };
        }
    "#;
    let expected = r#"
        async fn shadow<T: Fn(u8) -> bool, const N: usize = 3>(items: Vec<T>, bank: Bank, _: ::converse::__private::words::hears<News>) -> u8
        where
            T: Fn(u8) -> bool,
        {
            if on(silence(())) { back(); };
            if on(after(limit(3))) { { retry() }; ::converse::__private::words::say(::core::format_args!("Late.")); };
            match on(()) { News::Paid { cents } if cents > 3 => { say(::core::format_args!("Paid {cents}.")); } _ => {} };
            let paid: News = hear(); if else_() { { wait() }; }; match on(()) { Ok(_) | Err(_) => { revise(&name); } _ => {} };
            let receipt: String = once({ let talk = ::converse::__private::words::talk(); bank.pay(talk.idempotency_key()).await? });
            once({ let talk = ::converse::__private::words::talk(); { paid } });
            let talk: u8 = 1;
            once({ talk });
            let hear = 3;
            let Some(x) = hear else { return };
        }
    "#;
    let (source, expected): (TokenStream, TokenStream) =
        (source.parse().expect("tokens"), expected.parse().expect("tokens"));
    assert_eq!(shadow(source).to_string(), expected.to_string());
}
