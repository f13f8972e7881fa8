//! What a diagram is drawn of.

use crate::{Flow, Node};

/// Questions and the ways between them: a [`Flow`], or the same graph where it is no constant yet.
pub trait Draw {
    /// What the graph is called.
    fn name(&self) -> &str;

    /// The questions' names, each at the index that [`Node::Question`] has.
    fn questions(&self) -> impl Iterator<Item = &str>;

    /// From where, to where, and why.
    fn edges(&self) -> impl Iterator<Item = (Node, Node, &str)>;
}

impl Draw for Flow {
    fn name(&self) -> &str {
        self.name
    }

    fn questions(&self) -> impl Iterator<Item = &str> {
        self.questions.iter().map(|question| question.name)
    }

    fn edges(&self) -> impl Iterator<Item = (Node, Node, &str)> {
        self.edges.iter().map(|edge| (edge.from, edge.to, edge.label))
    }
}
