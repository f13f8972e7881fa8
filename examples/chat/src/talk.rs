//! The conversation over one connection: what the server says is shown, what is typed is sent, until either closes.

use std::process::ExitCode;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::signal::ctrl_c;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::arguments::HELP;
use crate::connect::Socket;
use crate::input::Input;
use crate::line::Line;
use crate::pace::Pace;
use crate::screen::Screen;

/// How long the server has to answer our close.
const CLOSE_PATIENCE: Duration = Duration::from_secs(5);

/// How it ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The server closed.
    Closed(Option<CloseFrame>),
    /// We closed, and the server agreed.
    Left,
    /// Neither did.
    Lost(String),
}

impl Ending {
    pub(crate) fn is_normal(&self) -> bool {
        match self {
            Ending::Closed(Some(close)) => u16::from(close.code) == 1000,
            Ending::Closed(None) | Ending::Left => true,
            Ending::Lost(_) => false,
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            ending if ending.is_normal() => ExitCode::SUCCESS,
            Ending::Lost(_) => ExitCode::from(1),
            _ => ExitCode::from(3),
        }
    }
}

/// How a connection ended that the server may open again.
#[derive(Debug)]
pub(crate) struct Interrupted(pub(crate) Ending);

pub(crate) async fn talk(mut socket: Socket, input: &mut Input, screen: &mut Screen) -> Result<Ending, Interrupted> {
    let mut pace = Pace::new(input.patience);
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(message)) => {
                    if let Some(Closed(close)) = hear(message, &mut socket, screen).await {
                        return closed(close);
                    }
                    pace.heard();
                }
                other => return lost(other),
            },
            line = async { pace.turn().await; input.lines.recv().await } => match line {
                Some(line) => match say(&line, &mut socket, screen).await {
                    Ok(true) => pace.spoke(),
                    Ok(false) => {}
                    Err(Leaving(close)) => return Ok(leave(socket, screen, close).await),
                },
                None if pace.is_over() => return Ok(leave(socket, screen, None).await),
                None => pace.over(),
            },
            _ = ctrl_c(), if input.is_script() => return Ok(leave(socket, screen, None).await),
        }
    }
}

/// The server has closed.
struct Closed(Option<CloseFrame>);

/// Shows a message, or says how it closed the connection.
async fn hear(message: Message, socket: &mut Socket, screen: &mut Screen) -> Option<Closed> {
    match message {
        Message::Text(text) => screen.text(&text),
        Message::Binary(bytes) => screen.binary(&bytes),
        Message::Close(close) => {
            // Reading on sends our half of the closing handshake, and waits for the server to hang up.
            let _ = timeout(CLOSE_PATIENCE, async { while let Some(Ok(_)) = socket.next().await {} }).await;
            return Some(Closed(close));
        }
        // The protocol's own traffic, which tungstenite has answered.
        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
    }
    None
}

/// The line was the last.
struct Leaving(Option<CloseFrame>);

/// Does what a line says; `true` if that was to send something.
async fn say(line: &str, socket: &mut Socket, screen: &mut Screen) -> Result<bool, Leaving> {
    screen.sent(line);
    let message = match Line::read(line) {
        Line::Text(text) => Message::text(text),
        Line::Binary(file) => match std::fs::read(&file) {
            Ok(bytes) => Message::binary(bytes),
            Err(error) => {
                screen.warn(&format!("{}: {error}", file.display()));
                return Ok(false);
            }
        },
        Line::Close { code, reason } => {
            return Err(Leaving(Some(CloseFrame { code: code.into(), reason: reason.into() })));
        }
        Line::Help => {
            let commands = HELP.lines().filter(|line| line.starts_with("  /"));
            commands.for_each(|command| screen.note(command));
            return Ok(false);
        }
        Line::Wrong(why) => {
            screen.warn(&why);
            return Ok(false);
        }
    };
    // Where this fails the socket is over, and reading from it says why.
    Ok(socket.send(message).await.is_ok())
}

/// Closes, and shows what the server still says until it agrees.
async fn leave(mut socket: Socket, screen: &mut Screen, close: Option<CloseFrame>) -> Ending {
    let close = close.unwrap_or(CloseFrame { code: 1000.into(), reason: "".into() });
    let handshake = async {
        // Where this fails the server was faster: what follows tells.
        let _ = socket.close(Some(close)).await;
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => screen.text(&text),
                Some(Ok(Message::Binary(bytes))) => screen.binary(&bytes),
                Some(Ok(_)) => {}
                None | Some(Err(Error::ConnectionClosed)) => return Ending::Left,
                other => return lost(other).unwrap_or_else(|Interrupted(ending)| ending),
            }
        }
    };
    match timeout(CLOSE_PATIENCE, handshake).await {
        Ok(ending) => ending,
        Err(_) => Ending::Lost(format!("the server did not answer our close within {} s", CLOSE_PATIENCE.as_secs())),
    }
}

/// What the server's close means: some codes say that it is not for good (RFC 6455 §7.4.1, and the registry it opened).
fn closed(close: Option<CloseFrame>) -> Result<Ending, Interrupted> {
    let code = close.as_ref().map(|close| u16::from(close.code));
    let ending = Ending::Closed(close);
    match code {
        Some(1001 | 1012 | 1013) => Err(Interrupted(ending)),
        _ => Ok(ending),
    }
}

/// What it means that there will be no more messages: a connection that broke is not for good, a peer that breaks the
/// protocol is.
fn lost(message: Option<Result<Message, Error>>) -> Result<Ending, Interrupted> {
    match message {
        Some(Err(error @ Error::Io(_))) => Err(Interrupted(Ending::Lost(error.to_string()))),
        None | Some(Ok(_) | Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake))) => {
            Err(Interrupted(Ending::Lost("the server hung up without a close".to_owned())))
        }
        Some(Err(error)) => Ok(Ending::Lost(error.to_string())),
    }
}
