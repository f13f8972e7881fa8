//! Which edges of its graph a conversation takes, as its own code tells: with the feature `testing` it says where a turn
//! begins, why it goes where it goes, and where it leads.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::flow::Node;
use crate::observe::Outcome;

/// Edges that were taken: of which flow, from where, to where, and why.
pub(super) type Edges = BTreeSet<(&'static str, Node, Node, String)>;

#[derive(Default)]
struct Trace {
    edges: Edges,
    /// The turn under way of each flow: one may run another.
    turns: BTreeMap<&'static str, Turn>,
    /// Whether the last reply was an answer.
    has_led_on: bool,
}

struct Turn {
    from: Node,
    labels: Vec<&'static str>,
    /// Whether it has come past a conversation that was run.
    ran: bool,
    /// Whether it goes back, so that it leads to where the next one begins.
    returns: bool,
}

impl Trace {
    fn arrive(&mut self, flow: &'static str, to: Node) {
        if let Some(turn) = self.turns.remove(flow) {
            self.edges.insert((flow, turn.from, to, turn.labels.join(", ")));
        }
    }
}

thread_local! {
    /// Nothing where nobody wants to know.
    static TRACE: RefCell<Option<Trace>> = const { RefCell::new(None) };
}

/// Begins to note what is told on this thread.
pub(super) fn begin() {
    TRACE.set(Some(Trace::default()));
}

/// What was told since then.
pub(super) fn end() -> Edges {
    TRACE.take().map(|trace| trace.edges).unwrap_or_default()
}

fn told(note: impl FnOnce(&mut Trace)) {
    TRACE.with_borrow_mut(|trace| trace.as_mut().map(note));
}

/// Why edges of a flow from this question were taken so far.
pub(super) fn labels_from(flow: &str, from: Node) -> BTreeSet<String> {
    TRACE.with_borrow(|trace| {
        let edges = trace.iter().flat_map(|trace| &trace.edges);
        edges.filter(|edge| edge.0 == flow && edge.1 == from).map(|(.., label)| label.clone()).collect()
    })
}

/// Whether the last reply has led on from the question before.
pub(super) fn has_led_on() -> bool {
    TRACE.with_borrow(|trace| trace.as_ref().is_some_and(|trace| trace.has_led_on))
}

/// This has become of a question, as a session tells.
pub(crate) fn became(outcome: Outcome) {
    told(|trace| match outcome {
        Outcome::Answered => trace.has_led_on = true,
        Outcome::Refused => trace.has_led_on = false,
        Outcome::Asked | Outcome::Silent | Outcome::Abandoned => {}
    });
}

/// A turn begins.
#[doc(hidden)]
pub fn leaves(flow: &'static str, from: Node) {
    told(|trace| {
        let begun = Turn { from, labels: Vec::new(), ran: false, returns: false };
        if let Some(before) = trace.turns.insert(flow, begun).filter(|before| before.returns) {
            trace.edges.insert((flow, before.from, from, before.labels.join(", ")));
        }
    });
}

/// A turn meets something that an edge is labelled by. No word is said twice.
#[doc(hidden)]
pub fn met(flow: &'static str, label: &'static str) {
    told(|trace| {
        if let Some(turn) = trace.turns.get_mut(flow).filter(|turn| !turn.labels.contains(&label)) {
            turn.labels.push(label);
        }
    });
}

/// A turn leads to `to`.
#[doc(hidden)]
pub fn arrives(flow: &'static str, to: Node) {
    told(|trace| trace.arrive(flow, to));
}

/// A turn leads to `at`, where another conversation is run; or it has begun there, and that one waits again.
#[doc(hidden)]
pub fn runs(flow: &'static str, at: Node) {
    told(|trace| {
        let has_come = |turn: &Turn| turn.from != at || turn.ran || !turn.labels.is_empty();
        if trace.turns.get(flow).is_some_and(has_come) {
            trace.arrive(flow, at);
        }
    });
}

/// What a turn has run has ended.
#[doc(hidden)]
pub fn ran(flow: &'static str) {
    told(|trace| {
        if let Some(turn) = trace.turns.get_mut(flow) {
            turn.ran = true;
        }
    });
}

/// A turn only asks once more where it stands, since a conversation around it says so, or one has gone back to there. That is no
/// edge of its own.
#[doc(hidden)]
pub fn asked(flow: &'static str) {
    told(|trace| drop(trace.turns.remove(flow)));
}

/// A turn goes back to the question before.
#[doc(hidden)]
pub fn returns(flow: &'static str) {
    met(flow, "back");
    told(|trace| {
        if let Some(turn) = trace.turns.get_mut(flow) {
            turn.returns = true;
        }
    });
}
