//! What systemd is told, by a server in a process of its own.

use std::process::Stdio;
use std::time::Duration;

use converse::{Received, WebSocket};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::{TcpStream, UnixDatagram};
use tokio::process::Command;
use tokio::time::timeout;

use crate::support::{Client, socket};

/// What the other process does.
#[tokio::test]
#[ignore = "a server for the other test, which runs until it is stopped"]
async fn serve() {
    if std::env::var_os("NOTIFY_SOCKET").is_none() {
        return;
    }
    let server = converse::Server::bind("127.0.0.1:0").await.expect("a free port");
    println!("{ADDRESS}{}", server.local_addr());
    let app = socket(async |mut ws: WebSocket| while let Received::Message(_) = ws.receive().await {});
    server.serve(app).await.expect("it serves");
}

const ADDRESS: &str = "the server listens on ";

#[tokio::test]
async fn systemd_hears_when_the_server_serves_and_when_it_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notify");
    let manager = UnixDatagram::bind(&path).expect("a socket");
    let mut server = Command::new(std::env::current_exe().expect("this program is a file"))
        .args(["--exact", "systemd::serve", "--ignored", "--nocapture"])
        .env("NOTIFY_SOCKET", &path)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("this program runs");
    assert_eq!(heard(&manager).await, "READY=1\n");
    let mut printed = BufReader::new(server.stdout.take().expect("it prints")).lines();
    let address = loop {
        let line = printed.next_line().await.expect("it prints").expect("an address");
        if let Some((_, address)) = line.split_once(ADDRESS) {
            break address.to_owned();
        }
    };
    let mut client = Client::over(TcpStream::connect(address).await.expect("it listens"), "/").await;
    let pid = server.id().expect("it runs").to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.expect("kill runs").success());
    assert_eq!(heard(&manager).await, "STOPPING=1\n");
    assert_eq!(client.closed().await.0, converse::Close::RESTART);
    assert!(server.wait().await.expect("it ends").success());
}

async fn heard(manager: &UnixDatagram) -> String {
    let mut buffer = [0; 64];
    let received = timeout(Duration::from_secs(60), manager.recv(&mut buffer)).await.expect("in bounded time");
    String::from_utf8_lossy(&buffer[..received.expect("a datagram")]).into_owned()
}
