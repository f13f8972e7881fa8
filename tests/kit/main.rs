//! The test kit, tested: what it finds, what it says about it, and what it lets pass.

mod bugs;
mod covers;
mod dialogues;
mod documented;
mod reports;
mod stored;
mod wire;
