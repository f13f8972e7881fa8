//! What a connection keeps while it waits, in bytes that were asked of the allocator. It is the same in every run.

use std::thread;

use allocation_counter::measure;
use converse::Server;
use converse_wire::client::{Client, Target};
use converse_wire::load::{Visit, open};
use converse_wire::{ours, start};
use tokio::sync::oneshot;

/// As many as are measured, behind as many that are there already.
const MANY: usize = 1_000;

/// The bytes that our server holds for each connection once clients have gone the visit's way. It has this thread, and what is
/// counted is what this thread asks for.
fn bytes_of_each(path: &'static str, visit: Visit) -> usize {
    let runtime = start::runtime();
    let server = runtime.block_on(Server::bind("127.0.0.1:0")).expect("a port is free");
    let target = Target { address: server.local_addr(), path: Some(path) };
    runtime.spawn(server.serve(ours::router()));
    let mut there = Vec::new();
    let [_first, then] = [(); 2].map(|()| {
        measure(|| {
            let (done, clients) = oneshot::channel::<Vec<Client>>();
            thread::spawn(move || {
                let clients = start::runtime().block_on(open(target, MANY, Some(visit)));
                done.send(clients.expect("the server talks")).map_err(drop)
            });
            there.push(runtime.block_on(clients).expect("the clients have come"));
        })
    });
    usize::try_from(then.bytes_current).expect("more was asked for than was given back") / MANY
}

#[test]
fn a_conversation_that_waits_holds_little() {
    let bytes = bytes_of_each("/introduce", Visit::OneAnswer);
    assert!(bytes <= 2_600, "{bytes} bytes");
}

#[test]
fn a_socket_that_waits_holds_less() {
    let bytes = bytes_of_each("/echo", Visit::Echo);
    assert!(bytes <= 1_800, "{bytes} bytes");
}
