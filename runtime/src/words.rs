//! The words of `conversation!` as functions that nobody calls. An editor reads a conversation as plain Rust in which
//! each word is a call of its namesake here, so what these say is what hovering over the word shows.

use crate::{Conversation, Problem};

const UNCALLED: &str = "only editors read these";

/// `say "…{x}…", argument;` sends a text, or whatever else can be sent: `say Json(value);`.
pub fn say<M>(_message: M) {}

/// `let x: T = ask "…";` sends the prompt, waits for a reply, for days if need be, and reads it as a `T`.
///
/// Clauses follow the prompt: `unless`, `among`, `verbatim`, `on`, `tries`, `where`, `within`, `else`.
pub fn ask<M, T>(_prompt: M) -> T {
    unreachable!("{UNCALLED}")
}

/// `let x: T = run Other { … };` has another conversation in this one's place, and goes on with its output.
pub fn run<C: Conversation>(_conversation: C) -> C::Output {
    unreachable!("{UNCALLED}")
}

/// `on "cancel" | "stop" => ACTION` says what to do about a reply that is one of these words, trimmed and without case:
/// as a statement, at every question in the rest of the block; as a clause, at this question.
pub fn on<W>(_words: W) -> bool {
    unreachable!("{UNCALLED}")
}

/// `unless EXPRESSION`: where this is `Some(value)`, the value is the answer, and nothing is asked.
pub fn unless<T>(_known: Option<T>) {}

/// `among EXPRESSION`: the reply is one of these values, by its text or its number.
pub fn among<T>(_options: T) {}

/// `verbatim`: the reply is not trimmed, and no `on` listens to it.
pub fn verbatim() {}

/// `where CONDITION else ACTION` refuses a reply that was read but will not do.
pub fn where_(_condition: bool) {}

/// `within DURATION else ACTION`: what to do when nothing came for so long, which is `500ms`, `30s`, `5min`, `2h`, `7d`,
/// or any `Duration`.
pub fn within<T>(_time: T) {}

/// `tries COUNT else ACTION`: what to do about the refused reply that is one too many.
pub fn tries(_count: u32) {}

/// `else ACTION` says what happens next: a message, which is said before the question is asked again, a verb, a list, or
/// a block that ends by a verb.
pub fn else_() -> bool {
    unreachable!("{UNCALLED}")
}

/// What `|problem|` binds: why the reply was refused.
pub fn problem() -> Problem {
    unreachable!("{UNCALLED}")
}

/// `retry` asks the question again, prompt included.
pub fn retry() -> ! {
    unreachable!("{UNCALLED}")
}

/// `wait` goes on waiting, without a prompt; the clock is not wound back.
pub fn wait() -> ! {
    unreachable!("{UNCALLED}")
}

/// `answer EXPRESSION` answers the question in the client's place.
pub fn answer<T>(_answer: T) -> ! {
    unreachable!("{UNCALLED}")
}

/// `goto name` continues at the question `name`, of this block or of one around it.
pub fn goto<T>(_question: &T) -> ! {
    unreachable!("{UNCALLED}")
}

/// `close 4001, "reason"` ends the conversation, and closes the socket with that code.
pub fn close<T>(_code: T) -> ! {
    unreachable!("{UNCALLED}")
}
