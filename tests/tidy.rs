//! The repository's own rules, for whatever git tracks.

// Included for its diagram and its text.
#[path = "../examples/introduction/src/main.rs"]
#[allow(dead_code, unreachable_pub)]
mod introduction;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use converse::Conversation;

/// Above this a file of ours holds more than one idea.
const LINES: usize = 470;

#[test]
fn the_changelog_knows_the_version() {
    let version = env!("CARGO_PKG_VERSION");
    let changelog = text("CHANGELOG.md");
    let heading = |line: &str| line.starts_with(&format!("## [{version}]"));
    assert!(changelog.lines().any(heading), "CHANGELOG.md has no heading for {version}");
}

#[test]
fn every_version_stands_in_the_workspace_alone() {
    for manifest in manifests() {
        for line in text(&manifest).lines() {
            let is_version = line.contains("version = \"") || line.ends_with('"') && line.contains(" = \"=");
            assert!(!is_version, "{manifest}: `{line}` belongs into the workspace's Cargo.toml");
        }
    }
    let root = text("Cargo.toml");
    let compiled = ["converse", "converse-compiler", "converse-flow", "converse-macros"];
    for member in compiled.into_iter().chain(["converse-conformance", "converse-sqlite"]) {
        let pin = format!("version = \"={}\"", env!("CARGO_PKG_VERSION"));
        let line = root.lines().find(|line| line.starts_with(&format!("{member} = ")));
        assert!(line.is_some_and(|line| line.contains(&pin)), "{member} is not pinned by {pin}");
    }
}

#[test]
fn every_crate_inherits_the_lints() {
    for manifest in manifests() {
        assert!(text(&manifest).contains("[lints]\nworkspace = true"), "{manifest} does not inherit the lints");
    }
}

#[test]
fn the_vocabulary_depends_on_nothing() {
    assert_eq!(dependencies("runtime/flow/Cargo.toml"), [""; 0]);
}

#[test]
fn the_compiler_knows_no_runtime() {
    let compiler = dependencies("macros/compiler/Cargo.toml");
    for runtime in ["axum", "converse", "hyper", "tokio"] {
        assert!(!compiler.iter().any(|name| name == runtime), "converse-compiler depends on {runtime}");
    }
    assert_eq!(dependencies("macros/Cargo.toml"), ["converse-compiler"]);
}

#[test]
fn no_source_file_is_long() {
    for file in tracked() {
        if file.ends_with(".rs") {
            let lines = text(&file).lines().count();
            assert!(lines <= LINES, "{file} has {lines} lines, and {LINES} are a lot: split it");
        }
    }
}

#[test]
fn the_map_shows_every_file() {
    let (map, files) = (text("ARCHITECTURE.md"), tracked());
    let stores = ["runtime/stores/conformance/src/", "runtime/stores/sqlite/src/"];
    for folder in ["macros/compiler/src/", "runtime/flow/src/", "runtime/src/"].into_iter().chain(stores) {
        let (_, section) = map.split_once(&format!("### `{folder}`\n")).expect("a section for each of the crates");
        let section = section.split("\n### ").next().unwrap_or_default();
        let first_column = section.lines().filter_map(|line| line.split('|').nth(1));
        let mut shown: Vec<&str> = first_column.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
        let mut there: Vec<&str> = files.iter().filter_map(|file| file.strip_prefix(folder)).collect();
        shown.sort_unstable();
        there.sort_unstable();
        assert_eq!(shown, there, "ARCHITECTURE.md shows {folder} as it is not");
    }
}

#[test]
fn every_refused_program_has_its_words_and_the_reverse() {
    let files = tracked();
    let mut programs = 0;
    for file in files
        .iter()
        .filter(|file| file.starts_with("tests/diagnostics/ui/") && !file.starts_with("tests/diagnostics/ui/pass/"))
    {
        let other = match file.rsplit_once('.') {
            Some((name, "rs")) => format!("{name}.stderr"),
            Some((name, "stderr")) => format!("{name}.rs"),
            _ => panic!("{file} is neither a program nor what is said of it"),
        };
        assert!(files.contains(&other), "{file} stands there without {other}");
        programs += 1;
    }
    assert!(programs > 0, "tests/diagnostics/ui is empty");
}

#[test]
fn the_explained_errors_are_those_of_the_compiler() {
    let said: String = tracked().iter().filter(|file| file.ends_with(".stderr")).map(|file| text(file)).collect();
    let explained = text("docs/errors.md");
    let mut headings = explained.lines().filter_map(|line| line.strip_prefix("### ")).peekable();
    assert!(headings.peek().is_some(), "docs/errors.md explains nothing");
    for heading in headings {
        assert!(said.contains(heading), "docs/errors.md explains what nothing says: {heading}");
    }
}

#[test]
fn the_compiler_s_errors_are_explained() {
    // Rust's own, and its parser's.
    const OTHERS: [&str; 6] = ["1 positional", "expected one of", "function", "future", "literal", "unused"];
    let unnamed = |line: &str| line.split('`').step_by(2).collect::<Vec<_>>().join("`…`");
    let explained = text("docs/errors.md");
    let headings: Vec<_> = explained.lines().filter_map(|line| line.strip_prefix("### ")).map(unnamed).collect();
    for file in tracked().iter().filter(|file| file.starts_with("tests/diagnostics/ui/") && file.ends_with(".stderr")) {
        for error in text(file).lines().filter_map(|line| line.strip_prefix("error: ")) {
            let is_explained = headings.iter().any(|heading| unnamed(error).starts_with(heading));
            let is_ours = !OTHERS.iter().any(|other| error.starts_with(other));
            assert!(is_explained || !is_ours, "docs/errors.md does not explain what {file} shows: {error}");
        }
    }
}

