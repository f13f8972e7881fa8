//! What a walk says: words that some question may take.

use std::collections::{BTreeMap, BTreeSet};

use super::draw::Draw;
use crate::flow::{Flow, Kind, Node};

/// What is read as one type or another, as it is written in a transcript: numbers small and large, words, dates, addresses,
/// bytes, nothing at all.
#[rustfmt::skip]
const USUAL: &[&str] = &[
    "1", "Ada", "", "2", "yes", "0", "no", "36", "3", "-1", "true", "false", "100", "4.5", "1000000", "x", "a, b", "1, 2",
    "2026-01-31", "12:30", "ada@example.org", "https://example.org/", "67e55044-10b1-426f-9247-bb680e5fe0c8", "json {}",
    "json []", "json null", "binary 0xCAFE",
];

/// What is known of the replies that a conversation takes.
pub(super) struct Replies {
    /// Those that the test has named.
    named: Vec<String>,
    /// The words that it listens for.
    listened: Vec<String>,
    /// Which of them have led on, at each question.
    taken: BTreeMap<String, BTreeSet<String>>,
}

impl Replies {
    pub(super) fn new(flow: &Flow, named: &[String]) -> Self {
        Replies { named: named.to_vec(), listened: words(flow), taken: BTreeMap::new() }
    }

    /// One to say at `question`, as it is written in a transcript, after having been told `told`.
    pub(super) fn draw(&self, draw: &mut Draw, question: &str, told: &str) -> String {
        let taken: Vec<&String> = self.taken.get(question).into_iter().flatten().collect();
        match draw.below(10) {
            0..5 if !taken.is_empty() => draw.one_of(&taken).map(|reply| (*reply).clone()),
            5 if !self.listened.is_empty() => draw.one_of(&self.listened).cloned(),
            5 | 6 if !self.named.is_empty() => draw.one_of(&self.named).cloned(),
            // What it is told of may be what one can choose.
            7 => {
                let words: Vec<&str> = told.split(|sign: char| !sign.is_alphanumeric()).collect();
                draw.one_of(&words).map(|word| (*word).to_owned())
            }
            _ => None,
        }
        .unwrap_or_else(|| USUAL[draw.below(USUAL.len())].to_owned())
    }

    /// Notes that a reply has led on from a question.
    pub(super) fn led_on(&mut self, question: &str, reply: &str) {
        let taken = self.taken.entry(question.to_owned()).or_default();
        if taken.len() < 8 {
            taken.insert(reply.to_owned());
        }
    }

    /// Whether one has.
    pub(super) fn has_led_on(&self, question: &str) -> bool {
        self.taken.contains_key(question)
    }
}

/// The words of every `on "…"`, from the labels of the ways that they lead.
fn words(flow: &Flow) -> Vec<String> {
    let mut words = BTreeSet::new();
    for edge in flow.edges {
        for part in edge.label.split("on ").skip(1) {
            words.extend(part.split('"').skip(1).step_by(2).take_while(|word| !word.is_empty()).map(str::to_owned));
        }
    }
    words.into_iter().collect()
}

/// The questions that a reply leads on from: not those that wait for something else.
pub(super) fn asked(flow: &Flow) -> impl Iterator<Item = &'static str> {
    let questions = flow.questions.iter().enumerate();
    let edges = flow.edges;
    questions
        .filter(move |(at, question)| {
            let goes_on = edges.iter().any(|edge| edge.from == Node::Question(*at) && edge.label.is_empty());
            question.kind == Kind::Ask && goes_on
        })
        .map(|(_, question)| question.name)
}
