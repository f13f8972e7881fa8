//! What of a conversation's graph the dialogues of a test have gone through.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use super::trace::Edges;
use crate::conversation::Conversation;
use crate::flow::{Draw, Edge, Flow, Mermaid, Node};

thread_local! {
    /// What the test on this thread has played.
    static TAKEN: RefCell<Edges> = RefCell::default();
}

/// Notes what a dialogue has taken.
pub(super) fn note(edges: Edges) {
    TAKEN.with_borrow_mut(|taken| taken.extend(edges));
}

/// Which edges of a conversation's graph were taken by the dialogues that this test has played, by [`check`], [`check_files`] and
/// [`walk`]. It is shown as a list of those that were not.
///
/// Every way from one question to another is an edge, and so is every refusal, silence and handler: what a diagram shows
/// as an arrow. Conversations that are `run` have edges of their own.
///
/// ```
/// use converse::prelude::*;
/// use converse::testing::{coverage, dialogue};
///
/// conversation! {
///     /// Takes an order.
///     pub Order {
///         let dish: String = ask "Which dish?" on "bye" => return;
///         let many: u8 = ask "How many?";
///         say "{many} {dish}.";
///     }
/// }
///
/// dialogue(|| Order).check("< Which dish?\n> Soup\n< How many?\n> 2\n< 2 Soup.\n! end");
/// let coverage = coverage::<Order>();
/// assert_eq!((coverage.taken(), coverage.edges()), (3, 6));
/// let missed: Vec<String> = coverage.missed().map(|edge| edge.to_string()).collect();
/// assert_eq!(missed, ["dish -> end: on \"bye\"", "dish -> dish: refused", "many -> many: refused"]);
/// ```
///
/// [`check`]: super::Dialogue::check
/// [`check_files`]: super::Dialogue::check_files
/// [`walk`]: super::Dialogue::walk
pub fn coverage<C: Conversation>() -> Coverage {
    Coverage::of(C::FLOW)
}

/// What [`coverage`] finds.
#[derive(Clone, Debug)]
pub struct Coverage {
    flow: Flow,
    /// Which of its edges were taken.
    taken: Vec<bool>,
}

/// An edge as it is written: `dish -> end: on "bye"`.
#[derive(Clone, Copy, Debug)]
pub struct Missed<'c> {
    flow: &'c Flow,
    edge: &'c Edge,
}

impl Coverage {
    fn of(flow: Flow) -> Self {
        let taken = TAKEN.with_borrow(|taken| {
            let was = |edge: &Edge| taken.contains(&(flow.name, edge.from, edge.to, edge.label.to_owned()));
            flow.edges.iter().map(was).collect()
        });
        Coverage { flow, taken }
    }

    /// How many edges there are.
    pub fn edges(&self) -> usize {
        self.taken.len()
    }

    /// How many of them were taken.
    pub fn taken(&self) -> usize {
        self.taken.iter().filter(|taken| **taken).count()
    }

