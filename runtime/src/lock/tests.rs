//! What the test of a lock says, word for word.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use converse_flow::Flow;

use super::check::check;
use super::samples::{EVENING, LATER_ORDER, ORDER, OTHER_ORDER, VISIT, named};

/// A folder with a lock file in it, or without one.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().expect("there is room"))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("conversations.lock")
    }

    fn check_as(&self, mode: Option<&str>, flows: &[Flow]) -> Result<String, String> {
        let checked = check(self.0.path(), "conversations.lock", flows, mode.map(OsStr::new));
        checked.map(|said| named(&said)).map_err(|why| named(&why))
    }

    /// What the test says when it fails.
    #[track_caller]
    fn fails(&self, flows: &[Flow]) -> String {
        self.check_as(None, flows).expect_err("the test fails")
    }

    /// What is said where the file is written, after which the test passes.
    #[track_caller]
    fn overwrite(&self, flows: &[Flow]) -> String {
        let said = self.check_as(Some("overwrite"), flows).expect("the test passes");
        assert_eq!(self.check_as(None, flows).as_deref(), Ok(""));
        said
    }
}

#[test]
fn the_first_time_the_file_is_written() {
    let folder = Folder::new();
    let expected = "there is no conversations.lock yet, which keeps the forms in which conversations are stored. This \
                    writes it; put it under version control:\n\n    CONVERSE_LOCK=overwrite cargo test\n";
    assert_eq!(folder.fails(&[ORDER]), expected);
    assert!(!folder.file().exists());
    assert_eq!(folder.overwrite(&[VISIT, ORDER]), "conversations.lock has `Visit` and `Order` as they are now.\n");
    assert_eq!(folder.overwrite(&[ORDER, VISIT]), "");
}

#[test]
fn a_change_that_loses_nothing_is_recorded() {
    let folder = Folder::new();
    folder.overwrite(&[ORDER]);
    let expected = "conversations.lock does not have `Order` and `Visit` as they are now. Everything that is stored survives \
                    the change; this records it, to be committed and released with it:\n\n    CONVERSE_LOCK=overwrite cargo test\n";
    assert_eq!(folder.fails(&[LATER_ORDER, VISIT]), expected);
    folder.overwrite(&[LATER_ORDER, VISIT]);
    let text = fs::read_to_string(folder.file()).expect("it is there");
    let schemas: Vec<_> =
        text.lines().filter(|line| line.contains("\"schema\"")).map(|line| named(line.trim())).collect();
    assert_eq!(schemas, [r#""schema": "LATER","#, r#""schema": "ORDER","#, r#""schema": "VISIT","#]);
}

#[test]
fn a_change_that_loses_something_is_refused_until_that_is_accepted() {
    let folder = Folder::new();
    folder.overwrite(&[ORDER, VISIT]);
    folder.overwrite(&[LATER_ORDER, VISIT]);
    let expected = "\
conversations that are stored as conversations.lock has them would not survive:

  Order/count: `after_1: Timer`, the time of an `on after`, is new there, and nothing stored has its value (schema LATER, ORDER)
  Order/count: `price: Option<u32>` is new there, and nothing stored has its value (schema LATER, ORDER)
  Order/count: `table: u8` is new there, and nothing stored has its value (schema LATER)
  Order/count: `dish` is `Dish` now, and was `Option<String>` (schema LATER)
  Order/count: `dish` is `Dish` now, and was `String` (schema ORDER)
  Order/dish: the question is gone (schema LATER, ORDER)
  Order/extra: the question is gone (schema LATER)
  Visit: the conversation is gone

Whoever waits there would begin again. So that they can go on:

  - where a conversation is gone, keep it and its route, and name it in `lock!`
  - where a question has another name, write `#[was = \"old\"]` at it; where it is gone, write `on outdated \"old\" => goto other;` \
or `migrate function` at the head of the body
  - where a type is another one, keep the old one, and convert the value after the question
  - where a variable is new, write `#[default(value)]` at it, or give it its value after the question; where it has another \
name, write `#[was = \"old\"]`

Or accept the loss:

    CONVERSE_LOCK=overwrite cargo test
";
    assert_eq!(folder.fails(&[OTHER_ORDER]), expected);
    let said = folder.overwrite(&[OTHER_ORDER]);
    let (recorded, lost) = said.split_once("\n").expect("two things are said");
    assert_eq!(recorded, "conversations.lock has `Order` as it is now.");
    let (_, lines) = expected.split_once("\n\n").expect("an empty line");
    let (lines, _) = lines.split_once("\nWhoever").expect("an empty line");
    let expected =
        "conversations.lock no longer has what this build cannot read. Whoever waits there begins again:\n\n";
    assert_eq!(lost, format!("{expected}{lines}"));
}

#[test]
fn only_what_helps_is_recommended() {
    let folder = Folder::new();
    folder.overwrite(&[ORDER, VISIT]);
    let expected = "\
conversations that are stored as conversations.lock has them would not survive:

  Visit: the conversation is gone

Whoever waits there would begin again. So that they can go on:

  - where a conversation is gone, keep it and its route, and name it in `lock!`

Or accept the loss:

    CONVERSE_LOCK=overwrite cargo test
";
    assert_eq!(folder.fails(&[ORDER]), expected);
}

#[test]
fn what_is_no_lock_is_left_alone() {
    let folder = Folder::new();
    fs::write(folder.file(), "{\n<<<<<<< HEAD\n").expect("there is room");
    let expected = "conversations.lock is broken: key must be a string at line 2 column 1. It is all that is known of what \
                    was released: take it from the last commit or, in a merge, from the branch that releases are made of";
    assert_eq!(folder.fails(&[ORDER]), expected);
    assert_eq!(folder.check_as(Some("overwrite"), &[ORDER]).expect_err("nothing is lost"), expected);
    assert_eq!(fs::read_to_string(folder.file()).expect("it is there"), "{\n<<<<<<< HEAD\n");
}

#[test]
fn a_mistake_in_the_list_is_told_whatever_the_file_says() {
    let folder = Folder::new();
    let expected = "`Evening` runs `Order` at `order`, and is stored with it: name `Order`, too";
    assert_eq!(folder.fails(&[EVENING]), expected);
    assert_eq!(folder.check_as(Some("overwrite"), &[EVENING]).expect_err("nothing is written"), expected);
    assert!(!folder.file().exists());
}

#[test]
fn there_is_one_mode() {
    let folder = Folder::new();
    let expected = "CONVERSE_LOCK is `yes`; it can be `overwrite`, which writes conversations.lock, or not be set";
    assert_eq!(folder.check_as(Some("yes"), &[ORDER]).expect_err("it is not known"), expected);
    assert!(folder.check_as(Some(""), &[ORDER]).is_err());
}

#[test]
fn a_file_that_cannot_be_read_or_written_is_named() {
    let folder = Folder::new();
    fs::create_dir(folder.file()).expect("there is room");
    assert!(folder.fails(&[ORDER]).starts_with("conversations.lock cannot be read: "));
    let nowhere = check(&folder.file(), "no/lock", &[ORDER], Some(OsStr::new("overwrite")));
    assert!(nowhere.expect_err("there is no folder").starts_with("no/lock cannot be written: "));
}
