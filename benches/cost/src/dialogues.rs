//! So many dialogues, and nothing else: what callgrind counts instructions of.
//!
//! It is a program of its own, so that nothing that measures is in the way.

use std::env::args;
use std::hint::black_box;

use converse_cost::introduction::{REPLIES, by_hand, compiled};

fn main() {
    let arguments: Vec<String> = args().collect();
    let [_, side, count] = arguments.as_slice() else { panic!("usage: dialogues compiled|by-hand COUNT") };
    let hold = if side == "compiled" { compiled } else { by_hand };
    for _ in 0..count.parse::<usize>().expect("a number") {
        black_box(hold(black_box(&REPLIES)));
    }
}
