//! The laws, each as a function that panics where it is broken.

mod arrivals;
mod events;
mod records;
mod times;

pub use arrivals::*;
pub use events::*;
pub use records::*;
pub use times::*;

use std::fmt::Debug;

use converse::store::StoreError;

/// That somebody else was faster.
fn assert_conflict<T: Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::Conflict)), "a conflict, not {result:?}");
}
