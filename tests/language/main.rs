//! Conversations, compiled and run turn by turn without a socket: what is said, what is remembered, how it ends.

mod choices;
mod control_flow;
mod corners;
mod dependencies;
mod dialogue;
mod endings;
mod flow;
mod introduction;
mod names;
mod programs;
mod questions;
mod runs;
mod verbs;
