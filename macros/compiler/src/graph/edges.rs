//! The graph as its reader sees it: questions, and the ways between them.
//!
//! Read before `thread` takes out the blocks that only lead elsewhere: those know why one goes there.

use std::collections::BTreeSet;

use proc_macro2::Span;
use syn::spanned::Spanned;

use super::{Block, BlockId, End, Exit, Graph, Listening, Operation, Question, QuestionId, Source};
use crate::syntax::ast::{Action, Conversation, Message};

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
    /// The line that takes it.
    pub(crate) line: u32,
}

/// The edges, each once: of the start, then of each question, in the order in which a reader meets them.
pub(crate) fn edges(conversation: &Conversation, graph: &Graph<'_>) -> Vec<Edge> {
    let mut walk = Walk { graph, edges: Vec::new(), backs: Vec::new(), seen: BTreeSet::new() };
    let name = conversation.name.span();
    walk.from(Node::Start, Graph::ENTRY, name);
    for (index, question) in graph.questions.iter().enumerate() {
        walk.from(Node::Question(QuestionId(index)), question.resume, question.name.span());
    }
    walk.go_back();
    walk.edges
}

/// The line of a place in the source.
pub(crate) fn line(span: Span) -> u32 {
    u32::try_from(span.start().line).unwrap_or(0)
}

struct Walk<'g, 'a> {
    graph: &'g Graph<'a>,
    edges: Vec<Edge>,
    /// The ways to the question before.
    backs: Vec<(QuestionId, Way)>,
    /// Blocks that were gone through, each with the reason.
    seen: BTreeSet<(BlockId, Vec<String>)>,
}

/// Where a way leaves, and what was met on it.
#[derive(Clone)]
struct Way {
    from: Node,
    labels: Vec<String>,
    /// Of what was met last.
    span: Span,
    /// Whether it has come past the conversation that was run where it leaves: when it is back there, that is where it leads.
    ran: bool,
}

impl Way {
    /// The same way past something that has a word for itself. No word is said twice.
    fn past(&self, label: &str, span: Span) -> Way {
        let mut way = Way { span, ..self.clone() };
        if !label.is_empty() && way.labels.iter().all(|known| known != label) {
            way.labels.push(label.to_owned());
        }
        way
    }

    fn at(&self, span: Span) -> Way {
        self.past("", span)
    }
}

impl Walk<'_, '_> {
    fn from(&mut self, from: Node, block: BlockId, span: Span) {
        self.seen.clear();
        self.visit(block, &Way { from, labels: Vec::new(), span, ran: false });
    }

    fn visit(&mut self, id: BlockId, way: &Way) {
        let graph = self.graph;
        let block = graph.block(id);
        let way = &match &block.way {
            Some(through) => way.past(&through.label, through.span),
            None => way.clone(),
        };
        if !self.seen.insert((id, way.labels.clone())) {
            return;
        }
        for (exit, span) in exits(block) {
            match exit {
                Exit::To(target) | Exit::With(_, target) => self.visit(target, &way.at(span)),
                Exit::Output => self.add(Node::End, &way.at(span)),
                Exit::Closed(code) => self.closed(code, &way.at(span)),
                Exit::Back(question, _) => self.backs.push((question, way.past("back", span))),
            }
        }
        match &block.end {
            End::Run { question, .. } if way.ran || way.from != Node::Question(*question) => {
                self.add(Node::Question(*question), way);
            }
            End::Run { question, heard, done } => {
                let way = &Way { ran: true, ..way.clone() };
                self.heard(heard, way);
                self.clocks(heard, graph.question(*question), way);
                self.visit(*done, way);
            }
            End::Wait(question) | End::Again(question) | End::Store(question) => {
                self.add(Node::Question(*question), way);
            }
            End::Back(question, span) => self.backs.push((*question, way.past("back", *span))),
            End::Return(_, span) => self.add(Node::End, &way.at(*span)),
            End::CloseOnSilence => self.add(Node::Silence, way),
            End::Close(close) => self.closed(close.number(), &way.at(close.code.code.span())),
            End::Reply { question, heard, accepted, refused, .. } => {
                let question = graph.question(*question);
                self.heard(heard, way);
                refused.iter().for_each(|refused| self.visit(*refused, &way.past("refused", refusal(question))));
                self.clocks(heard, question, way);
                self.visit(*accepted, way);
            }
            End::If { condition, then, otherwise, refuses: true, .. } => {
                self.visit(*otherwise, &way.past("refused", condition.code.span()));
                self.visit(*then, way);
            }
            other => other.targets().into_iter().for_each(|target| self.visit(target, way)),
        }
    }

