//! The diagram in the documentation of the conversation's struct.

use converse_flow::{Draw, Mermaid, Node};

use crate::graph::{self, Edge, Graph, QuestionId};
use crate::names::plain;

/// `converse::Close::SILENCE`, which only the runtime knows by its name.
const SILENCE: u16 = 4408;

/// A fenced block, to stand behind what the author wrote.
pub(crate) fn diagram(graph: &Graph<'_>, edges: &[Edge]) -> String {
    let questions = graph.questions.iter().map(|question| plain(&question.name)).collect();
    format!("\n```mermaid\n{}```\n", Mermaid::of(&Drawing { questions, edges }))
}

/// The graph as it will be once it is a constant.
struct Drawing<'e> {
    questions: Vec<String>,
    edges: &'e [Edge],
}

impl Draw for Drawing<'_> {
    fn name(&self) -> &str {
        ""
    }

    fn questions(&self) -> impl Iterator<Item = &str> {
        self.questions.iter().map(String::as_str)
    }

    fn edges(&self) -> impl Iterator<Item = (Node, Node, &str)> {
        self.edges.iter().map(|edge| (node(edge.from), node(edge.to), edge.label.as_str()))
    }
}

fn node(node: graph::Node) -> Node {
    match node {
        graph::Node::Start => Node::Start,
        graph::Node::Question(QuestionId(index)) => Node::Question(index),
        graph::Node::End => Node::End,
        graph::Node::Silence => Node::Closed(SILENCE),
        graph::Node::Closed(code) => Node::Closed(code),
    }
}
