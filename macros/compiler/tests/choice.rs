//! Broken enums: whatever is left of one when tokens are missing, the compiler answers with Rust.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

#[test]
fn every_part_of_an_enum_expands() {
    let item = quote! {
        /// How much.
        #[choice(label = "X")]
        pub enum Size<T: Copy> where T: 'static {
            #[choice(label = "S", alias = "tiny")]
            Small,
            #[choice(alias = "tiny", alias = "1", lable = 3)]
            r#Medium(u8),
            Large { much: T } = 4,
        }
    };
    let mut count = 0;
    parts(&item, &mut |part| {
        let first = converse_compiler::choice(part.clone());
        assert_eq!(first.to_string(), converse_compiler::choice(part.clone()).to_string(), "not deterministic: {part}");
        syn::parse2::<syn::File>(first).unwrap_or_else(|error| panic!("not Rust ({error}): {part}"));
        count += 1;
    });
    assert!(count > 100, "{count} parts");
}

#[test]
fn an_intact_enum_has_no_error() {
    let item = quote!(
        enum Size {
            Small,
            #[choice(label = "XL", alias = "huge")]
            ExtraLarge,
        }
    );
    let expansion = converse_compiler::choice(item).to_string();
    assert!(!expansion.contains("compile_error"), "{expansion}");
    assert!(expansion.contains(r#"names : & ["extra large" , "extralarge" , "xl" , "huge"]"#), "{expansion}");
}

/// Every prefix of `tokens`, and every rest of them when one is taken out, at every depth.
fn parts(tokens: &TokenStream, change: &mut dyn FnMut(TokenStream)) {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    change(tokens.clone());
    for (at, tree) in trees.iter().enumerate() {
        let (before, after) = (&trees[..at], &trees[at + 1..]);
        change(before.iter().cloned().collect());
        change(before.iter().chain(after).cloned().collect());
        if let TokenTree::Group(group) = tree {
            parts(&group.stream(), &mut |inner| {
                let group = TokenTree::Group(Group::new(group.delimiter(), inner));
                change(before.iter().chain([&group]).chain(after).cloned().collect());
            });
        }
    }
}