    /// Those that were not.
    pub fn missed(&self) -> impl Iterator<Item = Missed<'_>> {
        let edges = self.flow.edges.iter().zip(&self.taken);
        edges.filter(|(_, taken)| !**taken).map(|(edge, _)| Missed { flow: &self.flow, edge })
    }

    /// The conversation's diagram, in which what was missed is marked by a `✗`.
    pub fn to_mermaid(&self) -> String {
        let labels = self.flow.edges.iter().zip(&self.taken).map(|(edge, taken)| match (*taken, edge.label) {
            (true, label) => label.to_owned(),
            (false, "") => "✗".to_owned(),
            (false, label) => format!("✗ {label}"),
        });
        Mermaid::of(&Drawing { flow: &self.flow, labels: labels.collect() }).to_string()
    }

    /// Ways that were taken and are no edges, which there should not be.
    #[doc(hidden)]
    pub fn strays(&self) -> Vec<String> {
        let flow = &self.flow;
        TAKEN.with_borrow(|taken| {
            let own = taken.iter().filter(|(name, ..)| *name == flow.name);
            let strays = own.filter(|(_, from, to, label)| {
                !flow.edges.iter().any(|edge| edge.from == *from && edge.to == *to && edge.label == *label)
            });
            strays.map(|(_, from, to, label)| format!("{from:?} -> {to:?}: {label}")).collect()
        })
    }

    /// # Panics
    ///
    /// If an edge was missed that is no exception, or an exception is none.
    #[doc(hidden)]
    #[track_caller]
    pub fn assert(&self, except: &[&str]) {
        let except: BTreeSet<&str> = except.iter().copied().collect();
        let missed: Vec<(String, Missed<'_>)> = self.missed().map(|missed| (missed.to_string(), missed)).collect();
        let unexcused: String =
            missed.iter().filter(|(name, _)| !except.contains(&**name)).map(|(_, missed)| missed.line()).collect();
        let useless: Vec<&&str> =
            except.iter().filter(|name| missed.iter().all(|(missed, _)| missed != **name)).collect();
        let name = self.flow.name;
        assert!(
            unexcused.is_empty(),
            "no dialogue of this test takes these edges of {name} ({} of {} are taken):\n\n{unexcused}",
            self.taken(),
            self.edges()
        );
        assert!(useless.is_empty(), "these are no edges of {name} that were missed: {useless:?}. Take them out");
    }
}

/// The edges that were missed, each with the place that takes it.
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} of {} edges", self.flow.name, self.taken(), self.edges())?;
        self.missed().try_for_each(|missed| f.write_str(&missed.line()))
    }
}

impl Missed<'_> {
    /// The line that takes it, in [`file`](Self::file).
    pub fn at(&self) -> u32 {
        self.edge.line
    }

    /// The file of the conversation, as its compiler saw it.
    pub fn file(&self) -> &str {
        self.flow.file
    }

    fn line(&self) -> String {
        format!("    {self}  ({}:{})\n", self.file(), self.at())
    }
}

impl fmt::Display for Missed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |node| match node {
            Node::Start => "start".to_owned(),
            Node::End => "end".to_owned(),
            Node::Closed(code) => code.to_string(),
            Node::Question(index) => {
                self.flow.questions.get(index).map_or_else(String::new, |question| question.name.to_owned())
            }
        };
        write!(f, "{} -> {}", name(self.edge.from), name(self.edge.to))?;
        if self.edge.label.is_empty() { Ok(()) } else { write!(f, ": {}", self.edge.label) }
    }
}

struct Drawing<'c> {
    flow: &'c Flow,
    labels: Vec<String>,
}

impl Draw for Drawing<'_> {
    fn name(&self) -> &str {
        self.flow.name
    }

    fn questions(&self) -> impl Iterator<Item = &str> {
        self.flow.questions()
    }

    fn edges(&self) -> impl Iterator<Item = (Node, Node, &str)> {
        self.flow.edges.iter().zip(&self.labels).map(|(edge, label)| (edge.from, edge.to, label.as_str()))
    }
}

/// Fails where the dialogues that this test has played leave out an edge of a conversation's graph: a way from one question to
/// another, a refusal, a silence, a handler.
///
/// ```
/// use converse::prelude::*;
/// use converse::testing::{assert_covered, dialogue};
///
/// conversation! {
///     /// Takes an order.
///     pub Order {
///         let dish: String = ask "Which dish?" on "bye" => return;
///         let many: u8 = ask "How many?";
///         say "{many} {dish}.";
///     }
/// }
///
/// dialogue(|| Order).check("< Which dish?\n> Soup\n< How many?\n> 2\n< 2 Soup.\n! end");
/// dialogue(|| Order).check("< Which dish?\n> binary 0x00\n< Which dish?\n> bye\n! end");
/// assert_covered!(Order, except = ["many -> many: refused"]);
/// ```
///
/// # Panics
///
/// With the edges, and the file and line of each; and where an exception was taken after all, or is no edge.
#[doc(hidden)]
#[macro_export]
macro_rules! __assert_covered {
    ($conversation:ty $(, except = [$($except:expr),* $(,)?])? $(,)?) => {
        $crate::testing::coverage::<$conversation>().assert(&[$($($except),*)?])
    };
}
