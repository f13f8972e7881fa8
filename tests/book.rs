//! The book and the README, compiled.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

#[cfg(doctest)]
#[doc = include_str!("../docs/deploys.md")]
mod deploys {}

#[cfg(doctest)]
#[doc = include_str!("../docs/errors.md")]
mod errors {}

#[cfg(doctest)]
#[doc = include_str!("../docs/language.md")]
mod language {}

#[cfg(doctest)]
#[doc = include_str!("../docs/persistence.md")]
mod persistence {}

#[cfg(doctest)]
#[doc = include_str!("../docs/protocol.md")]
mod protocol {}

#[cfg(doctest)]
#[doc = include_str!("../docs/serving.md")]
mod serving {}

#[cfg(doctest)]
#[doc = include_str!("../docs/testing.md")]
mod testing {}
