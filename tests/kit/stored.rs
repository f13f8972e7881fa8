//! What builds before have stored.

use converse::prelude::*;
use converse::testing::dialogue;

use crate::bugs::failure;

/// As it was released first, which wrote one of the files.
mod first {
    use super::*;

    conversation! {
        /// Asks how somebody can be reached.
        pub(crate) Contact {
            on silence 3d => return;
            let name: String = ask "Your name?"
                where !name.is_empty() else retry;
            let phone: u32 = ask "Your number, {name}?";
            let fax: u32 = ask "And your fax, beside {phone}?";
            say "{name}: {phone}, {fax}.";
        }
    }
}

/// As it is now.
mod now {
    use super::*;

    conversation! {
        /// Asks how somebody can be reached.
        pub(crate) Contact {
            on outdated "fax" => goto done;
            on silence 3d => return;
            let name: String = ask "Your name?"
                where !name.is_empty() else retry;
            #[was = "phone"]
            let mobile: u64 = ask "Your number, {name}?";
            #[default("by day".to_owned())]
            let time: String = ask "When can you be reached, by {mobile}?";
            let done: bool = ask "{name}, {mobile}, {time}. Is that right?";
            say "{done}";
        }
    }
}

/// As it must not be released.
mod next {
    use super::*;

    conversation! {
        /// Asks how somebody can be reached.
        pub(crate) Contact {
            let name: String = ask "Your name?";
            let address: String = ask "Your address, {name}?";
            say "{name}, {address}.";
        }
    }
}

const FILES: &str = "kit/stored";

#[test]
fn what_was_stored_before_goes_on() {
    dialogue(|| now::Contact).check_stored(FILES);
}

#[test]
fn what_does_not_go_on_is_told() {
    let report = failure(|| dialogue(|| next::Contact).check_stored(FILES));
    let (_, rest) = report.split_once(": ").expect("it begins with the place");
    assert!(rest.starts_with("kit/stored/contact-"), "{report}");
    assert!(
        rest.contains(
            ".json: Contact does not go on at `fax`: who comes back is told `This conversation has changed since. It begins again. Your \
             name?`\n\nWhoever waits there begins again. `#[was = \"…\"]`"
        ),
        "{report}"
    );
}

#[test]
fn a_form_that_is_not_recorded_is_told() {
    let report = failure(|| dialogue(|| first::Contact).check_stored("kit/nothing"));
    assert!(
        report.ends_with(
            "kit/nothing does not have Contact as this build stores it. This records it, to be committed and released with \
             it:\n\n    CONVERSE_LOCK=overwrite cargo test\n"
        ),
        "{report}"
    );
}

#[test]
fn a_file_that_is_broken_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("contact-1.json"), "{").expect("it can be written");
    let path = folder.path().to_owned();
    let report = failure(move || dialogue(|| now::Contact).check_stored(path));
    assert!(report.contains("contact-1.json is broken: EOF while parsing"), "{report}");
    let other = r#"{"conversation": "Contact", "schema": "9b8d49df47168a0b3fcb0f724d6c5113", "stored": {"name": {"done": -1}}}"#;
    std::fs::write(folder.path().join("contact-1.json"), other).expect("it can be written");
    let path = folder.path().to_owned();
    let report = failure(move || dialogue(|| now::Contact).check_stored(path));
    assert!(report.contains("contact-1.json: Contact does not go on at `name`: invalid value"), "{report}");
}
