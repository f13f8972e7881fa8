//! The words of `conversation!` as functions that nobody calls. An editor reads a conversation as plain Rust in which
//! each word is a call of its namesake here, so what these say is what hovering over the word shows.

use crate::{Conversation, Once, Problem};

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

/// `let x: T = once EXPRESSION;` does something, and stores its value before anything else happens: after a crash it is
/// not done again. Inside, `talk.idempotency_key()` is the same however often it is tried.
pub fn once<T>(_value: T) -> T {
    unreachable!("{UNCALLED}")
}

/// Inside of a `once`, what the conversation knows of it: its idempotency key.
pub fn talk() -> Once {
    unreachable!("{UNCALLED}")
}

/// `hears TYPE` in a conversation's head: the type of the events that the server can send into it.
#[allow(non_camel_case_types, reason = "it is a word")]
pub type hears<T> = T;

/// `let event: T = hear;` waits for an event, where an `ask` waits for a reply.
///
/// Clauses follow it: `within`, `on`, and an `else` for what the client says meanwhile.
pub fn hear<T>() -> T {
    unreachable!("{UNCALLED}")
}

/// `on … => ACTION` says what to do about something other than the answer: as a statement, at every question in the rest of
/// the block; as a clause, at this question.
///
/// - `on "cancel" | "stop"`: a reply that is one of these words, trimmed and without case;
/// - `on Pattern { field }`: an event, which a conversation with `hears` in its head gets from the server;
/// - `on silence 5min`: nothing was said for so long;
/// - `on after 30d`: so long after this line was reached.
pub fn on<W, T>(_what: W) -> T {
    unreachable!("{UNCALLED}")
}

/// `on silence 5min => ACTION`: nothing was said for so long, at any question in the rest of the block that has no `within`
/// of its own.
pub fn silence<T>(_time: T) {}

/// `on after 30d => ACTION`: that long after this line was reached, once, wherever in the rest of the block the
/// conversation waits by then.
pub fn after<T>(_time: T) {}

/// `on outdated => …` at the head of the body: what becomes of a stored conversation that this build cannot read. By names, `on
/// outdated "coupon" => …`, what becomes of one that waits at a question that is gone.
pub fn outdated<T>(_questions: T) {}

/// `on outdated => restart "…";` sets it aside, says this, and begins again.
pub fn restart<T>(_words: T) {}

/// `on outdated => park;` leaves it for a build that can read it, and closes its client with 1012.
pub fn park() {}

/// `on outdated "phone" => migrate from_phone;` has a function make a state of this build of the older one: it takes what
/// was remembered at that question, and returns the state or a `Result` of it.
pub fn migrate<F>(_function: F) {}

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

/// `back` takes the conversation to the question before this one, as it was when that was asked. At the first question, or
/// behind a `once`, it is a `retry`.
pub fn back() -> ! {
    unreachable!("{UNCALLED}")
}

/// `revise name` asks the question `name` again, with all its clauses, puts the answer into its variable, and goes on from
/// here.
pub fn revise<T>(_question: &T) {}

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
