//! Servers to test, and clients to test them with.

mod browser;
mod client;
mod gate;
mod log;
mod process;
mod raw;
mod server;

pub(crate) use browser::{Browser, hear, talk};
pub(crate) use client::{Client, connect};
pub(crate) use gate::Gate;
pub(crate) use log::Log;
pub(crate) use process::itself;
pub(crate) use raw::Raw;
pub(crate) use server::{Running, serve, serve_as, socket};
