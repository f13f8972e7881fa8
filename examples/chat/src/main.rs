//! A terminal client for WebSockets: `cargo run --bin chat -- ws://127.0.0.1:8080/introduce`.
//!
//! It knows nothing of converse, only the protocol, so that what it shows is what any client would see.

mod arguments;
mod connect;
mod editor;
mod input;
mod line;
mod pace;
mod screen;
mod talk;
mod terminal;

use std::process::ExitCode;

use arguments::{Arguments, Request};
use editor::Editor;
use input::Input;
use screen::Screen;

/// The command line is wrong.
const USAGE: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    match arguments::parse(std::env::args().skip(1)) {
        Ok(Request::Help) => {
            println!("{}", arguments::HELP);
            ExitCode::SUCCESS
        }
        Ok(Request::Talk(arguments)) => match talk(arguments).await {
            Ok(code) => code,
            Err(error) => fail(&error, 1),
        },
        Err(error) => fail(&format!("{error}\n\n{}", arguments::USAGE), USAGE),
    }
}

async fn talk(Arguments { url, patience }: Arguments) -> Result<ExitCode, String> {
    let socket = connect::connect(&url).await?;
    let (editor, input) = match Editor::open() {
        Some((editor, input)) => (Some(editor), input),
        None => (None, Input::script(patience)),
    };
    let mut screen = Screen::new(editor);
    if !input.is_script() {
        screen.note(&format!("connected to {url}: /help lists the commands, Ctrl-D leaves"));
    }
    let ending = talk::talk(socket, input, &mut screen).await;
    screen.ended(&ending);
    Ok(ending.exit_code())
}

fn fail(error: &str, code: u8) -> ExitCode {
    eprintln!("chat: {error}");
    ExitCode::from(code)
}
