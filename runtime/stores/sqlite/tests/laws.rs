//! A file is a store, also for two who have opened it on their own.

use converse_conformance::Handles;
use converse_sqlite::Sqlite;

async fn fresh() -> Handles {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let open = || Sqlite::open(folder.path().join("conversations.db")).expect("the file can be made");
    Handles::new(open(), open()).keeping(folder)
}

converse_conformance::laws!(fresh);
