//! The graph of a conversation: what its edges are called, and where they stand.

use converse::flow::{Kind, Node};
use converse::prelude::*;

/// Of what follows, the first line.
const FIRST: u32 = line!() + 2;
conversation! {
    Trip -> Option<String> {
        on "cancel" | "stop" => return None;
        let place: String = ask "Where to?"
            where !place.is_empty() else "Say a place."
            within 10s else { say "Well?"; wait };
        let r#type: u8 = ask "1 or 2?"
            on "any" => answer 1
            else "A number.";
        if r#type > 2 {
            goto place
        }
        Some(place)
    }
}

/// The edges of a conversation that stands on the line `first`.
fn edges<C: Conversation>(first: u32) -> Vec<(String, String, &'static str, u32)> {
    let name = |node| match node {
        Node::Question(index) => C::FLOW.questions[index].name.to_owned(),
        node => format!("{node:?}"),
    };
    let edges = C::FLOW.edges.iter();
    edges.map(|edge| (name(edge.from), name(edge.to), edge.label, edge.line - first)).collect()
}

fn owned<const N: usize>(edges: [(&str, &str, &'static str, u32); N]) -> Vec<(String, String, &'static str, u32)> {
    edges.map(|(from, to, label, line)| (from.to_owned(), to.to_owned(), label, line)).into()
}

#[test]
fn every_edge_says_what_takes_it_and_where() {
    let expected = [
        ("Start", "place", "", 2),
        ("place", "End", "on \"cancel\" | \"stop\"", 1),
        ("place", "place", "refused", 2),
        ("place", "place", "silence, wait", 4),
        ("place", "type", "", 2),
        ("type", "place", "on \"any\", answer, goto", 9),
        ("type", "End", "on \"any\", answer", 11),
        ("type", "End", "on \"cancel\" | \"stop\"", 1),
        ("type", "type", "refused", 7),
        ("type", "place", "goto", 9),
        ("type", "End", "", 11),
    ];
    assert_eq!(edges::<Trip>(FIRST), owned(expected));
}

const SECOND: u32 = line!() + 2;
conversation! {
    Stay hears Option<u8> -> u8 {
        on after 1d => return 0;
        on silence 5min => close 4008, "asleep";
        let nights: u8 = ask "How many nights?"
            on None => back;
        let room: u8 = ask "Which room?"
            on "back" => back;
        let booked: u8 = once room;
        let key: Option<u8> = hear
            else { revise nights; wait };
        key.unwrap_or(booked + nights)
    }
}

#[test]
fn so_do_those_of_events_timers_and_ways_back() {
    let expected = [
        ("Start", "nights", "", 3),
        ("nights", "nights", "refused", 3),
        ("nights", "End", "on after", 1),
        ("nights", "Closed(4008)", "silence", 2),
        ("nights", "room", "", 3),
        ("room", "room", "refused", 5),
        ("room", "End", "on after", 1),
        ("room", "Closed(4008)", "silence", 2),
        ("room", "booked", "", 5),
        ("booked", "key", "", 7),
        ("key", "nights_revised_at_key", "refused", 9),
        ("key", "End", "on after", 1),
        ("key", "Closed(4008)", "silence", 2),
        ("key", "End", "", 10),
        ("nights_revised_at_key", "nights_revised_at_key", "refused", 9),
        ("nights_revised_at_key", "End", "on after", 1),
        ("nights_revised_at_key", "Closed(4008)", "silence", 2),
        ("nights_revised_at_key", "key", "wait", 9),
        ("nights", "nights", "on None, back", 4),
        ("room", "nights", "on \"back\", back", 6),
        ("nights_revised_at_key", "nights_revised_at_key", "on None, back", 4),
    ];
    assert_eq!(edges::<Stay>(SECOND), owned(expected));
}

#[test]
fn a_question_says_what_it_waits_for() {
    let kinds: Vec<_> = Stay::FLOW.questions.iter().map(|question| (question.name, question.kind)).collect();
    let expected = [
        ("nights", Kind::Ask),
        ("room", Kind::Ask),
        ("booked", Kind::Once),
        ("key", Kind::Hear),
        ("nights_revised_at_key", Kind::Ask),
    ];
    assert_eq!(kinds, expected);
}
