//! The load generator and our server mean the same by an echo and by a dialogue. Nothing is timed here.

use std::sync::Arc;

use converse::Server;
use converse_wire::client::{Burst, Target};
use converse_wire::load::{Stop, Visit, echo, open, visits};
use converse_wire::{ours, start};

/// Does something with our server, at one of its routes.
fn against<T>(path: &'static str, work: impl AsyncFnOnce(Target) -> std::io::Result<T>) -> std::io::Result<T> {
    start::runtime().block_on(async {
        let server = Server::bind("127.0.0.1:0").await.expect("a port is free");
        let target = Target { address: server.local_addr(), path: Some(path) };
        tokio::spawn(server.serve(ours::router()));
        work(target).await
    })
}

#[test]
fn every_message_comes_back_as_it_went() {
    for (messages, bytes) in [(1, 64), (32, 64), (1, 16 << 10), (1, 64 << 10)] {
        let took = against("/echo", async |target| {
            let burst = Arc::new(Burst::new(&target, messages, bytes));
            echo(open(target, 10, None).await?, &burst, Stop::After(200 / messages)).await
        });
        assert_eq!(took.expect("the server echoes").1.len(), 10 * (200 / messages));
    }
}

#[test]
fn an_echo_of_something_else_is_noticed() {
    // Whoever says this to a dialogue is asked a question.
    let said = against("/introduce", async |target| open(target, 1, Some(Visit::Echo)).await);
    assert!(said.expect_err("it does not echo").to_string().starts_with("the echo is not as it should be"));
}

#[test]
fn both_dialogues_say_every_word_of_the_readme() {
    for path in ["/introduce", "/introduce-by-hand"] {
        let done = against(path, async |target| visits(target, Visit::Dialogue, Stop::After(5)).await);
        assert_eq!(done.expect("the server talks"), 5 * 32);
    }
}

#[test]
fn a_visit_is_one_message_and_a_close() {
    let done = against("/echo", async |target| visits(target, Visit::Echo, Stop::After(5)).await);
    assert_eq!(done.expect("the server echoes"), 5 * 32);
}
