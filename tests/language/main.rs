//! Conversations, compiled and run turn by turn without a socket: what is said, what is remembered, how it ends.

mod back;
mod choices;
mod control_flow;
mod corners;
mod dependencies;
mod dialogue;
mod endings;
mod events;
mod flow;
mod generics;
mod introduction;
mod names;
mod once;
mod programs;
mod questions;
mod renamed;
mod revise;
mod runs;
mod time;
mod verbs;
