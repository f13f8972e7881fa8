//! Programs with conversations in them: written down, compiled by rustc with the libraries that this test was compiled
//! with, and run.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use crate::source;
use crate::transcript::{Input, Then, Turn};
use crate::tree::Program;

/// More than any conversation needs for its script.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program that was compiled.
pub(crate) struct Compiled(PathBuf);

/// The text of a program.
pub(crate) fn text(conversations: &[&Program]) -> String {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/equivalence");
    let mut text = format!(
        "#![allow(warnings)]\n#[path = \"{here}/transcript.rs\"]\nmod transcript;\n#[path = \"{here}/driver.rs\"]\n\
         mod driver;\n{}\n",
        include_str!("around.rs")
    );
    for (number, program) in conversations.iter().enumerate() {
        text.push_str(&format!(
            "mod c{number} {{\nuse super::*;\n\n{}pub fn hold(script: &[Input]) -> Vec<Turn> {{\n\
             driver::hold({}, script)\n}}\n}}\n\n",
            source::conversations(&program.conversation),
            source::start(program)
        ));
    }
    let all: Vec<String> = (0..conversations.len()).map(|number| format!("c{number}::hold")).collect();
    text.push_str(&format!("fn main() {{\ndriver::serve(&[{}]);\n}}\n", all.join(", ")));
    text
}

/// Compiles a program; what the compiler says if it refuses it.
pub(crate) fn compile(name: &str, conversations: &[&Program]) -> Result<Compiled, String> {
    rustc(name, conversations, "link").map(Compiled)
}

/// What the compiler says if it refuses the conversations.
pub(crate) fn check(name: &str, conversations: &[&Program]) -> Result<(), String> {
    rustc(name, conversations, "metadata").map(|_| ())
}

fn rustc(name: &str, conversations: &[&Program], emit: &str) -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("equivalence");
    fs::create_dir_all(&folder).expect("the target directory can be written to");
    let (file, program) = (folder.join(format!("{name}.rs")), folder.join(name));
    fs::write(&file, text(conversations)).expect("the target directory can be written to");
    let libraries = libraries();
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--edition=2024", "--color=never", "-Copt-level=0", "-Cdebuginfo=0"])
        // Where it puts what it leaves behind when it is killed, too.
        .arg(format!("--out-dir={}", folder.display()))
        .arg(format!("--emit={emit}={}", program.display()))
        .args(libraries.iter().map(|(name, file)| format!("--extern={name}={}", file.display())))
        .args(libraries.iter().filter_map(|(_, file)| Some(format!("-Ldependency={}", file.parent()?.display()))))
        .arg(&file)
        .output()
        .expect("rustc can be run");
    match output.status.success() {
        true => Ok(program),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// The libraries of the programs, which are those of this test.
fn libraries() -> &'static [(String, PathBuf)] {
    static LIBRARIES: OnceLock<Vec<(String, PathBuf)>> = OnceLock::new();
    LIBRARIES.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--offline", "--quiet", "--message-format=json", "--package=converse-tests"]);
        cargo.arg("--test=equivalence").args((!cfg!(debug_assertions)).then_some("--release"));
        let output = cargo.stderr(Stdio::inherit()).output().expect("cargo can be run");
        assert!(output.status.success(), "this test cannot be built again");
        let messages = output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
        let libraries = messages.filter_map(|message: serde_json::Value| {
            let name = message["target"]["name"].as_str()?;
            let mut files = message["filenames"].as_array()?.iter().filter_map(|file| file.as_str());
            let file = files.rfind(|file| file.ends_with(".rlib"))?;
            ["axum", "converse", "serde", "serde_json"].contains(&name).then(|| (name.to_owned(), PathBuf::from(file)))
        });
        libraries.collect()
    })
}

impl Compiled {
    /// Holds conversations, each by its number, with their scripts.
    pub(crate) fn hold(&self, cases: &[(usize, &[Input])]) -> Vec<Vec<Turn>> {
        let mut all = Vec::new();
        while all.len() < cases.len() {
            let running = Running::start(&self.0, &cases[all.len()..]);
            while all.len() < cases.len() {
                match running.answer() {
                    Ok(turns) => all.push(turns),
                    Err(why) => {
                        // This one is lost; another process goes on with the next.
                        all.push(vec![Turn { said: Vec::new(), then: Then::Fails(why) }]);
                        break;
                    }
                }
            }
            running.stop();
        }
        all
    }
}

/// A program under way.
struct Running {
    process: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(program: &Path, cases: &[(usize, &[Input])]) -> Running {
        let mut process = Command::new(program);
        let process = process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut process = process.spawn().expect("it was just compiled");
        let (mut stdin, stdout) = (process.stdin.take().expect("piped"), process.stdout.take().expect("piped"));
        let cases: String =
            cases.iter().map(|case| serde_json::to_string(case).expect("a script can be written") + "\n").collect();
        // It may end before it has read everything; that shows in what it answers.
        std::thread::spawn(move || stdin.write_all(cases.as_bytes()));
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Running { process, lines }
    }

    fn answer(&self) -> Result<Vec<Turn>, String> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => serde_json::from_str(&line).map_err(|error| format!("{line}: {error}")),
            Err(RecvTimeoutError::Timeout) => Err("it runs for ever".to_owned()),
            Err(RecvTimeoutError::Disconnected) => Err("its process ends".to_owned()),
        }
    }

    fn stop(mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        self.process.wait().expect("it was started here");
    }
}
