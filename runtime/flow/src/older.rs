//! What a build reads of states that one before it has stored under other names, or without a value.

/// One thing that a conversation reads although it was stored otherwise. What is called the same by now, and is of the
/// same type, needs no saying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Older {
    /// A question has another name: `#[was = "phone"]`.
    Question {
        /// What it was called.
        was: &'static str,
        /// What it is called.
        now: &'static str,
    },
    /// A variable has another name at a question.
    Variable {
        /// The question.
        at: &'static str,
        /// What it was called.
        was: &'static str,
        /// What it is called.
        now: &'static str,
    },
    /// A variable has a value at a question where nothing is stored for it: `#[default]`, or a count.
    Default {
        /// The question.
        at: &'static str,
        /// The variable.
        name: &'static str,
    },
    /// A question is gone, and another one is asked in its place: `on outdated "coupon" => goto payment`.
    Goto {
        /// What it was called.
        was: &'static str,
        /// The question that is asked.
        to: &'static str,
    },
    /// A question is gone, and a function makes another state of its own: `on outdated "phone" => migrate from_phone`.
    Migrate {
        /// What it was called.
        was: &'static str,
    },
}
