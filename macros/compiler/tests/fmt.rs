//! `converse fmt`: pairs of files that a person has read, and what holds for every conversation in the repository.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The `.rs` files of a folder.
fn sources(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(here().join(folder)).expect("a folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    files
}

fn converse(arguments: &[&str], folder: &Path, input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_converse"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("written");
    child.wait_with_output().expect("an end")
}

/// The text laid out, and what was said about it.
fn formatted(text: &str) -> (String, String) {
    let output = converse(&["fmt", "-"], here(), text);
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr))
}

/// A conversation of the corpus, which stands there without the macro around it.
fn invocation(path: &Path) -> String {
    format!("conversation! {{\n{}}}\n", fs::read_to_string(path).expect("a source"))
}

/// A folder of its own for a test.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("target")).expect("a folder");
    fs::create_dir_all(folder.join(".hidden")).expect("a folder");
    folder
}

#[test]
fn each_file_becomes_what_was_reviewed_and_stays_it() {
    let bless = std::env::var_os("CONVERSE_FMT").is_some_and(|value| value == "overwrite");
    let mut pairs = 0;
    for path in sources("tests/fmt") {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let Some(name) = name.strip_suffix(".in.rs") else { continue };
        let (out, said) = formatted(&fs::read_to_string(&path).expect("a source"));
        let said = said.replace("<stdin>", name);
        for (file, found) in [(format!("{name}.out.rs"), &out), (format!("{name}.stderr"), &said)] {
            let file = path.with_file_name(&file);
            if bless && (!found.is_empty() || file.exists()) {
                fs::write(&file, found).expect("written");
            }
            let expected = fs::read_to_string(&file).unwrap_or_default();
            assert_eq!(*found, expected, "{}: if that is better, run with CONVERSE_FMT=overwrite", file.display());
        }
        assert_eq!(formatted(&out).0, out, "{name} changes again");
        pairs += 1;
    }
    assert!(pairs >= 12, "{pairs} pairs");
}

#[test]
fn every_conversation_is_laid_out_once_and_for_all() {
    let mut texts: Vec<(PathBuf, String)> =
        sources("tests/corpus").into_iter().map(|path| (path.clone(), invocation(&path))).collect();
    for folder in ["../../examples/introduction/src", "../../tests/language"] {
        let files = sources(folder).into_iter();
        texts.extend(files.map(|path| (path.clone(), fs::read_to_string(&path).expect("a source"))));
    }
    for (path, text) in texts {
        let (once, said) = formatted(&text);
        assert_eq!(said, "", "{}", path.display());
        assert_eq!(formatted(&once).0, once, "{} changes again", path.display());
    }
}

/// White space between tokens says nothing, so it may not show.
#[test]
fn white_space_makes_no_difference() {
    for path in sources("tests/corpus") {
        let text = invocation(&path);
        let (expected, _) = formatted(&text);
        for seed in 1..=5 {
            let changed = shaken(&text, seed);
            let (found, said) = formatted(&changed);
            assert_eq!(said, "", "{changed}");
            assert_eq!(body(&found), body(&expected), "{} with {seed}:\n{changed}", path.display());
        }
    }
}

/// What stands in the braces; what stands around them is nobody's business.
fn body(text: &str) -> Option<&str> {
    text.get(text.find('{')?..=text.rfind('}')?)
}

/// The text with other white space, outside of strings and documentation.
fn shaken(text: &str, mut seed: u64) -> String {
    let mut out = String::new();
    let mut quoted = false;
    for line in text.lines() {
        if line.trim_start().starts_with("///") {
            out.push_str(&format!("\n{line}\n"));
            continue;
        }
        for character in line.chars().chain([' ']) {
            quoted ^= character == '"';
            if quoted || character != ' ' {
                out.push(character);
                continue;
            }
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            // A second break would be a blank line, which is left standing.
            let broken = out.trim_end_matches([' ', '\t']).ends_with('\n');
            out.push_str([" ", "  ", "\t", "\n"][if broken { seed % 3 } else { seed % 4 } as usize]);
        }
    }
    out
}

#[test]
fn a_check_changes_nothing_and_shows_where() {
    let folder = scratch("check");
    let (bad, good) = ("fn f( ) {}\n\nconversation! {\n    A { say  \"x\"; }\n}\n", "fn f( ) {}\n");
    for (file, text) in [("bad.rs", bad), ("good.rs", good), ("target/no.rs", bad), (".hidden/no.rs", bad)] {
        fs::write(folder.join(file), text).expect("written");
    }
    let output = converse(&["fmt", "--check"], &folder, "");
    assert_eq!(output.status.code(), Some(1));
    let expected = "bad.rs:4: not laid out\n-    A { say  \"x\"; }\n+    A {\n+        say \"x\";\n+    }\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    assert_eq!(fs::read_to_string(folder.join("bad.rs")).expect("there"), bad);

    assert!(converse(&["fmt", "bad.rs", "good.rs"], &folder, "").status.success());
    let after = fs::read_to_string(folder.join("bad.rs")).expect("there");
    assert_eq!(after, "fn f( ) {}\n\nconversation! {\n    A {\n        say \"x\";\n    }\n}\n");
    assert_eq!(fs::read_to_string(folder.join("target/no.rs")).expect("there"), bad);
    assert!(converse(&["fmt", "--check"], &folder, "").status.success());
}

#[test]
fn mistakes_are_said_with_their_place() {
    let folder = scratch("mistakes");
    fs::write(folder.join("lex.rs"), "fn f() {}\n\"conversation").expect("written");
    fs::write(folder.join("bytes.rs"), [0xff, 0xfe]).expect("written");
    let said = |arguments: &[&str], code: i32| {
        let output = converse(arguments, &folder, "");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(said(&["fmt", "lex.rs"], 1).starts_with("error: lex.rs:2:1: this is not made of Rust's tokens"));
    assert!(said(&["fmt", "bytes.rs"], 1).starts_with("error: bytes.rs: "));
    assert!(said(&["fmt", "missing.rs"], 1).starts_with("error: missing.rs: "));
    assert!(said(&["fmt", "--what"], 2).starts_with("error: there is no option `--what`"));
    assert!(said(&[], 2).starts_with("error: a command is needed"));
}

#[test]
fn a_missing_rustfmt_is_said() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_converse"));
    let file = here().join("tests/fmt/spaces.out.rs");
    let output =
        command.args(["fmt", "--check"]).arg(file).env("RUSTFMT", "not-a-program").output().expect("the program");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: rustfmt is not there: install it"));
}