#[test]
fn some_words_appear_nowhere() {
    // Put together here, so that this file may be looked at, too.
    let left_undone = [["TO", "DO"], ["FIX", "ME"], ["XX", "X"]].map(|word| word.concat());
    // A mirror is configured outside, and one that is written down goes where the reader cannot.
    let hosts =
        [["pypi", "org"], ["pythonhosted", "org"], ["npmjs", "org"], ["static.crates", "io"], ["deb.debian", "org"]];
    let hosts = hosts.map(|host| host.join("."));
    let places = [["/ro", "ot/"], ["/wo", "rk/"], ["/ho", "me/"]].map(|place| place.concat());
    for file in tracked() {
        let text = text(&file);
        for word in left_undone.iter().chain(&hosts).chain(&places) {
            if let Some(line) = text.lines().position(|line| line.contains(word.as_str())) {
                panic!("{file}:{}: `{word}`", line + 1);
            }
        }
    }
}

#[test]
fn the_readme_shows_the_example() {
    let program = text("examples/introduction/src/main.rs");
    let (_, program) = program.split_once("\n\n").expect("the example begins with its documentation");
    assert!(text("README.md").contains(program), "README.md differs from examples/introduction/src/main.rs");
}

#[test]
fn the_readme_names_what_the_example_depends_on() {
    let readme = text("README.md");
    let (_, shown) = readme.split_once("```toml\n[dependencies]\n").expect("README.md has dependencies");
    let (example, workspace) = (text("examples/introduction/Cargo.toml"), text("Cargo.toml"));
    let named = |text: &str, name: &str| {
        let is_it = |line: &&str| line.starts_with(name) && line[name.len()..].starts_with([' ', '.']);
        text.lines().find(is_it).unwrap_or_else(|| panic!("`{name}` is missing")).to_owned()
    };
    let quoted =
        |line: &str, key: &str| line.split_once(key).and_then(|(_, rest)| Some(rest.split('"').nth(1)?.to_owned()));
    let features = |line: &str| line.split_once("features = ").map(|(_, features)| features.to_owned());
    let names = dependencies("examples/introduction/Cargo.toml");
    assert_eq!(shown.lines().position(|line| line == "```"), Some(names.len()), "README.md has others than {names:?}");
    for name in names {
        let (shown, example, workspace) = (named(shown, &name), named(&example, &name), named(&workspace, &name));
        assert_eq!(features(&shown), features(&example), "{shown}");
        match quoted(&workspace, "path = ") {
            Some(path) => assert_eq!(quoted(&shown, "path = "), Some(format!("../converse/{path}")), "{shown}"),
            None => assert_eq!(quoted(&shown, "version = "), quoted(&workspace, " = "), "{shown}"),
        }
    }
}

#[test]
fn the_readme_shows_the_example_s_diagram() {
    let diagram = format!("```mermaid\n{}```\n", introduction::Introduction::FLOW.to_mermaid());
    assert!(text("README.md").contains(&diagram), "README.md has another diagram than\n{diagram}");
}

#[test]
fn the_commands_of_the_readme_exist() {
    let readme = text("README.md");
    let after =
        |prefix: &'static str| readme.split(prefix).skip(1).filter_map(|rest| rest.split([' ', '\n', '`']).next());
    let manifests: String = manifests().iter().map(|manifest| text(manifest)).collect();
    let (mut programs, mut commands) = (0, 0);
    for program in after("cargo run --bin ") {
        assert!(manifests.contains(&format!("[[bin]]\nname = \"{program}\"\n")), "there is no program `{program}`");
        programs += 1;
    }
    let xtask = text("xtask/src/main.rs");
    for command in after("cargo xtask ") {
        assert!(xtask.contains(&format!("[\"{command}\"] =>")), "there is no command `cargo xtask {command}`");
        assert!(text(".ci/run").contains(&format!("cargo xtask {command}\n")), ".ci/run leaves out `{command}`");
        commands += 1;
    }
    assert!(programs >= 2 && commands >= 1, "README.md names {programs} programs and {commands} commands");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Everything under version control that there is.
fn tracked() -> Vec<String> {
    let output = Command::new("git").arg("ls-files").current_dir(root()).output().expect("git can be run");
    assert!(output.status.success(), "these tests need a git repository: {output:?}");
    let files = String::from_utf8(output.stdout).expect("names of files are UTF-8");
    let files: Vec<_> = files.lines().filter(|file| root().join(file).exists()).map(str::to_owned).collect();
    assert!(!files.is_empty(), "git tracks nothing");
    files
}

/// The manifests of the workspace's members.
fn manifests() -> Vec<String> {
    const OTHERS: [&str; 3] = ["benches/wire/peers/Cargo.toml", "examples/watched/Cargo.toml", "fuzz/Cargo.toml"];
    let is_member = |file: &String| file.ends_with("/Cargo.toml") && !OTHERS.contains(&file.as_str());
    tracked().into_iter().filter(is_member).collect()
}

fn text(file: &str) -> String {
    let bytes = fs::read(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The names under `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> Vec<String> {
    let text = text(manifest);
    let lines = text.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let lines = lines.take_while(|line| !line.starts_with('[')).filter(|line| !line.is_empty());
    lines.map(|line| line.split(['.', ' ', '=']).next().unwrap_or_default().to_owned()).collect()
}
