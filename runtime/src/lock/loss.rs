//! What of a stored conversation a build cannot read.

use std::fmt;

use converse_flow::{Field, Flow, Older, Question};

use super::file::{Names, Release};

/// Why a conversation that was stored cannot be read.
///
/// Its `Display` is half a sentence, as in "`price: u32` is new there, and nothing stored has its value".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Loss {
    /// There is no conversation of this name.
    Conversation,
    /// There is no question of this name in the conversation.
    Question,
    /// A variable is remembered at the question that was not remembered there before.
    #[non_exhaustive]
    Variable {
        /// Its name.
        name: String,
        /// Its type.
        ty: String,
    },
    /// A variable that is remembered at the question has another type.
    #[non_exhaustive]
    Type {
        /// Its name.
        name: String,
        /// Its type in what is stored.
        stored: String,
        /// Its type now.
        now: String,
    },
    /// Nothing is known of the form in which it was stored.
    Schema,
    /// A conversation that it runs there cannot be read.
    #[non_exhaustive]
    Inner {
        /// The name of the one that it runs.
        conversation: String,
        /// The question at which that one may wait, where it is known which there were.
        question: Option<String>,
        /// Why it cannot be read then.
        loss: Box<Loss>,
    },
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Loss::Conversation => f.write_str("the conversation is gone"),
            Loss::Question => f.write_str("the question is gone"),
            Loss::Variable { name, ty } => {
                write!(f, "`{name}: {ty}`{} is new there, and nothing stored has its value", meaning(name, ty))
            }
            Loss::Type { name, stored, now } => write!(f, "`{name}` is `{now}` now, and was `{stored}`"),
            Loss::Schema => f.write_str("unknown schema"),
            Loss::Inner { conversation, question: Some(question), loss } => {
                write!(f, "what it runs may wait at {conversation}/{question}: {loss}")
            }
            Loss::Inner { conversation, question: None, loss } => write!(f, "it runs {conversation}: {loss}"),
        }
    }
}

/// What a variable is that nobody has written.
fn meaning(name: &str, ty: &str) -> &'static str {
    match ty {
        "Timer" if name.starts_with("after_") => ", the time of an `on after`,",
        "u32" if name.ends_with("_refused") => ", how often a reply was refused,",
        "u32" if name.ends_with("_silent") => ", how often nothing was said,",
        _ if name.ends_with("_rest") && ty.starts_with("Rest<") => ", what is left of the items of a `for`,",
        _ if name.ends_with("_run") && ty.starts_with("Slot<") => ", the conversation that runs there,",
        _ => "",
    }
}

/// Everything that this build cannot read of a conversation of a form that was released, by the question.
pub(super) fn losses(release: &Release, flow: &Flow) -> Vec<(String, Loss)> {
    let mut all = Vec::new();
    for (name, stored) in &release.questions.0 {
        let losses = match place(flow, name) {
            Place::Gone => vec![Loss::Question],
            Place::At(question) => losses_at(flow, question, stored),
            Place::Migrated => Vec::new(),
        };
        all.extend(losses.into_iter().map(|loss| (name.clone(), loss)));
    }
    all
}

/// Where a build reads what was stored at a question.
pub(super) enum Place {
    /// At this question: the one of that name, the one that was called so, or the one that is asked instead.
    At(&'static Question),
    /// A function takes it. What that does not read, nothing here can tell.
    Migrated,
    /// Nowhere.
    Gone,
}

/// Where this build reads what was stored at the question of this name.
pub(super) fn place(flow: &Flow, name: &str) -> Place {
    if let Some(question) = flow.question(name) {
        return Place::At(question);
    }
    let older = flow.older.iter().find_map(|older| match older {
        Older::Question { was, now } if *was == name => flow.question(now).map(Place::At),
        Older::Goto { was, to } if *was == name => flow.question(to).map(Place::At),
        Older::Migrate { was } if *was == name => Some(Place::Migrated),
        _ => None,
    });
    older.unwrap_or(Place::Gone)
}

/// What this build cannot read at a question where these variables were stored. To
/// [`restore`](crate::__private::restore), a variable that is needed no more does no harm, and one that is missing does, even
/// if it is an `Option`, unless the conversation says what its value is then.
pub(super) fn losses_at(flow: &Flow, question: &Question, stored: &Names<String>) -> Vec<Loss> {
    let losses = question.remembers.iter().filter_map(|field| {
        let Some(ty) = stored_type(flow, question, field, stored) else {
            let has_default = |older: &Older| {
                matches!(older, Older::Default { at, name } if *at == question.name && *name == field.name)
            };
            let missing = || Loss::Variable { name: field.name.to_owned(), ty: field.ty.to_owned() };
            return (!flow.older.iter().any(has_default)).then(missing);
        };
        let other = || Loss::Type { name: field.name.to_owned(), stored: ty.to_owned(), now: field.ty.to_owned() };
        (!reads(field.ty, ty)).then(other)
    });
    losses.collect()
}

/// The type of what is read as a variable: it is stored by its name, or by one that it had before.
fn stored_type<'s>(flow: &Flow, question: &Question, field: &Field, stored: &'s Names<String>) -> Option<&'s str> {
    let before = flow.older.iter().filter_map(|older| match older {
        Older::Variable { at, was, now } if *at == question.name && *now == field.name => Some(*was),
        _ => None,
    });
    std::iter::once(field.name).chain(before).find_map(|name| stored.0.get(name)).map(String::as_str)
}

