//! What a walk says: words that some question may take.

use std::collections::{BTreeMap, BTreeSet};

use super::draw::Draw;
use super::transcript::Line;
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
    /// What has ended the conversation, at each question.
    ends: BTreeMap<String, BTreeSet<String>>,
}

impl Replies {
    pub(super) fn new(flow: &Flow, named: &[String]) -> Self {
        Replies { named: named.to_vec(), listened: words(flow), taken: BTreeMap::new(), ends: BTreeMap::new() }
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

    /// Notes that something has ended the conversation.
    pub(super) fn ended(&mut self, question: &str, line: &Line) {
        if let Line::Says(reply) = line {
            self.led_on(question, reply);
        }
        self.ends.entry(question.to_owned()).or_default().insert(kind(line));
    }

    /// Whether it has.
    pub(super) fn ends(&self, question: &str, line: &Line) -> bool {
        self.ends.get(question).is_some_and(|ends| ends.contains(&kind(line)))
    }

    /// Whether a reply has led on.
    pub(super) fn has_led_on(&self, question: &str) -> bool {
        self.taken.contains_key(question)
    }
}

/// All silences are one.
fn kind(line: &Line) -> String {
    match line {
        Line::Passes(..) => "~".to_owned(),
        line => line.to_string(),
    }
}

/// The words of every `on "…"`, from the labels of the ways that they lead.
fn words(flow: &Flow) -> Vec<String> {
    let words: BTreeSet<&str> = flow.edges.iter().flat_map(|edge| words_of(edge.label)).collect();
    words.into_iter().map(str::to_owned).collect()
}

/// Those of one label: of `on "cancel" | "stop", goto` the first two.
pub(super) fn words_of(label: &str) -> impl Iterator<Item = &str> {
    let heard = label.split(", ").filter_map(|part| part.strip_prefix("on ")).filter(|part| part.starts_with('"'));
    heard.flat_map(|part| part.split('"').skip(1).step_by(2))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_labels() {
        let words = |label| words_of(label).collect::<Vec<_>>();
        assert_eq!(words("on \"cancel\" | \"stop\", goto"), ["cancel", "stop"]);
        assert_eq!(words("silence, wait"), [""; 0]);
        assert_eq!(words("on Paid(_), wait"), [""; 0]);
    }
}
