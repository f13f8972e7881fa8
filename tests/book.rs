//! The book and the README, compiled.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
