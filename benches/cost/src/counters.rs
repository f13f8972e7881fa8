//! What is counted within this program: allocations and bytes.

use allocation_counter::measure;
use converse::Conversation;
use converse_cost::introduction::{ByHand, Introduction, REPLIES, by_hand, compiled};
use converse_cost::order::{Address, Haggle, Order, future_of_a_turn};

/// The allocations of a dialogue: compiled, by hand.
pub(crate) fn allocations() -> (usize, usize) {
    let count = |hold: fn(&[_]) -> _| measure(|| drop(hold(&REPLIES))).count_total as usize;
    (count(compiled), count(by_hand))
}

/// The bytes of a state: compiled, by hand.
pub(crate) fn states() -> (usize, usize) {
    (size_of::<<Introduction as Conversation>::State>(), size_of::<ByHand>())
}

/// The bytes of a turn's future, and of the state, where each turn awaits once.
pub(crate) fn awaits_once() -> (usize, usize) {
    let text = String::new;
    let (name, mail, phone) = (text(), text(), text());
    let order = Order { name, address: Address::default(), mail, phone, items: Vec::new() };
    (future_of_a_turn(order), size_of::<<Order as Conversation>::State>())
}

/// The same where a turn awaits several times.
pub(crate) fn awaits_often() -> (usize, usize) {
    let text = String::new;
    let (name, mail, phone) = (text(), text(), text());
    let haggle = Haggle { name, address: Address::default(), mail, phone, items: Vec::new() };
    (future_of_a_turn(haggle), size_of::<<Haggle as Conversation>::State>())
}

/// The words of a turn's future where it does not.
pub(crate) fn ready() -> usize {
    future_of_a_turn(Introduction) / size_of::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_dialogues_say_and_come_to_the_same() {
        let (person, said) = compiled(&REPLIES);
        assert_eq!((&person, &said), (&by_hand(&REPLIES).0, &by_hand(&REPLIES).1));
        assert_eq!(person.expect("an end").age, 36);
        assert_eq!(said.len(), 7);
    }

    #[test]
    fn a_turn_allocates_nothing_that_one_by_hand_does_not() {
        let (compiled, by_hand) = allocations();
        assert!(by_hand > 0, "nothing is counted");
        assert_eq!(compiled, by_hand);
    }

    #[test]
    fn a_state_is_as_large_as_by_hand() {
        let (compiled, by_hand) = states();
        assert_eq!(compiled, by_hand);
    }

    #[test]
    fn a_turn_that_awaits_holds_little_more_than_the_state() {
        for (future, state) in [awaits_once(), awaits_often()] {
            assert!(2 * future <= 3 * state, "{future} bytes, for a state of {state}");
        }
    }

    /// The state stays where it is: the future is the three arguments and whether it has run.
    #[test]
    fn a_turn_that_awaits_nothing_holds_no_state() {
        assert!(ready() <= 4, "{} words", ready());
    }
}
