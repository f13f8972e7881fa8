//! What the two sockets say, over a WebSocket without a network.

use converse::prelude::*;
use converse::testing::route;

use crate::{connect, echo};

#[test]
fn whoever_says_something_is_greeted() {
    let said = "
        > Good morning!
        < Hello!
        ~ 29s
        > binary 0xCAFE
        < Hello!
        ~ 30s
        ! end
        ";
    route(|| routes![connect, echo], "/connect").check(said);
}

#[test]
fn what_comes_is_sent_back() {
    let said = "
        > hi
        < hi
        > binary 0xCAFE
        < binary 0xCAFE
        >
        <
        ";
    route(|| routes![connect, echo], "/echo").check(said);
}
