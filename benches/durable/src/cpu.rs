//! How much of the processors' time each part of this program has taken, as Linux counts it for its threads.

use std::fs;
use std::ops::Sub;

/// The threads of the server, those of the clients, and those of the store.
pub(crate) const SERVER: &str = "server";
pub(crate) const CLIENTS: &str = "clients";
const STORE: &str = "converse-sqlite";

/// In microseconds, since the program began.
#[derive(Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) server: f64,
    pub(crate) clients: f64,
    pub(crate) store: f64,
}

impl Taken {
    pub(crate) fn now() -> Self {
        let mut taken = Taken { server: 0.0, clients: 0.0, store: 0.0 };
        for thread in fs::read_dir("/proc/self/task").expect("this is Linux").flatten() {
            let read = |file| fs::read_to_string(thread.path().join(file)).unwrap_or_default();
            let (name, times) = (read("comm"), read("schedstat"));
            let time: f64 = times.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default();
            match name.trim_end() {
                SERVER => taken.server += time / 1000.0,
                CLIENTS => taken.clients += time / 1000.0,
                STORE => taken.store += time / 1000.0,
                _ => {}
            }
        }
        taken
    }
}

impl Sub for Taken {
    type Output = Taken;

    fn sub(self, before: Taken) -> Taken {
        Taken {
            server: self.server - before.server,
            clients: self.clients - before.clients,
            store: self.store - before.store,
        }
    }
}
