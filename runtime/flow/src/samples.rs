//! Flows that the diagrams' tests draw.

use crate::{Edge, Flow, Kind, Node, Question};

/// A question, and every kind of node.
pub(crate) const PLAIN: Flow = Flow {
    name: "Plain",
    file: "plain.rs",
    questions: &[question("age")],
    edges: &[
        edge(Node::Start, Node::Question(0), ""),
        edge(Node::Question(0), Node::Question(0), "refused"),
        edge(Node::Question(0), Node::Closed(4408), "silence"),
        edge(Node::Question(0), Node::End, ""),
    ],
    older: &[],
};

/// Names and labels that mean something to those who read diagrams.
pub(crate) const AWKWARD: Flow = Flow {
    name: "Awkward",
    file: "awkward.rs",
    questions: &[question("state"), question("alone"), question("größe")],
    edges: &[
        edge(Node::Start, Node::Question(0), ""),
        edge(Node::Question(0), Node::Question(2), "on \"cancel\" | \"stop\", goto"),
        edge(Node::Question(2), Node::Closed(4001), "on \"a:b;#1\n\\%<i> c\""),
    ],
    older: &[],
};

const fn question(name: &'static str) -> Question {
    Question { name, kind: Kind::Ask, ty: "u8", prompt: "?", line: 1, remembers: &[] }
}

const fn edge(from: Node, to: Node, label: &'static str) -> Edge {
    Edge { from, to, label, line: 1 }
}
