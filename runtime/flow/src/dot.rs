//! A flow as a Graphviz diagram.

use core::fmt::{self, Write};

use crate::{Draw, Flow, Node};

/// Shows a [`Flow`] in Graphviz's language, DOT: each node, then each edge. Made by [`Flow::to_dot`].
#[derive(Clone, Copy, Debug)]
pub struct Dot<'g, G = Flow>(&'g G);

impl<'g, G: Draw> Dot<'g, G> {
    /// The diagram of any graph.
    pub const fn of(graph: &'g G) -> Self {
        Dot(graph)
    }
}

impl<G: Draw> fmt::Display for Dot<'_, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "digraph {} {{", Quoted(self.0.name()))?;
        f.write_str("    node [shape=box, style=rounded];\n    \"[*]\" [shape=point];\n")?;
        for name in self.0.questions() {
            writeln!(f, "    {};", Quoted(name))?;
        }
        for (index, (_, to, _)) in self.0.edges().enumerate() {
            let is_first = self.0.edges().take(index).all(|(_, known, _)| known != to);
            match to {
                Node::End if is_first => f.write_str("    \"[end]\" [shape=doublecircle, label=\"\"];\n")?,
                Node::Closed(code) if is_first => writeln!(f, "    \"closed {code}\" [shape=plaintext];")?,
                _ => {}
            }
        }
        for (from, to, label) in self.0.edges() {
            f.write_str("    ")?;
            self.node(f, from)?;
            f.write_str(" -> ")?;
            self.node(f, to)?;
            match label {
                "" => f.write_str(";\n")?,
                label => writeln!(f, " [label={}];", Quoted(label))?,
            }
        }
        f.write_str("}\n")
    }
}

impl<G: Draw> Dot<'_, G> {
    /// Names that no question has stand for what is none.
    fn node(&self, f: &mut fmt::Formatter<'_>, node: Node) -> fmt::Result {
        match node {
            Node::Start => f.write_str("\"[*]\""),
            Node::End => f.write_str("\"[end]\""),
            Node::Closed(code) => write!(f, "\"closed {code}\""),
            Node::Question(index) => write!(f, "{}", Quoted(self.0.questions().nth(index).unwrap_or("?"))),
        }
    }
}

/// A string of DOT. Graphviz reads entities in labels, and a backslash before anything.
struct Quoted<'t>(&'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        self.0.chars().try_for_each(|letter| match letter {
            '"' => f.write_str("\\\""),
            '\\' => f.write_str("\\\\"),
            '&' => f.write_str("&amp;"),
            '\n' => f.write_str("\\n"),
            control if control.is_control() => f.write_char(' '),
            plain => f.write_char(plain),
        })?;
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use crate::samples::{AWKWARD, PLAIN};

    #[test]
    fn each_node_then_each_edge() {
        let lines = [
            "digraph \"Plain\" {",
            "    node [shape=box, style=rounded];",
            "    \"[*]\" [shape=point];",
            "    \"age\";",
            "    \"closed 4408\" [shape=plaintext];",
            "    \"[end]\" [shape=doublecircle, label=\"\"];",
            "    \"[*]\" -> \"age\";",
            "    \"age\" -> \"age\" [label=\"refused\"];",
            "    \"age\" -> \"closed 4408\" [label=\"silence\"];",
            "    \"age\" -> \"[end]\";",
            "}",
            "",
        ];
        assert_eq!(PLAIN.to_dot().to_string(), lines.join("\n"));
    }

    #[test]
    fn what_is_heard_is_quoted() {
        let diagram = AWKWARD.to_dot().to_string();
        for line in [
            "    \"alone\";\n",
            r#"    "state" -> "größe" [label="on \"cancel\" | \"stop\", goto"];"#,
            r#"    "größe" -> "closed 4001" [label="on \"a:b;#1\n\\%<i> c\""];"#,
        ] {
            assert!(diagram.contains(line), "{line} in {diagram}");
        }
    }
}
