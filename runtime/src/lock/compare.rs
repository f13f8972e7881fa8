//! The conversations of this build beside those of the lock file.

use std::collections::{BTreeMap, BTreeSet};

use converse_flow::Flow;

use super::file::{Lock, Names, Release};
use super::loss::{Loss, losses};
use crate::store::Schema;

/// What is different, and the file as it is to be.
#[derive(Debug)]
pub(super) struct Comparison<'f> {
    /// The conversations whose form is not recorded.
    pub(super) unrecorded: Vec<&'f str>,
    pub(super) lost: Vec<Lost>,
    /// With the forms of this build, and without those that it cannot read.
    pub(super) next: Lock,
}

/// What this build cannot read of some releases.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lost {
    /// The conversation, and the question where only that is lost: `Order/age`.
    pub(super) place: String,
    pub(super) loss: Loss,
    /// What wrote it, where that does not go without saying.
    pub(super) schemas: Vec<Schema>,
}

/// Compares them.
pub(super) fn compare<'f>(mut lock: Lock, flows: &'f [Flow]) -> Comparison<'f> {
    let mut unrecorded = Vec::new();
    let mut lost = BTreeMap::<_, Vec<_>>::new();
    let mut next = BTreeMap::new();
    for flow in flows {
        let now = Release::of(flow);
        let mut before = lock.0.0.remove(flow.name).unwrap_or_default();
        if before.iter().all(|release| release.schema != now.schema) {
            unrecorded.push(flow.name);
        }
        before.retain(|release| {
            let losses = losses(release, flow);
            let survives = losses.is_empty();
            for (question, loss) in losses {
                lost.entry((format!("{}/{question}", flow.name), loss)).or_default().push(release.schema);
            }
            survives && release.schema != now.schema
        });
        before.insert(0, now);
        next.insert(flow.name.to_owned(), before);
    }
    for (flow, _) in lock.0.0 {
        lost.insert((flow, Loss::Conversation), Vec::new());
    }
    let lost = lost.into_iter().map(|((place, loss), schemas)| Lost { place, loss, schemas }).collect();
    Comparison { unrecorded, lost, next: Lock(Names(next)) }
}

/// What is wrong with the list of conversations itself.
pub(super) fn mistake(flows: &[Flow]) -> Option<String> {
    let mut names = BTreeSet::new();
    for Flow { name, .. } in flows {
        if !names.insert(*name) {
            return Some(format!(
                "two conversations are called `{name}`, and what is stored is known by that name alone: name each once, and \
                 call no two the same"
            ));
        }
    }
    let places = flows.iter().flat_map(|flow| flow.questions.iter().map(move |question| (flow, question)));
    for (flow, question) in places {
        let mut runs = question.remembers.iter().filter_map(|field| Some(field.runs?.within(flow).name));
        if let Some(inner) = runs.find(|inner| !names.contains(inner)) {
            let (outer, question) = (flow.name, question.name);
            return Some(format!(
                "`{outer}` runs `{inner}` at `{question}`, and is stored with it: name `{inner}`, too"
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::samples::{EVENING, LATER_ORDER, ORDER, OTHER_ORDER, VISIT, schema};

    fn schemas(lock: &Lock, flow: &str) -> Vec<Schema> {
        lock.releases(flow).iter().map(|release| release.schema).collect()
    }

    #[test]
    fn the_newest_form_is_the_first() {
        let flows = [VISIT, ORDER];
        let first = compare(Lock::default(), &flows);
        assert_eq!((first.unrecorded, first.lost), (vec!["Visit", "Order"], vec![]));
        let flows = [LATER_ORDER, VISIT];
        let second = compare(first.next, &flows);
        assert_eq!((second.unrecorded, second.lost), (vec!["Order"], vec![]));
        assert_eq!(schemas(&second.next, "Order"), [schema(&LATER_ORDER), schema(&ORDER)]);
        let again = compare(second.next, &flows);
        assert_eq!((again.unrecorded, again.lost), (vec![], vec![]));
        assert_eq!(schemas(&again.next, "Order"), [schema(&LATER_ORDER), schema(&ORDER)]);
    }

    #[test]
    fn what_cannot_be_read_is_not_kept() {
        let before = compare(compare(Lock::default(), &[ORDER, VISIT]).next, &[LATER_ORDER, VISIT]).next;
        let after = compare(before, &[OTHER_ORDER]);
        let places: Vec<_> = after.lost.iter().map(|lost| (&*lost.place, &lost.loss, lost.schemas.len())).collect();
        assert!(places.contains(&("Order/dish", &Loss::Question, 2)), "{places:?}");
        assert!(places.contains(&("Order/extra", &Loss::Question, 1)), "{places:?}");
        assert!(places.contains(&("Visit", &Loss::Conversation, 0)), "{places:?}");
        assert_eq!(schemas(&after.next, "Order"), [schema(&OTHER_ORDER)]);
        assert_eq!(schemas(&after.next, "Visit"), []);
    }

    #[test]
    fn a_form_that_comes_back_is_the_newest_again() {
        let lock = compare(compare(Lock::default(), &[ORDER]).next, &[LATER_ORDER]).next;
        let back = compare(lock, &[ORDER]);
        assert_eq!(back.unrecorded, [""; 0]);
        assert!(back.lost.iter().any(|lost| lost.place == "Order/extra"), "{:?}", back.lost);
        assert_eq!(schemas(&back.next, "Order"), [schema(&ORDER)]);
    }

    #[test]
    fn a_list_of_conversations_is_whole_and_without_repetition() {
        assert_eq!(mistake(&[EVENING, ORDER, VISIT]), None);
        let twice = "two conversations are called `Order`, and what is stored is known by that name alone: name each once, and \
                     call no two the same";
        assert_eq!(mistake(&[ORDER, VISIT, LATER_ORDER]).as_deref(), Some(twice));
        let inner = "`Evening` runs `Order` at `order`, and is stored with it: name `Order`, too";
        assert_eq!(mistake(&[EVENING]).as_deref(), Some(inner));
    }
}
