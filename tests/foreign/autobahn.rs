//! The Autobahn test suite against `/echo`: how a server keeps the protocol, and how it answers those who do not.
//!
//! Left out are 12 and 13, which are about an extension that converse declines: compression.

mod client;
mod lines;
mod server;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use client::{python, run};
use serde_json::Value;
use server::Server;

const CASES: usize = 301;
/// It takes some seconds; megabytes in fragments of 64 bytes are some of it.
const PATIENCE: Duration = Duration::from_secs(300);
/// The one case where the close has no code: the client closes without one, and is answered in kind.
const WITHOUT_CODE: &str = "7.3.1";

/// What cargo alone cannot run: `cargo xtask test` installs the suite.
mod foreign {
    use super::*;

    #[test]
    #[ignore = "`cargo xtask test` installs what it needs"]
    fn autobahn() {
        let server = Server::start(env!("CARGO_BIN_EXE_echo"));
        let reports = Path::new(env!("CARGO_TARGET_TMPDIR")).join("autobahn");
        let mut kosoku = python("kosoku");
        kosoku.args(["--exclude", "12.*", "--exclude", "13.*", "--outdir"]).arg(&reports);
        run(kosoku.arg(format!("{}/echo", server.url)), PATIENCE);

        let index = std::fs::read_to_string(reports.join("index.json")).expect("the reports have an index");
        let index: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_str(&index).expect("the index is JSON");
        let cases = index.values().next().expect("one server was tested");
        assert_eq!(cases.len(), CASES);

        let mut codes = BTreeMap::<_, usize>::new();
        for (case, report) in cases {
            for verdict in ["behavior", "behaviorClose"] {
                let verdict = report[verdict].as_str();
                assert!(matches!(verdict, Some("OK" | "NON-STRICT" | "INFORMATIONAL")), "{case}: {report}");
            }
            // A verdict of OK takes a connection that just breaks for an answer to a protocol error. We do not.
            let code = report["remoteCloseCode"].as_u64();
            assert!(code.is_some() || case == WITHOUT_CODE, "{case} saw no close code: {report}");
            *codes.entry(code).or_default() += 1;
        }
        println!("close codes: {codes:?}");
        // What is no UTF-8, and what is no protocol, is told apart.
        assert_eq!(codes.get(&Some(1007)), Some(&77), "{codes:?}");
        assert_eq!(codes.get(&Some(1002)), Some(&44), "{codes:?}");
    }
}
