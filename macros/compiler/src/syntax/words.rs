//! The language's words, one list. They are contextual: each stays usable as the name of a variable or a function.

use proc_macro2::Ident;

/// A word that begins a statement or an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Say,
    Ask,
    /// One that says what happens next: `retry`, `goto name`.
    Verb,
    On,
    Run,
    Once,
    Hear,
    Revise,
}

/// A word that begins a clause of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    Unless,
    Among,
    Verbatim,
    Where,
    Within,
    Tries,
    On,
    Else,
}

impl Word {
    pub(crate) fn of(ident: &Ident) -> Option<Word> {
        Some(match ident.to_string().as_str() {
            "say" => Word::Say,
            "ask" => Word::Ask,
            "retry" | "wait" | "back" | "goto" | "answer" | "close" => Word::Verb,
            "on" => Word::On,
            "run" => Word::Run,
            "once" => Word::Once,
            "hear" => Word::Hear,
            "revise" => Word::Revise,
            _ => return None,
        })
    }

    /// Whether the word is one that can be all of a statement or of a value, as a variable of its name could; also where
    /// something is missing behind it.
    pub(crate) fn is_like_a_variable(ident: &Ident) -> bool {
        Word::stands_alone(ident) || ident == "hear" || ident == "once" || ident == "revise"
    }

    /// Whether the word stands alone, without anything after it.
    pub(crate) fn stands_alone(ident: &Ident) -> bool {
        ident == "retry" || ident == "wait" || ident == "back"
    }
}

impl Clause {
    pub(crate) fn of(ident: &Ident) -> Option<Clause> {
        Some(match ident.to_string().as_str() {
            "unless" => Clause::Unless,
            "among" => Clause::Among,
            "verbatim" => Clause::Verbatim,
            "where" => Clause::Where,
            "within" => Clause::Within,
            "tries" => Clause::Tries,
            "on" => Clause::On,
            "else" => Clause::Else,
            _ => return None,
        })
    }
}

/// Rust's own keywords that no expression ends with, as far as it matters here.
pub(crate) fn is_keyword(ident: &Ident) -> bool {
    const KEYWORDS: &[&str] = &[
        "as", "break", "const", "continue", "else", "enum", "fn", "for", "if", "impl", "in", "let", "loop", "match",
        "mod", "move", "mut", "pub", "ref", "return", "static", "struct", "trait", "type", "unsafe", "use", "where",
        "while", "async", "dyn",
    ];
    KEYWORDS.iter().any(|keyword| ident == keyword)
}
