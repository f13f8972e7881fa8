//! What a conversation costs, against the same machine written by hand.

pub mod forms;
pub mod introduction;
pub mod order;
