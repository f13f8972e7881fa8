//! A server on `converse`, and clients that put a load on it or on any other; `README.md` says what for.

mod by_hand;
pub mod client;
pub mod harm;
pub mod load;
pub mod ours;
pub mod start;
