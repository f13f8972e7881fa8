//! The graph of a conversation: what its edges are called, and where they stand.

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

#[test]
fn every_edge_says_what_takes_it_and_where() {
    let name = |node| match node {
        converse::flow::Node::Question(index) => Trip::FLOW.questions[index].name.to_owned(),
        node => format!("{node:?}"),
    };
    let line = |line: u32| line - FIRST;
    let edges: Vec<_> =
        Trip::FLOW.edges.iter().map(|edge| (name(edge.from), name(edge.to), edge.label, line(edge.line))).collect();
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
    let expected: Vec<_> = expected.map(|(from, to, label, line)| (from.to_owned(), to.to_owned(), label, line)).into();
    assert_eq!(edges, expected);
}
