//! What every server here does when it starts, ours and the others': one thread, a word on where it listens, and an end.
//!
//! The peers are a workspace of their own and include this file: it knows nothing but the standard library and tokio.

use std::fmt::Display;
use std::io;

/// Everything is on one core, so that a scheduler for several has no part in it.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("there can be a runtime")
}

/// Says something, such as where a server listens, and has the process end with its standard input: however the load
/// generator ends, it stays behind nowhere, and valgrind and strace still say what they have counted.
pub fn announce(what: impl Display) {
    println!("{what}");
    end_with_input();
}

/// Has the process end with its standard input.
pub fn end_with_input() {
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
}
