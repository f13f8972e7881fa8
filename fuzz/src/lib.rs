//! What random bytes are made into, so that they get past the lexer: tokens of a small vocabulary. And [`wire`]: a peer that
//! says them.

pub mod wire;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Deeper than anyone writes. Much deeper, and a parser of Rust runs out of stack, ours or rustc's.
const DEEPEST: usize = 40;

/// A byte stands for one of these, counted from 0. Whatever is not here is another name, or another number.
const VOCABULARY: &[&str] = &[
    ")",
    "(",
    "[",
    "{",
    ";",
    ",",
    "=",
    ":",
    "->",
    "=>",
    "::",
    ".",
    "..",
    "..=",
    "|",
    "||",
    "&",
    "&&",
    "!",
    "?",
    "<",
    ">",
    "==",
    ">=",
    "+",
    "-",
    "*",
    "+=",
    "#",
    "_",
    "@",
    "'a:",
    "'a",
    "'b",
    "$",
    "say",
    "ask",
    "run",
    "on",
    "once",
    "hear",
    "retry",
    "wait",
    "back",
    "answer",
    "goto",
    "revise",
    "close",
    "unless",
    "among",
    "verbatim",
    "where",
    "within",
    "tries",
    "else",
    "silence",
    "after",
    "with",
    "hears",
    "let",
    "mut",
    "ref",
    "if",
    "match",
    "loop",
    "while",
    "for",
    "in",
    "break",
    "continue",
    "return",
    "fn",
    "async",
    "await",
    "move",
    "unsafe",
    "struct",
    "enum",
    "impl",
    "dyn",
    "const",
    "static",
    "use",
    "pub",
    "crate",
    "self",
    "Self",
    "super",
    "as",
    "true",
    "false",
    "type",
    "macro_rules",
    "name",
    "age",
    "x",
    "y",
    "items",
    "value",
    "r#type",
    "self_",
    "A",
    "B",
    "Menu",
    "Box",
    "new",
    "u8",
    "i32",
    "bool",
    "String",
    "str",
    "Vec",
    "Option",
    "Result",
    "Some",
    "None",
    "Ok",
    "Err",
    "Json",
    "Duration",
    "format",
    "println",
    "vec",
    "talk",
    "derive",
    "doc",
    "cfg",
    "choice",
    "label",
    "alias",
    "WebSocket",
    "0",
    "1",
    "2",
    "4001",
    "30s",
    "500ms",
    "1u8",
    "1.5",
    "'c'",
    "b'c'",
    "\"\"",
    "\"no\"",
    "\"{x}\"",
    "\"{name}, {}\"",
    "\"{\"",
    "\"{0:?}\"",
    "b\"b\"",
    "r#\"raw\"#",
    "\"/rooms/{name}\"",
    "\"/{*x}\"",
    "\"é\"",
    "/// doc\n",
    "0.5.1",
    "x.0",
    "...",
    "<-",
    "%",
    "/",
    "^",
    "-=",
    "!=",
    "<=",
    "<<",
    ">>",
    "yield",
    "box",
    "try",
    "union",
    "auto",
    "default",
    "extern",
    "trait",
    "mod",
    "0u128",
    "1e3",
    "c\"c\"",
    "'static",
    "where_",
    "__value",
    "talk_",
    "T",
    "Send",
    "Clone",
    "Copy",
    "'a: loop",
    "let x: u8 = ask",
    "let y: String = run",
    "else {",
    "on \"stop\" =>",
    "if let",
    "match x {",
];

/// The tokens that the bytes stand for, every group closed.
pub fn tokens(bytes: &[u8]) -> TokenStream {
    let (mut text, mut open) = (String::new(), Vec::new());
    for byte in bytes {
        let word = VOCABULARY[usize::from(*byte) % VOCABULARY.len()];
        let closing = match word.chars().last() {
            Some('(') => Some(')'),
            Some('[') => Some(']'),
            Some('{') => Some('}'),
            _ => None,
        };
        if word == ")" {
            text.extend(open.pop());
        } else if closing.is_none() || open.len() < DEEPEST {
            text.push_str(word);
            open.extend(closing);
        }
        text.push(' ');
    }
    text.extend(open.into_iter().rev());
    text.parse().expect("the vocabulary is made of tokens")
}

/// The bytes that stand for some tokens, as far as there are words for them.
pub fn bytes(tokens: TokenStream) -> Vec<u8> {
    let mut out = Vec::new();
    write(tokens, &mut out);
    out
}

fn write(tokens: TokenStream, out: &mut Vec<u8>) {
    let mut joint = String::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                out.extend(match group.delimiter() {
                    Delimiter::Parenthesis => Some(byte("(")),
                    Delimiter::Bracket => Some(byte("[")),
                    Delimiter::Brace => Some(byte("{")),
                    Delimiter::None => None,
                });
                write(group.stream(), out);
                out.extend((group.delimiter() != Delimiter::None).then(|| byte(")")));
            }
            TokenTree::Punct(punct) => {
                joint.push(punct.as_char());
                if punct.spacing() == proc_macro2::Spacing::Alone {
                    out.push(byte(&std::mem::take(&mut joint)));
                }
            }
            TokenTree::Ident(name) => out.push(known(&name.to_string()).unwrap_or_else(|| byte("x"))),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                out.push(known(&text).unwrap_or_else(|| byte(if text.starts_with('"') { "\"{x}\"" } else { "1" })));
            }
        }
    }
}

fn known(word: &str) -> Option<u8> {
    VOCABULARY.iter().position(|known| *known == word).map(|at| at as u8)
}

fn byte(word: &str) -> u8 {
    known(word).unwrap_or_default()
}

/// Whether no group stands deeper than a parser can go.
pub fn is_shallow(tokens: &TokenStream) -> bool {
    fn shallow(tokens: TokenStream, left: usize) -> bool {
        tokens.into_iter().all(|token| match token {
            TokenTree::Group(group) => left > 0 && shallow(group.stream(), left - 1),
            _ => true,
        })
    }
    shallow(tokens.clone(), DEEPEST)
}

/// Compiles the tokens twice: the same comes out. Whatever expands them ends, and does not panic.
pub fn expand(tokens: &TokenStream, expand: impl Fn(TokenStream) -> TokenStream) -> TokenStream {
    let first = expand(tokens.clone());
    assert_eq!(first.to_string(), expand(tokens.clone()).to_string(), "not deterministic: {tokens}");
    first
}

/// What came out is Rust.
pub fn assert_rust(input: &TokenStream, expansion: TokenStream) {
    if let Err(error) = syn::parse2::<syn::File>(expansion) {
        panic!("not Rust ({error}): {input}");
    }
}

/// Forgets the texts of this input, all of which proc-macro2 keeps for its spans.
pub fn forget() {
    proc_macro2::extra::invalidate_current_thread_spans();
}
