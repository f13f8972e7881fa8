//! How many instructions our server takes, by callgrind. They are those of a build for tests, with all features that a workspace's
//! tests have together: several times what a release takes, and there to be compared with what they were.

use std::process::Command;

/// What may be counted of each, in the order in which it is.
const LIMITS: [(&str, u64); 4] =
    [("a message", 33_600), ("a message of 32", 11_400), ("a visit", 495_000), ("a dialogue", 1_157_000)];

mod valgrind {
    use super::*;

    #[test]
    #[ignore = "valgrind counts them: `cargo xtask test`"]
    fn nothing_takes_more_instructions_than_it_did() {
        let counted = Command::new(env!("CARGO_BIN_EXE_wire")).arg("instructions").output().expect("it can be run");
        assert!(counted.status.success(), "{}", String::from_utf8_lossy(&counted.stderr));
        let counted = String::from_utf8(counted.stdout).expect("it is text");
        assert_eq!(counted.lines().count(), LIMITS.len(), "{counted}");
        for (line, (what, limit)) in counted.lines().zip(LIMITS) {
            println!("{line}, and {limit} may be");
            let count = line.strip_prefix(what).and_then(|line| line.strip_prefix(": ")?.parse::<u64>().ok());
            assert!(count.is_some_and(|count| count <= limit), "{line}: {limit} may be");
        }
    }
}
