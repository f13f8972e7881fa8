//! What of everything that a store holds a build cannot read, before it is rolled out.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

use converse_flow::{Field, Flow, Runs};

use super::compare::mistake;
use super::file::{Lock, Release};
use super::loss::{Loss, Place, losses, losses_at, place};
use crate::message::Text;
use crate::store::{Count, Reason, Schema, Store, StoreError};

/// Says which of the conversations that wait in a store this build could not go on with.
///
/// `lock` is the text of the lock file, which tells what an older build has stored; `flows` are the conversations of this
/// build, those that others run included. Where the file knows the form of what is stored, the report says what is
/// missing. Where it does not, only a question at which nothing is kept is taken to be readable.
///
/// Run it before a rollout against the store of production, by the new build. It asks for nothing but the
/// [`histogram`](Store::histogram), and changes nothing.
///
/// ```
/// use converse::lock::preflight;
/// use converse::store::{Id, Memory, Record, Schema, Store};
/// use converse::{Conversation, prelude::*};
///
/// conversation! {
///     /// Takes an order.
///     pub Checkout {
///         let dish: String = ask "Which dish?";
///         let count: u8 = ask "How many?";
///         say "{count} {dish}.";
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let store = Memory::default();
/// let old = Record::new(Id::random(), "Checkout", "age", Schema::from_bytes([0; 16]));
/// store.create(&old).await?;
///
/// // In a program of its own: include_str!("../conversations.lock")
/// let report = preflight(&store, "{}", &[Checkout::FLOW]).await?;
/// assert!(!report.is_safe());
/// assert_eq!(
///     report.to_string(),
///     "1 conversation waits at Checkout/age in a form this build cannot read (schema 00000000): the question is gone\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
///
/// # Errors
///
/// The store cannot be asked, the text is no lock file, or `flows` lacks a conversation that another of them runs.
pub async fn preflight(store: &dyn Store, lock: &str, flows: &[Flow]) -> Result<Report, PreflightError> {
    if let Some(mistake) = mistake(flows) {
        return Err(PreflightError::Flows(mistake));
    }
    let lock = Lock::parse(lock).map_err(|error| PreflightError::Lock(error.into()))?;
    let counts = store.histogram().await.map_err(PreflightError::Store)?;
    let conversations = counts.iter().map(|count| count.records).sum();
    let findings = counts.into_iter().filter_map(|count| {
        let losses = unreadable(&count, &lock, flows);
        let Count { flow, schema, question, records } = count;
        (!losses.is_empty()).then_some(Finding { flow, question, schema, records, losses })
    });
    Ok(Report { conversations, findings: findings.collect() })
}

/// Why these records cannot be read, if they cannot.
fn unreadable(count: &Count, lock: &Lock, flows: &[Flow]) -> Vec<Loss> {
    let Some(flow) = flows.iter().find(|flow| count.flow == flow.name) else { return vec![Loss::Conversation] };
    let question = match place(flow, &count.question) {
        Place::At(question) => question,
        Place::Migrated => return Vec::new(),
        Place::Gone => return vec![Loss::Question],
    };
    let release = release(lock, flow, count.schema);
    let stored = release.as_ref().and_then(|release| release.questions.0.get(&*count.question));
    let (Some(release), Some(stored)) = (&release, stored) else {
        return if question.remembers.is_empty() { Vec::new() } else { vec![Loss::Schema] };
    };
    let mut losses = losses_at(flow, question, stored);
    let mut seen = BTreeSet::new();
    within(&Form { flow, release }, question.remembers, lock, &mut seen, &mut losses);
    losses
}

/// A conversation as this build has it, and a form in which it was stored.
struct Form<'f> {
    flow: &'f Flow,
    release: &'f Release,
}

/// The form of a conversation that has this schema, if it is that of this build or the file knows it.
fn release<'l>(lock: &'l Lock, flow: &Flow, schema: Schema) -> Option<Cow<'l, Release>> {
    let now = Release::of(flow);
    if now.schema == schema {
        return Some(Cow::Owned(now));
    }
    lock.releases(flow.name).iter().find(|release| release.schema == schema).map(Cow::Borrowed)
}

/// What cannot be read of the conversations that these variables hold, and of those that they run themselves. Nothing in
/// a store tells where they wait, so what matters is whether any of their questions is lost.
fn within(outer: &Form<'_>, fields: &[Field], lock: &Lock, seen: &mut BTreeSet<&'static str>, all: &mut Vec<Loss>) {
    for runs in fields.iter().filter_map(|field| field.runs) {
        let flow = &runs.within(outer.flow);
        if !seen.insert(flow.name) {
            continue;
        }
        let mut lost = |question, loss| {
            all.push(Loss::Inner { conversation: flow.name.to_owned(), question, loss: Box::new(loss) });
        };
        let stored = match runs {
            Runs::Itself => Some(Cow::Borrowed(outer.release)),
            // Where that one ran nothing of this name, another question was asked there, and has been looked at.
            Runs::Other(_) => match outer.release.runs.0.get(flow.name) {
                Some(&schema) => release(lock, flow, schema),
                None => continue,
            },
        };
        let Some(stored) = stored else {
            lost(None, Loss::Schema);
            continue;
        };
        losses(&stored, flow).into_iter().for_each(|(question, loss)| lost(Some(question), loss));
        for question in flow.questions {
            within(&Form { flow, release: &stored }, question.remembers, lock, seen, all);
        }
    }
}

