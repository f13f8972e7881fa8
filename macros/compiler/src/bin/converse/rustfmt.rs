//! rustfmt, which lays out all that is plain Rust.

use std::env;
use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What rustfmt would do on its own to more than white space.
const KEEP: &str = "reorder_imports=false,merge_derives=false,remove_nested_parens=false,\
                    match_arm_leading_pipes=Preserve,force_explicit_abi=false,newline_style=Unix";

/// The program, and what a folder's `rustfmt.toml` says.
#[derive(Debug)]
pub(crate) struct Rustfmt {
    program: OsString,
    folder: PathBuf,
    /// How long a line may be.
    pub(crate) width: usize,
    /// One level of indentation.
    pub(crate) unit: String,
    /// How many columns that level takes.
    pub(crate) columns: usize,
}

/// Why there is no formatted text.
#[derive(Debug)]
pub(crate) enum Failure {
    /// rustfmt itself is missing, or at odds with its configuration.
    Program(String),
    /// The text is not Rust: what rustfmt says, and the line and the column from 1.
    Syntax { message: String, place: Option<(usize, usize)> },
}

impl Rustfmt {
    /// The rustfmt for the files of `folder`.
    pub(crate) fn new(folder: &Path) -> Result<Rustfmt, String> {
        let program = env::var_os("RUSTFMT").unwrap_or_else(|| "rustfmt".into());
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut rustfmt = Rustfmt { program, folder: folder.to_owned(), width: 100, unit: String::new(), columns: 4 };
        let output = rustfmt.run(&["--print-config", "current", "."], "")?;
        if !output.status.success() {
            return Err(format!("rustfmt does not say its configuration: {}", lossy(&output.stderr)));
        }
        let config = lossy(&output.stdout);
        let option = |name: &str| {
            let mut values = config.lines().filter_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix('='));
            values.next().map(|value| value.trim().to_owned())
        };
        let number = |name: &str, otherwise| option(name).and_then(|value| value.parse().ok()).unwrap_or(otherwise);
        rustfmt.width = number("max_width", 100);
        rustfmt.columns = number("tab_spaces", 4).max(1);
        let tabs = option("hard_tabs").is_some_and(|value| value == "true");
        rustfmt.unit = if tabs { "\t".to_owned() } else { " ".repeat(rustfmt.columns) };
        Ok(rustfmt)
    }

    /// Formats a whole file.
    pub(crate) fn format(&self, text: &str) -> Result<String, Failure> {
        let output = self.run(&["--edition", "2024", "--quiet", "--config", KEEP], text).map_err(Failure::Program)?;
        let formatted = lossy(&output.stdout);
        // It also fails over lines that it could not make short enough, with the text that it made.
        if !formatted.is_empty() {
            return Ok(formatted);
        }
        let said = lossy(&output.stderr);
        let message = said.lines().find_map(|line| line.strip_prefix("error: "));
        let Some(message) = message else { return Err(Failure::Program(format!("rustfmt failed: {said}"))) };
        let place = said.lines().find_map(|line| line.trim_start().strip_prefix("--> ")).and_then(|place| {
            let mut numbers = place.rsplit(':').map(|number| number.trim().parse().ok());
            let (column, line) = (numbers.next()??, numbers.next()??);
            Some((line, column))
        });
        Err(Failure::Syntax { message: message.to_owned(), place })
    }

    fn run(&self, arguments: &[&str], input: &str) -> Result<Output, String> {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(&self.folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let fails = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => "rustfmt is not there: install it with `rustup component add rustfmt`, \
                                    or name it in the variable RUSTFMT"
                .to_owned(),
            _ => format!("rustfmt cannot be run: {error}"),
        };
        let mut child = command.spawn().map_err(fails)?;
        // What it thinks of a broken pipe it says on its own.
        let _ = child.stdin.take().expect("it was asked for").write_all(input.as_bytes());
        child.wait_with_output().map_err(fails)
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
