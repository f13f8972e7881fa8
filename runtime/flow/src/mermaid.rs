//! A flow as a Mermaid diagram.

use core::fmt::{self, Write};

use crate::{Draw, Flow, Node};

/// Shows a [`Flow`] as a Mermaid `stateDiagram-v2`, one line an edge. Made by [`Flow::to_mermaid`].
#[derive(Clone, Copy, Debug)]
pub struct Mermaid<'g, G = Flow>(&'g G);

impl<'g, G: Draw> Mermaid<'g, G> {
    /// The diagram of any graph.
    pub const fn of(graph: &'g G) -> Self {
        Mermaid(graph)
    }
}

impl<G: Draw> fmt::Display for Mermaid<'_, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stateDiagram-v2\n")?;
        for (index, name) in self.0.questions().enumerate() {
            let node = Node::Question(index);
            if !is_id(name) {
                writeln!(f, "    state \"{}\" as {index}", Label(name))?;
            } else if self.0.edges().all(|(from, to, _)| from != node && to != node) {
                writeln!(f, "    {name}")?;
            }
        }
        for (from, to, label) in self.0.edges() {
            f.write_str("    ")?;
            self.node(f, from)?;
            f.write_str(" --> ")?;
            self.node(f, to)?;
            match (label, to) {
                ("", Node::Closed(code)) => write!(f, ": closed {code}")?,
                ("", _) => {}
                (label, Node::Closed(code)) => write!(f, ": {}, closed {code}", Label(label))?,
                (label, _) => write!(f, ": {}", Label(label))?,
            }
            f.write_str("\n")?;
        }
        Ok(())
    }
}

impl<G: Draw> Mermaid<'_, G> {
    fn node(&self, f: &mut fmt::Formatter<'_>, node: Node) -> fmt::Result {
        match node {
            Node::Start | Node::End | Node::Closed(_) => f.write_str("[*]"),
            Node::Question(index) => match self.0.questions().nth(index) {
                Some(name) if is_id(name) => f.write_str(name),
                // No name begins with a digit.
                _ => write!(f, "{index}"),
            },
        }
    }
}

/// Whether a name can stand for its node: Mermaid has words of its own, in any case.
fn is_id(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "accdescr",
        "acctitle",
        "class",
        "classdef",
        "click",
        "default",
        "direction",
        "end",
        "note",
        "scale",
        "state",
        "style",
    ];
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    plain && !name.is_empty() && !WORDS.iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// Text, with the characters that mean something to Mermaid, or to the HTML that it writes, as entities.
struct Label<'t>(&'t str);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| match letter {
            '#' | ':' | ';' | '%' | '<' | '>' | '&' | '\\' | '`' | '{' | '}' => write!(f, "#{};", u32::from(letter)),
            control if control.is_control() => f.write_char(' '),
            plain => f.write_char(plain),
        })
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use crate::samples::{AWKWARD, PLAIN};

    #[test]
    fn one_line_an_edge() {
        assert_eq!(
            PLAIN.to_mermaid().to_string(),
            "stateDiagram-v2\n    [*] --> age\n    age --> age: refused\n    age --> [*]: silence, closed 4408\n    age --> [*]\n"
        );
    }

    #[test]
    fn whatever_is_heard_and_however_a_question_is_called() {
        let lines = [
            "stateDiagram-v2",
            "    state \"state\" as 0",
            "    alone",
            "    state \"größe\" as 2",
            "    [*] --> 0",
            "    0 --> 2: on \"cancel\" | \"stop\", goto",
            "    2 --> [*]: on \"a#58;b#59;#35;1 #92;#37;#60;i#62; c\", closed 4001",
            "",
        ];
        assert_eq!(AWKWARD.to_mermaid().to_string(), lines.join("\n"));
    }
}