/// What a build cannot read of what a store holds. Its `Display` has a line for each finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    conversations: u64,
    findings: Vec<Finding>,
}

impl Report {
    /// Whether every conversation can go on with this build.
    pub fn is_safe(&self) -> bool {
        self.findings.is_empty()
    }

    /// What cannot be read, in the order of conversations and questions.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many conversations wait in the store, those that can be read included.
    pub fn conversations(&self) -> u64 {
        self.conversations
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.conversations {
            0 => f.write_str("no conversation waits\n"),
            1 if self.is_safe() => f.write_str("1 conversation waits, and this build can read it\n"),
            all if self.is_safe() => writeln!(f, "{all} conversations wait, and this build can read all of them"),
            _ => self.findings.iter().try_for_each(|finding| writeln!(f, "{finding}")),
        }
    }
}

/// Conversations that wait at one question, stored in one form that a build cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The name of the conversation.
    pub flow: Text,
    /// The question that they wait at.
    pub question: Text,
    /// What wrote them.
    pub schema: Schema,
    /// How many there are.
    pub records: u64,
    /// Why they cannot be read.
    pub losses: Vec<Loss>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { flow, question, schema, records, losses } = self;
        let (s, waits) = if *records == 1 { ("", "waits") } else { ("s", "wait") };
        let schema = schema.to_string();
        write!(
            f,
            "{records} conversation{s} {waits} at {flow}/{question} in a form this build cannot read (schema {schema:.8})"
        )?;
        for (index, loss) in losses.iter().enumerate() {
            write!(f, "{}{loss}", if index == 0 { ": " } else { "; " })?;
        }
        Ok(())
    }
}

/// Why nothing can be said of a rollout.
#[derive(Debug)]
#[non_exhaustive]
pub enum PreflightError {
    /// The store cannot be asked.
    Store(StoreError),
    /// The text is no lock file.
    Lock(Reason),
    /// The list of conversations is not whole, or has two of one name.
    Flows(String),
}

impl fmt::Display for PreflightError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PreflightError::Store(_) => f.write_str("the store does not say what waits in it"),
            PreflightError::Lock(_) => f.write_str("the lock file is broken"),
            PreflightError::Flows(mistake) => f.write_str(mistake),
        }
    }
}

