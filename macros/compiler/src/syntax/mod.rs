//! From tokens to the tree. Nothing here fails: what is wrong is reported, and left out of the tree.

mod action;
mod amiss;
pub(crate) mod ast;
mod clauses;
mod cut;
mod head;
mod message;
mod older;
mod on;
mod once;
mod outdated;
pub(crate) mod parse;
mod recover;
mod run;
pub(crate) mod shape;
pub(crate) mod time;
mod verb;
pub(crate) mod words;

pub(crate) use amiss::misspelt_verb;
pub use cut::{clauses, is_negated};
pub(crate) use head::parse;
pub(crate) use message::message;
pub(crate) use older::{is_older, take as take_older};
pub(crate) use outdated::report_misplaced;
pub(crate) use verb::verb;
