//! A flow as a Mermaid diagram.

use core::fmt;

use crate::{Flow, Node};

/// Shows a [`Flow`] as a Mermaid `stateDiagram-v2`, one line an edge. Made by [`Flow::to_mermaid`].
#[derive(Clone, Copy, Debug)]
pub struct Mermaid<'f>(pub(crate) &'f Flow);

impl fmt::Display for Mermaid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stateDiagram-v2\n")?;
        for edge in self.0.edges {
            f.write_str("    ")?;
            self.node(f, edge.from)?;
            f.write_str(" --> ")?;
            self.node(f, edge.to)?;
            match (edge.label, edge.to) {
                ("", Node::Closed(code)) => write!(f, ": closed {code}")?,
                ("", _) => {}
                (label, Node::Closed(code)) => write!(f, ": {label}, closed {code}")?,
                (label, _) => write!(f, ": {label}")?,
            }
            f.write_str("\n")?;
        }
        Ok(())
    }
}

impl Mermaid<'_> {
    fn node(&self, f: &mut fmt::Formatter<'_>, node: Node) -> fmt::Result {
        match node {
            Node::Start | Node::End | Node::Closed(_) => f.write_str("[*]"),
            Node::Question(n) => f.write_str(self.0.questions.get(n).map_or("?", |question| question.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use crate::{Edge, Flow, Node, Question};

    #[test]
    fn one_line_an_edge() {
        let age = Question { name: "age", ty: "u8", prompt: "?", line: 1, remembers: &[] };
        let edge = |from, to, label| Edge { from, to, label, line: 1 };
        let edges = [
            edge(Node::Start, Node::Question(0), ""),
            edge(Node::Question(0), Node::Question(0), "refused"),
            edge(Node::Question(0), Node::Closed(4408), "silence"),
            edge(Node::Question(0), Node::End, ""),
        ];
        let edges: &'static [Edge] = std::boxed::Box::leak(std::boxed::Box::new(edges));
        let questions: &'static [Question] = std::boxed::Box::leak(std::boxed::Box::new([age]));
        let flow = Flow { name: "F", file: "f.rs", questions, edges };
        assert_eq!(
            flow.to_mermaid().to_string(),
            "stateDiagram-v2\n    [*] --> age\n    age --> age: refused\n    age --> [*]: silence, closed 4408\n    age --> [*]\n"
        );
    }
}