impl Error for PreflightError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            PreflightError::Store(error) => Some(error),
            PreflightError::Lock(error) => Some(error.as_ref()),
            PreflightError::Flows(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::compare::compare;
    use crate::lock::samples::{
        self, EVENING, LATER_EVENING, LATER_ORDER, ORDER, OTHER_EVENING, OTHER_ORDER, RENAMED_ORDER, VISIT, named,
    };
    use crate::store::{Id, Memory, Record, Status};

    /// A store in which conversations wait at these questions, in the form of these flows.
    async fn store(waiting: &[(&Flow, &str, usize)]) -> Memory {
        let store = Memory::default();
        for &(flow, question, records) in waiting {
            for _ in 0..records {
                let record = Record::new(Id::random(), flow.name, question, samples::schema(flow));
                store.create(&record).await.expect("there is room");
            }
        }
        store
    }

    fn lock(flows: &[Flow]) -> String {
        compare(Lock::default(), flows).next.to_string()
    }

    async fn said(store: &Memory, lock: &str, flows: &[Flow]) -> String {
        let report = preflight(store, lock, flows).await.expect("it can be told");
        assert_eq!(report.is_safe(), report.findings().is_empty());
        named(&report.to_string())
    }

    #[tokio::test]
    async fn what_waits_in_a_form_that_can_be_read_is_safe() {
        let store = store(&[(&ORDER, "dish", 3), (&LATER_ORDER, "count", 2), (&VISIT, "name", 1)]).await;
        let report = preflight(&store, &lock(&[ORDER, VISIT]), &[LATER_ORDER, VISIT]).await.expect("it can be told");
        assert!(report.is_safe());
        assert_eq!(report.conversations(), 6);
        assert_eq!(report.to_string(), "6 conversations wait, and this build can read all of them\n");
        assert_eq!(said(&Memory::default(), "{}", &[]).await, "no conversation waits\n");
    }

    #[tokio::test]
    async fn so_is_what_a_conversation_says_how_to_read() {
        let waiting = [(&ORDER, "dish", 1), (&ORDER, "count", 1), (&LATER_ORDER, "extra", 1)];
        let lock = compare(Lock::parse(&lock(&[ORDER])).expect("a lock"), &[LATER_ORDER]).next.to_string();
        let report = said(&store(&waiting).await, &lock, &[RENAMED_ORDER]).await;
        assert_eq!(report, "3 conversations wait, and this build can read all of them\n");
        // `LATER_ORDER` keeps less where it is wanted now.
        let report = said(&store(&[(&LATER_ORDER, "dish", 1)]).await, &lock, &[RENAMED_ORDER]).await;
        let loss = "`table` is `u8` now, and was `u32`\n";
        assert!(report.starts_with("1 conversation waits at Order/dish ") && report.ends_with(loss), "{report}");
    }

    #[tokio::test]
    async fn what_is_lost_is_counted_with_the_reason() {
        let store = store(&[(&ORDER, "dish", 37), (&ORDER, "count", 1), (&VISIT, "name", 2)]).await;
        let expected = "\
1 conversation waits at Order/count in a form this build cannot read (schema ORDER): `dish` is `Dish` now, and was \
`String`; `price: Option<u32>` is new there, and nothing stored has its value; `after_1: Timer`, the time of an `on after`, \
is new there, and nothing stored has its value
37 conversations wait at Order/dish in a form this build cannot read (schema ORDER): the question is gone
2 conversations wait at Visit/name in a form this build cannot read (schema VISIT): the conversation is gone
";
        assert_eq!(said(&store, &lock(&[ORDER, VISIT]), &[OTHER_ORDER]).await, expected);
    }

    #[tokio::test]
    async fn a_form_that_nobody_knows_is_read_only_where_nothing_is_remembered() {
        let store = store(&[(&ORDER, "count", 2), (&LATER_ORDER, "extra", 1), (&LATER_ORDER, "nowhere", 1)]).await;
        let unknown = Record::new(Id::random(), "Visit", "name", Schema::from_bytes([7; 16]));
        store.create(&unknown).await.expect("there is room");
        let expected = "\
2 conversations wait at Order/count in a form this build cannot read (schema ORDER): unknown schema
1 conversation waits at Order/nowhere in a form this build cannot read (schema LATER): the question is gone
";
        assert_eq!(said(&store, "{}", &[LATER_ORDER, VISIT]).await, expected);
    }

    #[tokio::test]
    async fn a_question_that_its_schema_does_not_have_is_of_a_form_that_nobody_knows() {
        let store = store(&[(&ORDER, "extra", 1)]).await;
        let said = said(&store, &lock(&[ORDER]), &[LATER_ORDER]).await;
        assert!(
            said.ends_with("at Order/extra in a form this build cannot read (schema ORDER): unknown schema\n"),
            "{said}"
        );
    }

    #[tokio::test]
    async fn what_is_run_may_be_lost_within_what_runs_it() {
        let store = store(&[(&EVENING, "order", 4), (&LATER_EVENING, "order", 1)]).await;
        let before = lock(&[EVENING, ORDER]);
        let both = compare(Lock::parse(&before).expect("a lock"), &[LATER_EVENING, LATER_ORDER]).next;
        assert_eq!(
            said(&store, &both.to_string(), &[LATER_EVENING, LATER_ORDER]).await,
            "5 conversations wait, and this build can read all of them\n"
        );
        // Of each only the form that it holds matters: no `ORDER` asks for anything extra.
        let report = preflight(&store, &both.to_string(), &[OTHER_EVENING, OTHER_ORDER]).await.expect("it can be told");
        let extra = "what it runs may wait at Order/extra: the question is gone";
        let dish = "what it runs may wait at Order/dish: the question is gone";
        let found: Vec<_> = report.findings().iter().map(|found| (found.records, found.to_string())).collect();
        assert_eq!(found.len(), 2, "{report}");
        for (records, found) in found {
            assert!(found.contains(dish), "{found}");
            assert_eq!(found.contains(extra), records == 1, "{found}");
        }
    }

    #[tokio::test]
    async fn nor_is_a_form_within_forgotten_when_its_loss_was_accepted() {
        let store = store(&[(&EVENING, "order", 4), (&OTHER_EVENING, "order", 2)]).await;
        let lock = compare(Lock::parse(&lock(&[EVENING, ORDER])).expect("a lock"), &[OTHER_EVENING, OTHER_ORDER]).next;
        assert_eq!(
            said(&store, &lock.to_string(), &[OTHER_EVENING, OTHER_ORDER]).await,
            "4 conversations wait at Evening/order in a form this build cannot read (schema EVENING): it runs Order: unknown \
             schema\n"
        );
    }

    #[tokio::test]
    async fn what_has_ended_is_not_looked_at() {
        let store = Memory::default();
        let record = Record::new(Id::random(), "Gone", "", Schema::from_bytes([7; 16]));
        store.create(&Record { status: Status::Done, ..record }).await.expect("there is room");
        assert!(preflight(&store, "{}", &[ORDER]).await.expect("it can be told").is_safe());
    }

    #[tokio::test]
    async fn without_a_lock_or_a_whole_list_nothing_is_said() {
        let store = Memory::default();
        let error = preflight(&store, "[]", &[ORDER]).await.expect_err("it is no lock");
        assert!(matches!(&error, PreflightError::Lock(_)), "{error}");
        let error = preflight(&store, "{}", &[EVENING]).await.expect_err("it is not whole");
        assert_eq!(error.to_string(), "`Evening` runs `Order` at `order`, and is stored with it: name `Order`, too");
    }
}
