//! The book and the README, compiled.
