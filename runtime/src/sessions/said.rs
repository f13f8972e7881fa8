//! What was said and may have to be said again, by its numbers.

use std::iter;

use serde::Deserialize;

use crate::message::Message;

/// How many messages are said again at most, and of how many bytes together.
const MOST: (usize, usize) = (64, 64 * 1024);

/// What was said since the last question that was answered, to be said again to a client that comes back: all that is not
/// known to have arrived, and what was asked last in any case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    /// Their numbers follow one another, up to that of the last output, but for the first where it is what was asked.
    said: Vec<Message>,
    numbers: Numbers,
}

/// How the outputs of a conversation are counted. It is what has to be stored beside them to know their numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Numbers {
    /// How many there were, which is the number of the last one.
    pub(super) out: u64,
    /// The number of the one that was asked last and is still among those to be said again; 0 where none is.
    pub(super) asked: u64,
}

impl Numbers {
    /// The number of the last output, where so many are kept. Versions that do not count leave no numbers.
    pub(super) fn last(self, kept: usize) -> u64 {
        self.out.max(kept as u64)
    }

    /// The numbers of those that are kept, where there are so many.
    fn of(self, kept: usize) -> impl Iterator<Item = u64> {
        let second = self.out + 2 - kept as u64;
        let first = if self.asked == 0 { second - 1 } else { self.asked.min(second - 1) };
        iter::once(first).chain(second..).take(kept)
    }
}

/// How many of these, the oldest, are not said again, whatever is said behind them.
pub(crate) fn surplus(words: &[Message]) -> usize {
    surplus_beside(None, words)
}

/// The same where what was asked stays in any case. So does the last of them.
fn surplus_beside(asked: Option<&Message>, words: &[Message]) -> usize {
    let (most, bytes) = MOST;
    let mut room = bytes.saturating_sub(asked.map_or(0, Message::len));
    let fits = |word: &&Message| {
        let left = room.checked_sub(word.len());
        room = left.unwrap_or(room);
        left.is_some()
    };
    let kept = words.iter().rev().take(most - usize::from(asked.is_some())).take_while(fits).count();
    words.len() - kept.max(1).min(words.len())
}

impl Words {
    /// As they were [stored](Self::stored).
    pub(crate) fn read(said: Vec<Message>, numbers: Numbers) -> Self {
        let numbers = Numbers { out: numbers.last(said.len()), ..numbers };
        Words { said, numbers }
    }

    /// As they are stored.
    pub(crate) fn stored(&self) -> (&[Message], Numbers) {
        (&self.said, self.numbers)
    }

    /// The question that was pending is answered: what was said until this turn, up to the output of this number, need not be
    /// said again.
    pub(crate) fn answered(&mut self, before: u64) {
        self.keep(|number| number > before);
        if self.numbers.asked <= before {
            self.numbers.asked = 0;
        }
    }

    /// Nothing that was said so far need be said again.
    pub(crate) fn forget(&mut self) {
        self.answered(self.numbers.out);
    }

    /// Everything up to this number has arrived.
    pub(crate) fn arrived(&mut self, last: u64) {
        if last == 0 {
            return; // Nothing is known yet.
        }
        let asked = self.numbers.asked;
        self.keep(|number| number > last || number == asked);
    }

    fn keep(&mut self, is_kept: impl Fn(u64) -> bool) {
        let mut numbers = self.numbers.of(self.said.len());
        self.said.retain(|_| numbers.next().is_some_and(&is_kept));
        if self.said.is_empty() {
            self.said = Vec::new(); // What comes next is rarely as much.
        }
    }

    /// So many have been said that are [not said again](surplus), and so is nothing before them but what was asked.
    pub(crate) fn pass(&mut self, outputs: u64) {
        if outputs > 0 {
            let asked = self.numbers.asked;
            self.keep(|number| number == asked);
            self.numbers.out += outputs;
        }
    }

    pub(crate) fn extend(&mut self, words: impl IntoIterator<Item = Message>) {
        let (before, words) = (self.said.len(), words.into_iter());
        // As many as there are, and no room for more: they wait for as long as the client does.
        self.said.reserve_exact(words.size_hint().0);
        self.said.extend(words);
        self.numbers.out += (self.said.len() - before) as u64;
        self.forget_oldest();
    }

