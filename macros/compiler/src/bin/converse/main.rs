//! `converse fmt`: lays out the bodies of `conversation! { … }`, which rustfmt leaves alone.
//!
//! Words are laid out here, and all that is Rust between them by rustfmt itself: each word is replaced by a name, so that
//! rustfmt sees plain Rust and keeps every comment in it, and is put back afterwards. See `body.rs`.

mod body;
mod check;
mod draft;
mod files;
mod grammar;
mod layout;
mod rustfmt;
mod source;
mod tree;
mod words;

use std::process::ExitCode;

const USAGE: &str = "\
Lays out the bodies of `conversation! { … }`; what stands around them is left to rustfmt.

usage: converse fmt [--check] [PATH…]

  PATH      files, or folders with `.rs` files, without hidden ones and `target`; `-` is the standard input [default: .]
  --check   changes nothing, shows what is to be changed, and fails if anything is";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut paths = Vec::new();
    let mut check = false;
    match arguments.first().map(String::as_str) {
        Some("fmt") => {}
        Some("help" | "-h" | "--help") => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => return usage("a command is needed: `fmt`"),
    }
    for argument in &arguments[1..] {
        match argument.as_str() {
            "--check" => check = true,
            "-h" | "--help" => {
                println!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            option if option.starts_with("--") => return usage(&format!("there is no option `{option}`")),
            path => paths.push(path),
        }
    }
    if paths.is_empty() {
        paths.push(".");
    }
    match files::format(&paths, check) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn usage(mistake: &str) -> ExitCode {
    eprintln!("error: {mistake}\n\n{USAGE}");
    ExitCode::from(2)
}
