//! Where a server listens, how many may wait there, and what is said where it cannot be.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::{Output, Stdio};
use std::time::Duration;

use axum::Router;
use converse::Server;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

use crate::support::itself;

/// What the other process does.
#[tokio::test]
#[ignore = "a server for the other test, which ends when it cannot listen"]
async fn serve() {
    if std::env::var_os("CONVERSE_ADDRESS").is_some() {
        let error = converse::serve("127.0.0.1:0", Router::new()).await.expect_err("it cannot listen there");
        eprintln!("{error:?}");
    }
}

/// A process that runs such a test of this program, after it has set its limits.
fn process(limits: &str, test: &str) -> Command {
    let (mut command, itself) = (Command::new("sh"), itself(test));
    command.args(["-c", &format!("{limits} exec \"$@\""), "sh"]).arg(itself.get_program()).args(itself.get_args());
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// What a process says that is to listen there.
async fn said(address: &OsStr) -> String {
    let server = process("", "listen::serve").env("CONVERSE_ADDRESS", address).output();
    let Output { stderr, .. } = timeout(Duration::from_secs(60), server).await.expect("it ends").expect("it runs");
    String::from_utf8_lossy(&stderr).into_owned()
}

#[tokio::test]
async fn an_address_that_is_none_is_named() {
    let said_of = said(OsStr::new("nowhere")).await;
    assert!(said_of.contains(r#"cannot listen on the address "nowhere" in CONVERSE_ADDRESS: "#), "{said_of}");
    let said_of = said(OsStr::from_bytes(b"127.0.0.1:0\xff")).await;
    let expected = r#"cannot listen on the address "127.0.0.1:0\xFF" in CONVERSE_ADDRESS: it is not UTF-8"#;
    assert!(said_of.contains(expected), "{said_of}");
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let first = Server::bind("127.0.0.1:0").await.expect("a free port");
    let address = first.local_addr();
    let error = Server::bind(address).await.map(drop).expect_err("it is taken");
    assert_eq!(error.to_string(), format!("cannot listen on the address {address}"));
}

#[tokio::test]
async fn a_crowd_finds_room_before_anybody_is_accepted() {
    let most = fs::read_to_string("/proc/sys/net/core/somaxconn").expect("Linux says it");
    let crowd = most.trim().parse::<usize>().expect("a number").min(300);
    let server = Server::bind("127.0.0.1:0").await.expect("a free port");
    let mut waiting = Vec::new();
    for number in 0..crowd {
        let connected = timeout(Duration::from_secs(60), TcpStream::connect(server.local_addr())).await;
        waiting.push(connected.unwrap_or_else(|_| panic!("{number} have found room")).expect("it listens"));
    }
}

/// What another process does.
#[tokio::test]
#[ignore = "a server for the other test, with few files, which runs until it is stopped"]
async fn serve_with_few_files() {
    if std::env::var_os("FEW_FILES").is_none() {
        return;
    }
    tracing_subscriber::fmt().without_time().with_ansi(false).init();
    let server = Server::bind("127.0.0.1:0").await.expect("a free port").max_connections(50_000);
    server.serve(Router::new()).await.expect("it serves");
}

#[tokio::test]
async fn a_server_that_has_no_file_left_says_so_and_does_not_go_on_saying_it() {
    let mut server = process("ulimit -n 40;", "listen::serve_with_few_files");
    let mut server = server.env("FEW_FILES", "1").stdout(Stdio::piped()).spawn().expect("it runs");
    let mut printed = BufReader::new(server.stdout.take().expect("it prints")).lines();
    let mut next = async |words: &str| loop {
        let line = timeout(Duration::from_secs(60), printed.next_line()).await.expect("in bounded time");
        let line = line.expect("it prints").expect("it runs");
        if line.contains(words) {
            break line;
        }
    };
    let warning = next("WARN").await;
    assert!(warning.contains("there may be more connections than the process may open files"), "{warning}");
    let line = next("listening").await;
    let (_, address) = line.rsplit_once("address=").expect("it says where");
    let mut clients = Vec::new();
    for _ in 0..60 {
        clients.push(TcpStream::connect(address).await.expect("there is room in the queue"));
    }
    // Attempts come every 100 ms: this is the eighth, and there are no lines of those between.
    for count in [1, 2, 4, 8] {
        let warning = next("WARN").await;
        assert!(warning.contains("connections cannot be accepted"), "{warning}");
        assert!(warning.contains(&format!("count={count}")), "{warning}");
    }
}
