//! The graph as its reader sees it: questions, and the ways between them.

use std::collections::BTreeSet;

use super::{BlockId, End, Graph, QuestionId};

/// A node of the reader's graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Node {
    Start,
    Question(QuestionId),
    End,
    /// Closed because nobody answered.
    Silence,
}

/// A way from one node to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) from: Node,
    pub(crate) to: Node,
    /// Why it is taken: empty for going on.
    pub(crate) label: &'static str,
}

/// The edges, each once: of the start, then of each question, in the order in which a reader meets them.
pub(crate) fn edges(graph: &Graph<'_>) -> Vec<Edge> {
    let mut walk = Walk { graph, edges: Vec::new(), seen: BTreeSet::new() };
    walk.from(Node::Start, Graph::ENTRY);
    for (index, question) in graph.questions.iter().enumerate() {
        walk.from(Node::Question(QuestionId(index)), question.resume);
    }
    walk.edges
}

struct Walk<'g, 'a> {
    graph: &'g Graph<'a>,
    edges: Vec<Edge>,
    seen: BTreeSet<(BlockId, &'static str)>,
}

impl Walk<'_, '_> {
    fn from(&mut self, from: Node, block: BlockId) {
        self.seen.clear();
        self.visit(from, block, "");
    }

    /// The first reason on the way is the one that names it.
    fn visit(&mut self, from: Node, id: BlockId, label: &'static str) {
        if !self.seen.insert((id, label)) {
            return;
        }
        let block = self.graph.block(id);
        for exit in block.exits() {
            self.visit(from, exit, label);
        }
        let or = |reason| if label.is_empty() { reason } else { label };
        match &block.end {
            End::Wait(question) => self.add(Edge { from, to: Node::Question(*question), label }),
            End::Return(..) => self.add(Edge { from, to: Node::End, label }),
            End::CloseOnSilence => self.add(Edge { from, to: Node::Silence, label }),
            End::Reply { accepted, refused, silence, .. } => {
                self.visit(from, *refused, or("refused"));
                silence.iter().for_each(|silence| self.visit(from, *silence, or("silence")));
                self.visit(from, *accepted, label);
            }
            End::If { then, otherwise, refuses: true, .. } => {
                self.visit(from, *otherwise, or("refused"));
                self.visit(from, *then, label);
            }
            other => other.targets().into_iter().for_each(|target| self.visit(from, target, label)),
        }
    }

    fn add(&mut self, edge: Edge) {
        if !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }
}