    /// Leaves out what is more than is said again. A turn may have said very much: all that goes does so at once.
    fn forget_oldest(&mut self) {
        let (most, bytes) = MOST;
        let (all, size) = (self.said.len(), self.said.iter().map(Message::len).sum::<usize>());
        if all <= most && size <= bytes {
            return;
        }
        let asked = self.numbers.of(all).position(|number| number == self.numbers.asked);
        let asked = asked.filter(|&at| at + 1 < all).map(|at| (at, self.said.remove(at)));
        let gone = surplus_beside(asked.as_ref().map(|(_, asked)| asked), &self.said);
        self.said.drain(..gone);
        if let Some((at, asked)) = asked {
            self.said.insert(at.saturating_sub(gone), asked);
        }
        self.said.shrink_to_fit();
    }

    /// A question has been asked, or the conversation has ended: the last of the words is what that was said by. Where it
    /// was asked before, by what is now the first of them, once is enough.
    pub(crate) fn ask(&mut self) {
        let mut numbers = self.numbers.of(self.said.len());
        let first = numbers.next().unwrap_or_default();
        let last = numbers.last().unwrap_or(first);
        if first == self.numbers.asked && first < last {
            self.said.remove(0);
        }
        self.numbers.asked = last;
    }

    /// The number of the last output.
    pub(crate) fn out(&self) -> u64 {
        self.numbers.out
    }

    /// The number of the one that was asked last.
    pub(crate) fn asked(&self) -> Option<u64> {
        Some(self.numbers.asked).filter(|asked| *asked > 0)
    }

    /// Whether there is anything beside what was asked last.
    pub(crate) fn says_more_than_asked(&self) -> bool {
        self.said.len() > usize::from(self.numbers.asked > 0)
    }

