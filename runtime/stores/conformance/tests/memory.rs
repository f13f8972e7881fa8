//! The store in memory is one.

use converse::store::Memory;
use converse_conformance::Handles;

async fn fresh() -> Handles {
    let store = Memory::default();
    Handles::new(store.clone(), store)
}

converse_conformance::laws!(fresh);
