//! Processes that are killed and stopped while clients talk to them, and what the clients make of it. The servers are this
//! program, started anew; the clients are not ours, and see no more than any client does.

mod builds;
mod client;
mod disk;
#[cfg(target_os = "linux")]
mod ill;
mod killed;
mod owners;
mod points;
mod returns;
mod server;