    fn heard(&mut self, heard: &Listening, way: &Way) {
        heard.words.iter().for_each(|(_, block)| self.visit(*block, way));
        heard.events.iter().for_each(|arm| self.visit(arm.block, way));
    }

    fn clocks(&mut self, heard: &Listening, question: &Question<'_>, way: &Way) {
        heard.timers.iter().for_each(|(_, block)| self.visit(*block, way));
        heard.silence.iter().for_each(|silence| self.visit(*silence, &way.past("silence", clock(question))));
    }

    /// A `back` leads to every question that leads here, or asks again where this may be the first.
    fn go_back(&mut self) {
        for (question, way) in std::mem::take(&mut self.backs) {
            for before in self.asked_before(question) {
                self.add(Node::Question(before), &way);
            }
        }
    }

    /// Where a `back` from this question leads: nothing goes back to a `hear`, or to before a `once`.
    fn asked_before(&self, id: QuestionId) -> BTreeSet<QuestionId> {
        let (mut before, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![id]);
        while let Some(at) = open.pop() {
            // One that goes on to itself, as in a loop, comes before itself; one that asks again does not.
            let leads = |edge: &&Edge| edge.to == Node::Question(at) && (edge.from != edge.to || edge.label.is_empty());
            for edge in self.edges.iter().filter(leads) {
                let Node::Question(from) = edge.from else {
                    before.insert(id);
                    continue;
                };
                match self.graph.question(from) {
                    question if matches!(question.source, Source::Once(_)) => drop(before.insert(id)),
                    question if !question.hears() => drop(before.insert(from)),
                    _ if seen.insert(from) => open.push(from),
                    _ => {}
                }
            }
        }
        before
    }

    /// A close whose code only a run can tell is an end like any other.
    fn closed(&mut self, code: Option<u16>, way: &Way) {
        self.add(code.map_or(Node::End, Node::Closed), way);
    }

    fn add(&mut self, to: Node, way: &Way) {
        let Way { from, labels, span, .. } = way;
        let (from, label, span) = (*from, labels.join(", "), *span);
        let known = |edge: &Edge| edge.from == from && edge.to == to && edge.label == label;
        if !self.edges.iter().any(known) {
            // The first question is what the conversation begins with, wherever its name stands.
            let span = match to {
                Node::Question(question) if from == Node::Start => self.graph.question(question).name.span(),
                _ => span,
            };
            self.edges.push(Edge { from, to, label, line: line(span) });
        }
    }
}

/// The jumps from the middle of a block, each with the place of the Rust that it stands in.
fn exits<'b>(block: &'b Block<'_>) -> impl Iterator<Item = (Exit, Span)> + 'b {
    let operations = block.operations.iter().flat_map(|operation| match operation {
        Operation::Rust { statement, .. } => of(&statement.exits, &statement.code),
        Operation::Bind { value, .. } => of(&value.exits, &value.code),
        Operation::Say { .. } => Vec::new(),
    });
    let end = match &block.end {
        End::If { condition: value, .. } | End::Match { scrutinee: value, .. } | End::Return(Some(value), _) => {
            of(&value.exits, &value.code)
        }
        End::Close(close) => of(&close.code.exits, &close.code.code),
        _ => Vec::new(),
    };
    operations.chain(end)
}

fn of(exits: &[Exit], code: &impl Spanned) -> Vec<(Exit, Span)> {
    exits.iter().map(|exit| (*exit, code.span())).collect()
}

/// What says what happens to a reply that is not of the question's type; the question, where nothing does.
fn refusal(question: &Question<'_>) -> Span {
    let said = question.source.ask().and_then(|ask| ask.refused.as_ref()).and_then(place);
    said.unwrap_or_else(|| question.name.span())
}

/// What says how long a question waits.
fn clock(question: &Question<'_>) -> Span {
    question.within.as_ref().map_or_else(|| question.name.span(), Spanned::span)
}

fn place(action: &Action) -> Option<Span> {
    match action {
        Action::Say(Message::Format { tokens, .. }) => Some(tokens.span()),
        Action::Say(Message::Value(value)) => Some(value.span()),
        Action::List(actions) => actions.first().and_then(place),
        Action::Block { block, .. } => Some(block.end),
    }
}
