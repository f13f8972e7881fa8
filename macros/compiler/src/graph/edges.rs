//! The graph as its reader sees it: questions, and the ways between them.

use std::collections::BTreeSet;

use super::{BlockId, End, Exit, Graph, QuestionId};

/// A node of the reader's graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Node {
    Start,
    Question(QuestionId),
    End,
    /// Closed because nobody answered.
    Silence,
    /// Closed with this code, by the flow itself.
    Closed(u16),
}

/// A way from one node to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) from: Node,
    pub(crate) to: Node,
    /// Why it is taken: empty for going on.
    pub(crate) label: String,
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
    seen: BTreeSet<(BlockId, String)>,
}

impl Walk<'_, '_> {
    fn from(&mut self, from: Node, block: BlockId) {
        self.seen.clear();
        self.visit(from, block, "");
    }

    /// The first reason on the way is the one that names it.
    fn visit(&mut self, from: Node, id: BlockId, label: &str) {
        if !self.seen.insert((id, label.to_owned())) {
            return;
        }
        let block = self.graph.block(id);
        for exit in block.exits() {
            match exit {
                Exit::To(target) | Exit::With(_, target) => self.visit(from, target, label),
                Exit::Output => self.add(from, Node::End, label),
                Exit::Closed(code) => self.closed(from, code, label),
            }
        }
        let or = |reason: &str| if label.is_empty() { reason.to_owned() } else { label.to_owned() };
        match &block.end {
            End::Run { question, .. } if from != Node::Question(*question) => {
                self.add(from, Node::Question(*question), label);
            }
            End::Run { heard, done, .. } => {
                self.heard(from, heard, label);
                self.visit(from, *done, label);
            }
            End::Wait(question) | End::Again(question) => self.add(from, Node::Question(*question), label),
            End::Return(..) => self.add(from, Node::End, label),
            End::CloseOnSilence => self.add(from, Node::Silence, label),
            End::Close(close) => self.closed(from, close.number(), label),
            End::Reply { heard, accepted, refused, silence, .. } => {
                self.heard(from, heard, label);
                self.visit(from, *refused, &or("refused"));
                silence.iter().for_each(|silence| self.visit(from, *silence, &or("silence")));
                self.visit(from, *accepted, label);
            }
            End::If { then, otherwise, refuses: true, .. } => {
                self.visit(from, *otherwise, &or("refused"));
                self.visit(from, *then, label);
            }
            other => other.targets().into_iter().for_each(|target| self.visit(from, target, label)),
        }
    }

    fn heard(&mut self, from: Node, heard: &[(Vec<String>, BlockId)], label: &str) {
        for (words, block) in heard {
            let listened = format!("on \"{}\"", words.join("\" | \""));
            self.visit(from, *block, if label.is_empty() { &listened } else { label });
        }
    }

    /// A close whose code only a run can tell is an end like any other.
    fn closed(&mut self, from: Node, code: Option<u16>, label: &str) {
        self.add(from, code.map_or(Node::End, Node::Closed), label);
    }

    fn add(&mut self, from: Node, to: Node, label: &str) {
        let edge = Edge { from, to, label: label.to_owned() };
        if !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }
}
