//! The laws of a store of conversations, as tests for whoever writes one.
//!
//! A store passes if two handles on the same data answer as [`Memory`](converse::store::Memory) does:
//!
//! ```
//! use converse::store::Memory;
//! use converse_conformance::Handles;
//!
//! async fn fresh() -> Handles {
//!     let store = Memory::default();
//!     Handles::new(store.clone(), store)
//! }
//!
//! converse_conformance::run(fresh);
//! ```
//!
//! In a test, [`laws!`] makes one of each law: `converse_conformance::laws!(fresh);`.

mod faulty;
pub mod laws;
mod model;
mod sample;

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use converse::store::Store;
use tokio::runtime;

pub use faulty::{Fate, Faulty};

/// Two handles on the same data, which nobody else has: those of two processes, as near as a test gets.
pub struct Handles {
    /// One of them.
    pub one: Arc<dyn Store>,
    /// The other.
    pub other: Arc<dyn Store>,
    keep: Box<dyn Any>,
}

impl Handles {
    /// These two.
    pub fn new(one: impl Store, other: impl Store) -> Self {
        Handles { one: Arc::new(one), other: Arc::new(other), keep: Box::new(()) }
    }

    /// Drops something, like a temporary folder, only after the two.
    #[must_use]
    pub fn keeping(mut self, kept: impl Any) -> Self {
        self.keep = Box::new(kept);
        self
    }
}

impl fmt::Debug for Handles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handles").field("one", &self.one).field("other", &self.other).finish_non_exhaustive()
    }
}

/// Checks one law, on fresh data.
///
/// # Panics
///
/// The store breaks it.
pub fn check(law: impl AsyncFnOnce(Handles), fresh: impl AsyncFn() -> Handles) {
    runtime().block_on(async { law(fresh().await).await });
}

/// Checks that the store answers random calls as a model does, each time on fresh data.
///
/// # Panics
///
/// It does not. The shortest calls that show it are printed.
pub fn check_model(fresh: impl AsyncFn() -> Handles) {
    model::check(&runtime(), fresh);
}

fn runtime() -> runtime::Runtime {
    runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("there can be threads")
}

macro_rules! all {
    ($($law:ident)*) => {
        /// Checks every law.
        ///
        /// # Panics
        ///
        /// The store breaks one.
        pub fn run(fresh: impl AsyncFn() -> Handles) {
            $(check(laws::$law, &fresh);)*
            check_model(fresh);
        }

        /// Makes a test of each law, from the name of an `async fn` that returns fresh [`Handles`].
        #[macro_export]
        macro_rules! laws {
            ($fresh:path) => {
                $(
                    #[test]
                    fn $law() {
                        $crate::check($crate::laws::$law, $fresh);
                    }
                )*

                #[test]
                fn random_calls_are_answered_as_a_model_does() {
                    $crate::check_model($fresh);
                }
            };
        }
    };
}

all! {
    what_is_written_is_read_back
    any_text_is_a_key
    a_large_body_is_kept
    what_is_too_large_is_refused
    a_key_belongs_to_one_that_is_not_done
    of_two_who_commit_one_does
    of_two_who_create_one_does
    many_who_commit_all_do
    an_unknown_outcome_is_settled
    events_come_in_order_and_once
    a_conflict_consumes_nothing
    of_two_who_push_one_is_first
    too_many_events_are_refused
    what_is_done_takes_no_events
    what_is_due_is_claimed_once
    what_is_due_of_other_flows_is_left_alone
    what_expires_is_cleaned
    what_is_deleted_leaves_nothing
    lists_have_pages
    arrivals_wake_the_other_handle
    arrivals_are_behind_their_mark
    arrivals_can_be_dropped
}
