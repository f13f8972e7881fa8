// What the conversations of a generated program call. This text stands in the middle of one.

use converse::prelude::*;

use crate::driver::Stock;
use crate::transcript::{Input, Note, Turn};

#[derive(Clone, Copy, Debug, PartialEq, Choice, serde::Serialize, serde::Deserialize)]
pub enum Size {
    Small,
    Medium,
    ExtraLarge,
}

pub fn sum(left: u32, right: u32) -> u32 {
    (left + right) % 1000
}

pub fn count(length: usize) -> u32 {
    length as u32
}

pub fn seconds(count: u32) -> std::time::Duration {
    std::time::Duration::from_secs(u64::from(count) + 1)
}

/// The value, if the condition holds, but only so many times.
pub fn spend<T>(fuel: &mut u32, condition: bool, value: T) -> Option<T> {
    let spent = condition && *fuel > 0;
    *fuel -= u32::from(spent);
    spent.then_some(value)
}

pub fn checked(number: u32) -> Result<u32, String> {
    if number % 4 == 3 { Err(format!("not {number}")) } else { Ok(number) }
}

pub fn nothing() -> Option<u32> {
    None
}
