//! Enums that a client chooses from.

use std::fmt;
use std::iter::{Enumerate, Map};
use std::slice::Iter;

use crate::reply::Problem;

/// An enum that a client chooses a variant of. Implemented by `#[derive(Choice)]`, never by hand.
///
/// ```
/// use converse::prelude::*;
///
/// #[derive(Choice, Debug, PartialEq)]
/// enum Size {
///     Small,
///     Medium,
///     #[choice(label = "XL", alias = "huge")]
///     ExtraLarge,
/// }
///
/// assert_eq!(format!("Which size: {}?", Size::options()), "Which size: small, medium, XL?");
/// assert_eq!(Size::ExtraLarge.label(), "XL");
/// for reply in ["XL", "extra large", "Extra-Large", "HUGE", "3"] {
///     assert_eq!(reply.parse(), Ok(Size::ExtraLarge));
/// }
/// assert_eq!("tiny".parse::<Size>().unwrap_err().to_string(), "expected one of: small, medium, XL");
///
/// conversation! {
///     Shirt -> Size {
///         let size: Size = ask "Which size: {}?", Size::options() else |problem| { say "{problem}."; retry };
///         size
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no choice",
    label = "no choice",
    note = "write `#[derive(Choice)]` above the enum `{Self}`"
)]
pub trait Choice: Sized {
    /// The variants, in the order of their declaration.
    const OPTIONS: Options;

    /// The variant at `index`, counted from 0, or `None` past the last.
    fn nth(index: usize) -> Option<Self>;

    /// Where this variant stands, counted from 0.
    fn index(&self) -> usize;

    /// What there is to choose from, for a prompt.
    fn options() -> Options {
        Self::OPTIONS
    }

    /// What this variant is called in a prompt.
    fn label(&self) -> &'static str {
        Self::OPTIONS.0.get(self.index()).map_or("", |named| named.label)
    }
}

/// What there is to choose from. Shown as `small, medium, large`, and iterated with each label's number.
///
/// ```
/// use converse::prelude::*;
///
/// #[derive(Choice)]
/// enum Answer { Yes, No }
///
/// let lines: Vec<String> = Answer::options().into_iter().map(|(number, label)| format!("{number}. {label}")).collect();
/// assert_eq!(lines, ["1. yes", "2. no"]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Options(&'static [Named]);

/// An option's label, and what it is read by.
#[derive(Debug)]
pub struct Named {
    /// As a prompt shows it.
    pub label: &'static str,
    /// Lowercase, with one space between words.
    pub names: &'static [&'static str],
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(index, named)| {
            f.write_str(if index == 0 { "" } else { ", " })?;
            f.write_str(named.label)
        })
    }
}

type Numbered = fn((usize, &'static Named)) -> (usize, &'static str);

/// Numbers, counted from 1, and labels.
impl IntoIterator for Options {
    type Item = (usize, &'static str);
    type IntoIter = Map<Enumerate<Iter<'static, Named>>, Numbered>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().enumerate().map(|(index, named)| (index + 1, named.label))
    }
}

/// What `#[derive(Choice)]` writes.
pub const fn options(all: &'static [Named]) -> Options {
    Options(all)
}

/// Reads a variant by one of its names, or by its number.
///
/// # Errors
///
/// Where the reply means none of them; the problem lists the labels.
pub fn choose<T: Choice>(reply: &str) -> Result<T, Problem> {
    let name = normal(reply);
    let by_name = || T::OPTIONS.0.iter().position(|named| named.names.contains(&name.as_str()));
    let by_number = || reply.trim().parse::<usize>().ok()?.checked_sub(1);
    let chosen = by_name().or_else(by_number).and_then(T::nth);
    chosen.ok_or_else(|| Problem::new(format!("expected one of: {}", T::OPTIONS)))
}

/// A name without case, and with one space where words meet. The compiler does the same to the names of variants.
fn normal(name: &str) -> String {
    let lowercase = name.to_lowercase();
    let words = lowercase.split(|letter: char| letter.is_whitespace() || matches!(letter, '-' | '_'));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
