//! From tokens to the tree. Nothing here fails: what is wrong is reported, and left out of the tree.

mod amiss;
pub(crate) mod ast;
mod clauses;
mod message;
mod once;
pub(crate) mod parse;
mod recover;
mod run;
pub(crate) mod shape;
mod verb;
pub(crate) mod words;

pub(crate) use amiss::misspelt_verb;
pub(crate) use message::message;
pub(crate) use parse::parse;
pub(crate) use verb::verb;
