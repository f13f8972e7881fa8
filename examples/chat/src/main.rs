//! A terminal client for WebSockets: `cargo run --bin chat -- ws://127.0.0.1:8080/introduce`.
//!
//! It knows nothing of converse, only the protocol, so that what it shows is what any client would see.

mod arguments;
mod backoff;
mod connect;
mod cookies;
mod editor;
mod input;
mod line;
mod pace;
mod screen;
mod stay;
mod talk;
mod terminal;

use std::process::ExitCode;

use arguments::{Arguments, Request};
use connect::Server;
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
    let mut server = Server::new(url.clone());
    let socket = server.open().await.map_err(|unopened| unopened.why)?;
    let (editor, input) = match Editor::open() {
        Some((editor, input)) => (Some(editor), input),
        None => (None, Input::script(patience)),
    };
    let mut screen = Screen::new(editor);
    if !input.is_script() {
        screen.note(&format!("connected to {url}: /help lists the commands, Ctrl-D leaves"));
    }
    let ending = stay::stay(server, socket, input, &mut screen).await;
    screen.ended(&ending);
    Ok(ending.exit_code())
}

fn fail(error: &str, code: u8) -> ExitCode {
    eprintln!("chat: {error}");
    ExitCode::from(code)
}