    /// Those behind the output of this number; all of them behind 0.
    pub(crate) fn behind(&self, last: u64) -> impl Iterator<Item = (u64, Message)> {
        self.numbers.of(self.said.len()).zip(self.said.iter().cloned()).filter(move |(number, _)| *number > last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &Words) -> Vec<(u64, String)> {
        words.behind(0).map(|(number, message)| (number, message.to_string())).collect()
    }

    fn numbers(said: &Words) -> Vec<u64> {
        said.behind(0).map(|(number, _)| number).collect()
    }

    /// A turn that says these and leads to a question.
    fn turn<const N: usize>(said: &mut Words, texts: [&'static str; N]) {
        said.extend(texts.map(Message::from));
        said.ask();
    }

    fn reread(said: &Words) -> Words {
        let (words, numbers) = said.stored();
        Words::read(words.to_vec(), numbers)
    }

    #[test]
    fn what_was_said_before_an_answer_is_forgotten() {
        let mut said = Words::default();
        turn(&mut said, ["Name?"]);
        turn(&mut said, ["A name, please.", "Name?"]);
        assert_eq!(numbers(&said), [2, 3]);
        let before = said.out();
        said.extend(["Charging.".into()]);
        said.answered(before);
        said.extend(["Age?".into()]);
        said.answered(before);
        assert_eq!(words(&said), [(4, "Charging.".into()), (5, "Age?".into())]);
    }

    #[test]
    fn what_has_arrived_is_left_out_but_for_the_question() {
        let mut said = Words::default();
        turn(&mut said, ["Hello!", "Name?"]);
        said.arrived(1);
        assert_eq!(words(&said), [(2, "Name?".into())]);
        said.extend(["Still there?".into()]); // It waits on: nothing is asked anew.
        said.arrived(3);
        assert_eq!(words(&said), [(2, "Name?".into())]);
        said.extend(["Hurry!".into(), "Please!".into()]);
        said.arrived(4);
        assert_eq!(words(&reread(&said)), [(2, "Name?".into()), (5, "Please!".into())]);
        turn(&mut said, ["A name, please.", "Name?"]);
        said.arrived(5);
        assert_eq!(words(&reread(&said)), [(6, "A name, please.".into()), (7, "Name?".into())]);
    }

    #[test]
    fn a_question_that_is_asked_again_is_kept_once() {
        let mut said = Words::default();
        turn(&mut said, ["Hello!", "Name?"]);
        turn(&mut said, ["What?", "Name?"]);
        assert_eq!(numbers(&said), [1, 2, 3, 4], "there is no gap between numbers");
        said.arrived(3);
        turn(&mut said, ["What?", "Name?"]);
        assert_eq!(words(&reread(&said)), [(5, "What?".into()), (6, "Name?".into())]);
        said.arrived(5);
        said.extend(["Still there?".into()]);
        said.arrived(7);
        turn(&mut said, ["What?", "Name?"]);
        assert_eq!(words(&reread(&said)), [(8, "What?".into()), (9, "Name?".into())]);
    }

    #[test]
    fn they_are_read_back_with_their_numbers() {
        let mut said = Words::default();
        for texts in [["Hello!", "Name?"], ["What?", "Name?"]] {
            turn(&mut said, texts);
            for arrived in 0..=said.out() {
                let mut left = said.clone();
                left.arrived(arrived);
                assert_eq!(words(&reread(&left)), words(&left), "{arrived} of {} have arrived", said.out());
                left.forget();
                assert_eq!((words(&reread(&left)), reread(&left).out()), (Vec::new(), said.out()));
            }
        }
    }

    #[test]
    fn those_without_numbers_are_counted() {
        let said = Words::read(vec!["Hello!".into(), "Name?".into()], Numbers::default());
        assert_eq!((numbers(&said), said.out()), (vec![1, 2], 2));
    }

    #[test]
    fn not_more_is_kept_than_is_bearable() {
        let mut said = Words::default();
        said.extend((1..=100).map(|number: u32| Message::from(number.to_string())));
        assert_eq!(numbers(&said), Vec::from_iter(37..=100));
        said.extend(["x".repeat(100_000).into()]);
        assert_eq!(numbers(&said), [101]);
        said.ask();
        said.extend((1..=100).map(|number: u32| Message::from(number.to_string())));
        assert_eq!(numbers(&said), [101, 201], "what was asked, and the last");
        assert_eq!(words(&reread(&said)), words(&said));
    }

    #[test]
    fn all_at_once_is_as_one_after_another() {
        for asked in 0..=3 {
            for (before, length) in [(2, 1), (2, 2000), (70, 1), (70, 40_000)] {
                let new = |number: usize| Message::from(format!("{number:length$}"));
                let mut one = Words::default();
                for number in 1..=asked {
                    turn(&mut one, ["Name?"]);
                    one.extend((0..number).map(new));
                }
                let mut all = one.clone();
                all.extend((0..before).map(new));
                (0..before).for_each(|number| one.extend([new(number)]));
                assert_eq!(words(&all), words(&one), "{asked}, {before} of {length}");
                assert_eq!(words(&reread(&all)), words(&all));
            }
        }
    }

    #[test]
    fn what_is_passed_is_as_what_was_left_out() {
        for (number, length) in [(0, 1), (1, 70_000), (64, 1), (65, 1), (200, 1), (200, 3000), (3, 30_000)] {
            let all: Vec<Message> =
                (0..number).map(|number: usize| format!("{number}{}", "x".repeat(length)).into()).collect();
            let mut whole = Words::default();
            turn(&mut whole, ["Hello!", "Name?"]);
            whole.extend(["Still there?".into()]);
            let mut passed = whole.clone();
            whole.extend(all.iter().cloned());
            let gone = surplus(&all);
            passed.pass(gone as u64);
            passed.extend(all[gone..].iter().cloned());
            assert_eq!(words(&passed), words(&whole), "{number} of {length}");
            assert_eq!(passed.stored().1, whole.stored().1);
        }
    }

    #[test]
    fn very_much_can_be_said_in_one_turn() {
        // What goes with the square of them takes a minute.
        let mut said = Words::default();
        turn(&mut said, ["How many?"]);
        said.extend((0..400_000).map(|number: u32| Message::from(number.to_string())));
        assert_eq!(numbers(&said)[..3], [1, 399_939, 399_940]);
        assert!(said.said.capacity() < 1000, "it waits for as long as the client does");
    }
}
