//! The client at a terminal: lines are edited while the server goes on talking.
#![cfg(unix)]

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use nix::pty::openpty;
use nix::sys::termios::{Termios, tcgetattr};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Message, WebSocket, accept};

const PATIENCE: Duration = Duration::from_secs(20);

/// Ctrl-D.
const END: &str = "\x04";

#[test]
fn a_line_survives_what_the_server_says_meanwhile() {
    let (listener, url) = listen();
    let mut terminal = Terminal::start(&url);
    let mut socket = visitor(&listener);
    terminal.wait_for("> ");

    terminal.write("half a");
    terminal.wait_for("half a");
    socket.send(Message::text("by the way")).expect("the client reads");
    terminal.wait_for("by the way");
    // The line is drawn again, below.
    terminal.wait_for("half a");
    terminal.write(" line\r");
    assert_eq!(socket.read().expect("the client writes"), Message::text("half a line"));
}

#[test]
fn the_terminal_is_given_back_when_the_server_closes() {
    let (listener, url) = listen();
    let mut terminal = Terminal::start(&url);
    let mut socket = visitor(&listener);
    terminal.wait_for("> ");
    assert_ne!(terminal.mode(), terminal.before, "the client edits lines by itself");

    terminal.write("never sent");
    terminal.wait_for("never sent");
    socket.send(Message::text("that was it")).expect("the client reads");
    let close = CloseFrame { code: 4001.into(), reason: "closing time".into() };
    socket.close(Some(close)).expect("the client reads");
    while socket.read().is_ok() {}
    drop(socket);

    terminal.wait_for("that was it");
    terminal.wait_for("closed: 4001: closing time");
    assert_eq!(terminal.client.wait().expect("it was started").code(), Some(3));
    assert_eq!(terminal.mode(), terminal.before);
}

#[test]
fn the_end_of_the_input_closes() {
    let (listener, url) = listen();
    let mut terminal = Terminal::start(&url);
    let mut socket = visitor(&listener);
    terminal.wait_for("> ");

    terminal.write(END);
    let close = CloseFrame { code: 1000.into(), reason: "".into() };
    assert_eq!(socket.read().expect("the client writes"), Message::Close(Some(close)));
    while socket.read().is_ok() {}
    drop(socket);

    terminal.wait_for("closed by you");
    assert_eq!(terminal.client.wait().expect("it was started").code(), Some(0));
    assert_eq!(terminal.mode(), terminal.before);
}

#[test]
fn one_can_leave_a_server_that_does_not_come_back() {
    let (listener, url) = listen();
    let mut terminal = Terminal::start(&url);
    let socket = visitor(&listener);
    terminal.wait_for("> ");
    drop(socket);
    terminal.wait_for("the connection is lost: ");
    terminal.wait_for("; trying again");

    terminal.write("anybody there?\r");
    terminal.wait_for("not connected: this was not sent");
    // Between two lines the terminal reads keys in its own way.
    terminal.wait_for("> ");
    terminal.write(END);
    terminal.wait_for("closed by you");
    assert_eq!(terminal.client.wait().expect("it was started").code(), Some(0));
    assert_eq!(terminal.mode(), terminal.before);
}

fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("ws://{}", listener.local_addr().expect("it is bound"));
    (listener, url)
}

/// The client, as its server sees it.
fn visitor(listener: &TcpListener) -> WebSocket<TcpStream> {
    let (sender, accepted) = mpsc::channel();
    let listener = listener.try_clone().expect("a file descriptor is free");
    thread::spawn(move || sender.send(listener.accept()));
    let accepted = accepted.recv_timeout(PATIENCE).expect("the client does not connect");
    let (stream, _) = accepted.expect("the client connects");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out that is not zero");
    accept(stream).expect("the client asks for a WebSocket")
}

/// The client, as the person before it sees it.
struct Terminal {
    client: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// What is on the screen and has not been waited for.
    seen: String,
    /// The mode of the terminal before the client was started.
    before: Termios,
}

impl Terminal {
    fn start(url: &str) -> Self {
        let pty = openpty(None, None).expect("the system has pseudo-terminals");
        let before = tcgetattr(&pty.master).expect("it is a terminal");
        let duplicate = || pty.slave.try_clone().expect("a file descriptor is free");
        let client = Command::new(env!("CARGO_BIN_EXE_chat"))
            .arg(url)
            .env("TERM", "xterm")
            .env("NO_COLOR", "1")
            .stdin(duplicate())
            .stdout(duplicate())
            .stderr(duplicate())
            .spawn()
            .expect("the client starts");
        let keyboard = File::from(pty.master);
        let (sender, screen) = mpsc::channel();
        let output = keyboard.try_clone().expect("a file descriptor is free");
        thread::spawn(move || read(output, &sender));
        Terminal { client, keyboard, screen, seen: String::new(), before }
    }

    fn write(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// Waits until `text` is shown, after everything that was waited for before.
    fn wait_for(&mut self, text: &str) {
        loop {
            if let Some(at) = self.seen.find(text) {
                self.seen.drain(..at + text.len());
                return;
            }
            let more = self.screen.recv_timeout(PATIENCE);
            let more = more.unwrap_or_else(|_| panic!("{text:?} is not shown, only {:?}", self.seen));
            self.seen.push_str(&String::from_utf8_lossy(&more));
        }
    }

    fn mode(&self) -> Termios {
        tcgetattr(&self.keyboard).expect("it is a terminal")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Where this fails it has ended, as it should.
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}

fn read(mut output: File, screen: &Sender<Vec<u8>>) {
    let mut bytes = [0; 1024];
    while let Ok(count @ 1..) = output.read(&mut bytes) {
        if screen.send(bytes[..count].to_vec()).is_err() {
            return;
        }
    }
}
