//! What a message, a handshake and a connection that waits cost, as far as it can be counted and is the same in every run: what is
//! allocated, what stays, and how often a stream is read and written. None may cost more than is said here.
//!
//! The limits are for all features of the crate together, since that is how the tests of a workspace are built. Who makes something
//! cheaper lowers its limit; who has a reason to make it dearer raises it, and says why.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use allocation_counter::{AllocationInfo, measure};
use converse::{Connections, Server};
use converse_wire::client::{Burst, Target};
use converse_wire::load::{Stop, Visit, echo, open, visits};
use converse_wire::{ours, start};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// Connections at a time, where something is done on each.
const CONNECTIONS: usize = 10;
/// Connections that wait.
const WAITING: usize = 1_000;

/// Connections are counted for the process: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// A server on this thread, which is all that is counted, and its clients on another one.
struct Wire {
    _alone: MutexGuard<'static, ()>,
    server: Runtime,
    clients: Runtime,
    target: Target,
}

impl Wire {
    fn new(path: &'static str) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let server = start::runtime();
        let address = server.block_on(async {
            let server = Server::bind("127.0.0.1:0").await.expect("a port is free");
            let address = server.local_addr();
            tokio::spawn(server.serve(ours::router()));
            address
        });
        Wire { _alone: alone, server, clients: start::runtime(), target: Target { address, path: Some(path) } }
    }

    /// Has clients do something; what the server has needed for that.
    fn during<T: Send>(&self, work: impl Future<Output = io::Result<T>> + Send) -> (T, AllocationInfo) {
        let (done, is_done) = oneshot::channel::<()>();
        thread::scope(|scope| {
            let clients = scope.spawn(|| {
                let result = self.clients.block_on(work);
                drop(done);
                result
            });
            let used = measure(|| drop(self.server.block_on(is_done)));
            (clients.join().expect("clients do not panic").expect("the server does what it should"), used)
        })
    }

    /// What the server needs, and gives back, until the last of its connections is over.
    fn until_all_are_gone(&self) -> AllocationInfo {
        let gone = async {
            while Connections::count() > 0 {
                tokio::task::yield_now().await;
            }
        };
        measure(|| self.server.block_on(gone))
    }
}

/// What each of those costs that are more in the second measurement than in the first; what is done once falls out.
fn each(what: &str, [few, many]: [(usize, AllocationInfo); 2]) -> [Counted; 2] {
    let more = (many.0 - few.0) as f64;
    let allocations = (many.1.count_total - few.1.count_total) as f64 / more;
    let bytes = (many.1.bytes_total - few.1.bytes_total) as f64 / more;
    [Counted(format!("allocations for {what}"), allocations), Counted(format!("bytes allocated for {what}"), bytes)]
}

/// What was counted, and how much of it there was.
struct Counted(String, f64);

impl Counted {
    fn at_most(&self, limit: f64) {
        let Counted(what, counted) = self;
        println!("{what}: {counted:.2}, and {limit} may be");
        assert!(*counted <= limit, "{what}: {counted:.2} were counted, and {limit} may be");
    }
}

#[test]
fn a_message_costs_no_more_than_it_did() {
    for (bytes, [allocations, allocated]) in [(64, [2.0, 140.0]), (16 << 10, [2.0, 33_000.0])] {
        let wire = Wire::new("/echo");
        let burst = Arc::new(Burst::new(&wire.target, 1, bytes));
        let (clients, _) = wire.during(open(wire.target, CONNECTIONS, None));
        let mut clients = Some(clients);
        let counted = [20, 40, 80].map(|times| {
            let talks = echo(clients.take().expect("they came back"), &burst, Stop::After(times));
            let ((came_back, took), used) = wire.during(talks);
            clients = Some(came_back);
            (took.len(), used)
        });
        let [_warm, few, many] = counted;
        let counted = each(&format!("a message of {bytes} B"), [few, many]);
        counted[0].at_most(allocations);
        counted[1].at_most(allocated);
    }
}

#[test]
fn a_visit_costs_no_more_than_it_did() {
    for (path, visit, [allocations, allocated]) in
        [("/echo", Visit::Echo, [53.0, 44_000.0]), ("/introduce", Visit::Dialogue, [120.0, 59_500.0])]
    {
        let wire = Wire::new(path);
        let [_warm, few, many] = [2, 4, 12].map(|times| wire.during(visits(wire.target, visit, Stop::After(times))));
        let counted = each(&format!("a visit to {path}"), [few, many]);
        counted[0].at_most(allocations);
        counted[1].at_most(allocated);
    }
}

#[test]
fn a_connection_that_waits_holds_no_more_than_it_did() {
    for (path, visit, [waiting, gone]) in
        [("/echo", Visit::Echo, [1_110.0, 16.0]), ("/introduce", Visit::OneAnswer, [1_650.0, 310.0])]
    {
        let wire = Wire::new(path);
        // Tables have grown by then.
        let (clients, _) = wire.during(open(wire.target, WAITING, Some(visit)));
        drop(clients);
        wire.until_all_are_gone();
        let (clients, used) = wire.during(open(wire.target, WAITING, Some(visit)));
        let held = used.bytes_current;
        Counted(format!("bytes held by a connection to {path}"), held as f64 / WAITING as f64).at_most(waiting);
        drop(clients);
        let held = held + wire.until_all_are_gone().bytes_current;
        Counted(format!("bytes held by what was at {path}"), held as f64 / WAITING as f64).at_most(gone);
    }
}