/// Whether every value that was stored as a `stored` can be read as a `now`, and is the same value then.
fn reads(now: &str, stored: &str) -> bool {
    let some = |ty| str::strip_prefix(ty, "Option<").and_then(|ty: &str| ty.strip_suffix('>'));
    let fits = |now: &str, stored: &str| now == stored || widens(now, stored);
    match (some(now), some(stored)) {
        (Some(now), Some(stored)) => fits(now, stored),
        // What is stored as nothing would not be something any more.
        (Some(now), None) => stored != "()" && fits(now, stored),
        _ => fits(now, stored),
    }
}

/// Whether a number's type has room for all numbers of another. There is no tokio where a `usize` has less than 32 bits.
fn widens(now: &str, stored: &str) -> bool {
    let numbers: &[&str] = match stored {
        "u8" => &["u16", "u32", "u64", "u128", "usize", "i16", "i32", "i64", "i128"],
        "u16" => &["u32", "u64", "u128", "usize", "i32", "i64", "i128"],
        "u32" => &["u64", "u128", "usize", "i64", "i128"],
        "u64" | "usize" => &["u64", "u128", "i128"],
        "i8" => &["i16", "i32", "i64", "i128", "isize"],
        "i16" => &["i32", "i64", "i128", "isize"],
        "i32" => &["i64", "i128", "isize"],
        "i64" | "isize" => &["i64", "i128"],
        "f32" => &["f64"],
        _ => &[],
    };
    numbers.contains(&now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::samples::{LATER_ORDER, ORDER, OTHER_ORDER};

    #[test]
    fn what_may_change_loses_nothing() {
        assert_eq!(losses(&Release::of(&ORDER), &ORDER), []);
        assert_eq!(losses(&Release::of(&ORDER), &LATER_ORDER), []);
    }

    #[test]
    fn each_loss_has_its_words() {
        let losses = losses(&Release::of(&ORDER), &OTHER_ORDER);
        let words: Vec<_> = losses.iter().map(|(question, loss)| format!("{question}: {loss}")).collect();
        let expected = [
            "count: `dish` is `Dish` now, and was `String`",
            "count: `price: Option<u32>` is new there, and nothing stored has its value",
            "count: `after_1: Timer`, the time of an `on after`, is new there, and nothing stored has its value",
            "dish: the question is gone",
        ];
        assert_eq!(words, expected);
    }

    /// Whether JSON of every `$stored` is read as a `$now`, and as the same number.
    macro_rules! every {
        ($stored:ty => $($now:ty)*) => {$({
            let all = [<$stored>::MIN, <$stored>::MAX].map(|number| {
                let json = serde_json::to_string(&number).expect("it can be stored");
                serde_json::from_str::<$now>(&json).is_ok_and(|read| read.to_string() == number.to_string())
            });
            let (now, stored) = (stringify!($now), stringify!($stored));
            assert_eq!(all == [true; 2], reads(now, stored), "{stored} -> {now}");
        })*};
    }

    #[test]
    fn a_number_is_read_by_every_type_that_has_room_for_it() {
        macro_rules! of_each {
            ($($stored:ty)*) => {$( every!($stored => u8 u16 u32 u64 u128 i8 i16 i32 i64 i128); )*};
        }
        of_each!(u8 u16 u32 u64 u128 i8 i16 i32 i64 i128);
        every!(u32 => usize);
        every!(usize => u64);
        every!(isize => i64);
        every!(i32 => isize);
        let json = serde_json::to_string(&f32::MIN).expect("it can be stored");
        assert!(serde_json::from_str::<f64>(&json).is_ok() && reads("f64", "f32"));
    }

    #[test]
    fn what_was_there_may_be_missing_now_but_not_the_reverse() {
        for (now, stored) in [("Option<u32>", "u32"), ("Option<u64>", "u8"), ("Option<u64>", "Option<u8>")] {
            assert!(reads(now, stored), "{stored} -> {now}");
            assert!(!reads(stored, now), "{now} -> {stored}");
        }
        // Some of these read something, which is not always what was meant.
        for (now, stored) in
            [("Option<Option<u8>>", "Option<u8>"), ("Option<()>", "()"), ("f64", "u8"), ("String", "char")]
        {
            assert!(!reads(now, stored), "{stored} -> {now}");
        }
    }
}
