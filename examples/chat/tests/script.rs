//! The client as a program, with a script on its standard input and a server of converse's before it.

#[path = "../../introduction/src/main.rs"]
#[allow(dead_code, unreachable_pub)]
mod introduction;

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use converse::Received;
use converse::prelude::*;

#[ws_route("/introduce")]
async fn introduce() -> introduction::Introduction {
    introduction::Introduction
}

#[ws_route("/echo")]
async fn echo(mut ws: WebSocket) -> converse::Result {
    while let Received::Message(message) = ws.receive().await {
        ws.send(message).await?;
    }
    Ok(())
}

#[ws_route("/kitchen")]
async fn kitchen(ws: WebSocket) -> converse::Result {
    ws.close_with(4001, "the kitchen is closed").await
}

#[test]
fn the_transcript_of_the_readme() {
    let readme = include_str!("../../../README.md");
    let (_, transcript) = readme.split_once("/introduce\nWhat is").expect("the README has a transcript");
    let (transcript, _) = transcript.split_once("\n```").expect("the transcript ends");
    let expected = format!("What is{transcript}");
    let typed = expected.lines().filter_map(|line| line.strip_prefix('>'));
    let script: String = typed.map(|line| format!("{}\n", line.trim())).collect();

    let output = chat(&["--patience", "10", &url("/introduce")], &script);
    let shown: Vec<_> = text(&output.stdout).lines().map(str::trim_end).collect();
    assert_eq!(shown.join("\n"), expected, "{output:?}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_file_is_sent_as_bytes_and_the_end_of_the_script_closes() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("four.bytes");
    std::fs::write(&file, [0xCA, 0xFE, 0x00, 0x0A]).expect("the temporary directory can be written to");
    let output = chat(&["--patience", "0.5", &url("/echo")], &format!("/binary {}\n//binary", file.display()));
    let shown = text(&output.stdout);
    assert!(shown.contains("\nbinary, 4 bytes: ca fe 00 0a\n"), "{shown}");
    assert!(shown.ends_with("> //binary\n/binary\nclosed by you\n"), "{shown}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn another_code_than_1000_is_told() {
    let output = chat(&[&url("/kitchen")], "");
    assert_eq!(text(&output.stdout), "closed: 4001: the kitchen is closed\n");
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_server_that_opens_no_socket_is_told() {
    let output = chat(&[&url("/garden")], "");
    assert_eq!(text(&output.stderr), "chat: the server opened no socket, it answered 404 Not Found\n");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn nobody_there_is_told() {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let output = chat(&[&format!("ws://{address}/")], "");
    assert_eq!(text(&output.stderr), format!("chat: nothing listens at {address}: is the server running?\n"));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_wrong_command_line_is_told() {
    let output = chat(&["127.0.0.1:8080"], "");
    let error = "chat: `127.0.0.1:8080` is no WebSocket address: did you mean `ws://127.0.0.1:8080`?\n\nusage: ";
    assert!(text(&output.stderr).starts_with(error), "{output:?}");
    assert_eq!(output.status.code(), Some(2));
}

/// Runs the client to its end, which its own patience brings about.
fn chat(arguments: &[&str], script: &str) -> Output {
    let mut client = Command::new(env!("CARGO_BIN_EXE_chat"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the client starts");
    let mut stdin = client.stdin.take().expect("its standard input is a pipe");
    // It may be gone already, if it could not connect.
    let _ = stdin.write_all(script.as_bytes());
    drop(stdin);
    client.wait_with_output().expect("the client ends")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the client prints UTF-8")
}

/// Where `path` is, at a server that runs as long as the tests do.
fn url(path: &str) -> String {
    let (sender, address) = mpsc::channel::<SocketAddr>();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let server = converse::Server::bind("127.0.0.1:0").await.expect("a free port");
            sender.send(server.local_addr()).expect("the test waits for it");
            server.serve(routes![introduce, echo, kitchen]).await
        })
    });
    format!("ws://{}{path}", address.recv_timeout(Duration::from_secs(10)).expect("the server listens"))
}
