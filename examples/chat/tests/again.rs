//! The client whose server goes away: it comes back on its own, with what the server gave it to be known by.

#[path = "../../introduction/src/main.rs"]
#[allow(dead_code, unreachable_pub)]
mod introduction;
#[path = "../../../tests/foreign/lines.rs"]
mod lines;
#[path = "../../../tests/foreign/server.rs"]
mod server;

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use converse::Sessions;
use converse::prelude::*;
use converse_sqlite::Sqlite;
use lines::lines;
use server::Server;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::{COOKIE, SET_COOKIE};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Message, WebSocket, accept_hdr};

const PATIENCE: Duration = Duration::from_secs(20);

#[ws_route("/introduce")]
async fn introduce() -> introduction::Introduction {
    introduction::Introduction
}

/// What the process does that is killed.
#[tokio::test]
#[ignore = "a server for another test, which runs until it is killed"]
async fn serve() {
    if std::env::var_os("CONVERSE_ADDRESS").is_some() {
        let sessions = Sessions::new(Sqlite::open("introduction.db").expect("the file can be opened"));
        converse::serve("127.0.0.1:0", routes![introduce].layer(sessions)).await.expect("it serves");
    }
}

#[test]
fn a_server_that_is_killed_is_come_back_to() {
    let mut command = Command::new(std::env::current_exe().expect("this program is a file"));
    command.args(["--exact", "serve", "--ignored", "--nocapture"]);
    let mut server = Server::run(command);
    let mut chat = Chat::start(&format!("{}/introduce", server.url));
    chat.shows("What is your name?");
    chat.types("Ada");
    chat.shows("> Ada");
    chat.shows("And your age?");

    server.kill_and_start();
    chat.loses_the_connection();
    chat.shows_after_a_while("connected again");
    chat.shows("And your age?");
    chat.types("36");
    chat.shows("> 36");
    chat.shows("You're Ada, and you are 36 old.");
    chat.shows("closed: 1000");
    assert_eq!(chat.ends(), Some(0));
}

#[test]
fn the_last_cookie_goes_back_whenever_the_server_is_gone_for_a_while() {
    let (listener, url) = listen();
    let mut chat = Chat::start(&url);
    assert_eq!(visit(&listener, "a=1; Path=/; HttpOnly").1, None);
    chat.shows("the connection is lost: the server hung up without a close; trying again");
    let ways = [(1001, "going away"), (1012, "service restart"), (1013, "try again later")];
    for (visits, (code, meaning)) in (1..).zip(ways) {
        let (socket, cookie) = visit(&listener, &format!("a={}; Max-Age=60", visits + 1));
        assert_eq!(cookie, Some(format!("a={visits}")));
        chat.shows("connected again");
        close(socket, code);
        chat.shows(&format!("closed: {code} ({meaning}); trying again"));
    }
    let (socket, _) = visit(&listener, "a=5");
    chat.shows("connected again");
    close(socket, 4409);
    chat.shows("closed: 4409 (replaced by another connection)");
    assert_eq!(chat.ends(), Some(3));
}

#[test]
fn who_is_refused_stays_out() {
    let (listener, url) = listen();
    let mut chat = Chat::start(&url);
    drop(visit(&listener, "a=1"));
    chat.shows("the connection is lost: the server hung up without a close; trying again");
    let mut stream = guest(&listener);
    stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").expect("the client reads");
    chat.shows("the connection is lost: the server opened no socket, it answered 403 Forbidden");
    assert_eq!(chat.ends(), Some(1));
}

fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("ws://{}", listener.local_addr().expect("it is bound"));
    (listener, url)
}

/// The client's next connection.
fn guest(listener: &TcpListener) -> TcpStream {
    let (sender, accepted) = mpsc::channel();
    let listener = listener.try_clone().expect("a file descriptor is free");
    thread::spawn(move || sender.send(listener.accept()));
    let accepted = accepted.recv_timeout(PATIENCE).expect("the client does not connect");
    let (stream, _) = accepted.expect("the client connects");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out that is not zero");
    stream
}

/// The client's next socket, and the cookies that it comes with; it is given one more.
fn visit(listener: &TcpListener, give: &str) -> (WebSocket<TcpStream>, Option<String>) {
    let mut came_with = None;
    #[allow(clippy::result_large_err, reason = "tungstenite's type")]
    let socket = accept_hdr(guest(listener), |request: &Request, mut response: Response| {
        came_with = request.headers().get(COOKIE).map(|cookie| cookie.to_str().expect("it is text").to_owned());
        response.headers_mut().insert(SET_COOKIE, HeaderValue::from_str(give).expect("it is text"));
        Ok(response)
    });
    (socket.expect("the client asks for a WebSocket"), came_with)
}

fn close(mut socket: WebSocket<TcpStream>, code: u16) {
    socket.close(Some(CloseFrame { code: code.into(), reason: "".into() })).expect("the client reads");
    let answer = socket.read().expect("the client answers");
    assert!(matches!(answer, Message::Close(_)), "{answer}");
    while socket.read().is_ok() {}
}

/// The client, whose script is written as it goes.
struct Chat {
    client: Child,
    script: ChildStdin,
    shown: mpsc::Receiver<String>,
}

impl Chat {
    fn start(url: &str) -> Self {
        let mut client = Command::new(env!("CARGO_BIN_EXE_chat"))
            .args(["--patience", "20", url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the client starts");
        let script = client.stdin.take().expect("its standard input is a pipe");
        let shown = lines(client.stdout.take().expect("its standard output is a pipe"));
        Chat { client, script, shown }
    }

    fn types(&mut self, line: &str) {
        writeln!(self.script, "{line}").expect("the client reads its script");
    }

    #[track_caller]
    fn shows(&self, line: &str) {
        assert_eq!(self.shown.recv_timeout(PATIENCE).as_deref(), Ok(line));
    }

    /// Whether it is a reset or an end depends on what the server has read when it dies.
    #[track_caller]
    fn loses_the_connection(&self) {
        let shown = self.shown.recv_timeout(PATIENCE).expect("it goes on");
        assert!(shown.starts_with("the connection is lost: ") && shown.ends_with("; trying again"), "{shown}");
    }

    /// It may have to tell first that nobody is there.
    #[track_caller]
    fn shows_after_a_while(&self, line: &str) {
        let shown = self.shown.recv_timeout(PATIENCE).expect("it goes on");
        if shown != line {
            assert!(shown.starts_with("nothing listens at "), "{shown}");
            self.shows(line);
        }
    }

    fn ends(&mut self) -> Option<i32> {
        self.client.wait().expect("it was started").code()
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        // Where this fails it has ended, as it should.
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}
