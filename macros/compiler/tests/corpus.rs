//! A corpus of conversations, and what each compiles to, as snapshots that a person has read.

use std::fs;
use std::path::Path;

use proc_macro2::TokenStream;

#[test]
fn each_conversation_compiles_to_what_was_reviewed() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut sources: Vec<_> =
        fs::read_dir(&corpus).expect("the corpus").map(|entry| entry.expect("a file").path()).collect();
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    sources.sort();
    assert!(!sources.is_empty());
    for path in sources {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let source = fs::read_to_string(&path).expect("a source");
        let tokens: TokenStream = source.parse().expect("tokens");
        insta::with_settings!({ snapshot_path => &corpus, prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, pretty(converse_compiler::conversation(tokens)));
        });
    }
}

/// The expansion but for what editors read of it, which is the source once more.
fn pretty(tokens: TokenStream) -> String {
    let text = tokens.to_string();
    match syn::parse2::<syn::File>(tokens) {
        Ok(mut file) => {
            let editor = file.items.remove(0);
            assert!(
                matches!(editor, syn::Item::Macro(call) if call.mac.path.segments.last().is_some_and(|last| last.ident == "editor"))
            );
            prettyplease::unparse(&file)
        }
        Err(error) => panic!("the expansion is not Rust: {error}\n{text}"),
    }
}
