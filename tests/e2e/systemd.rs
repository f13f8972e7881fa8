//! What systemd is told, by a server in a process of its own.

use std::ffi::OsStr;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram as Datagram};
use std::process::Stdio;
use std::time::Duration;

use converse::{Received, WebSocket};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::{TcpStream, UnixDatagram};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::support::{Client, itself, socket};

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

/// A server in a process of its own, which has somebody to print for, and where it listens.
async fn start(notify: &OsStr) -> (Child, Lines<BufReader<ChildStdout>>, String) {
    let mut server = Command::from(itself("systemd::serve"))
        .env("NOTIFY_SOCKET", notify)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("this program runs");
    let mut printed = BufReader::new(server.stdout.take().expect("it prints")).lines();
    loop {
        let line = printed.next_line().await.expect("it prints").expect("an address");
        if let Some((_, address)) = line.split_once(ADDRESS) {
            return (server, printed, address.to_owned());
        }
    }
}

async fn connect(address: &str) -> Client<TcpStream> {
    Client::over(TcpStream::connect(address).await.expect("it listens"), "/").await
}

#[tokio::test]
async fn systemd_hears_when_the_server_serves_and_when_it_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notify");
    let name = format!("converse-{}", std::process::id());
    let unnamed = SocketAddr::from_abstract_name(&name).and_then(|address| Datagram::bind_addr(&address));
    let unnamed = unnamed.and_then(|socket| socket.set_nonblocking(true).map(|()| socket)).expect("a name");
    for (manager, notify) in [
        (UnixDatagram::bind(&path).expect("a socket"), path.into_os_string()),
        (UnixDatagram::from_std(unnamed).expect("a socket"), format!("@{name}").into()),
    ] {
        let (mut server, _printed, address) = start(&notify).await;
        assert_eq!(heard(&manager).await, "READY=1\n");
        let mut client = connect(&address).await;
        let pid = server.id().expect("it runs").to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().await.expect("kill runs").success());
        assert_eq!(heard(&manager).await, "STOPPING=1\n");
        assert_eq!(client.closed().await.0, converse::Close::RESTART);
        assert!(server.wait().await.expect("it ends").success());
    }
}

#[tokio::test]
async fn a_manager_that_does_not_read_is_told_later_and_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notify");
    let manager = UnixDatagram::bind(&path).expect("a socket");
    let others = Datagram::unbound().expect("a socket");
    others.set_nonblocking(true).expect("it can be");
    let mut unread = 0;
    while others.send_to(b"WATCHDOG=1", &path).is_ok() {
        unread += 1;
    }
    let (_server, _printed, address) = start(path.as_os_str()).await;
    drop(timeout(Duration::from_secs(60), connect(&address)).await.expect("it serves"));
    for _ in 0..unread {
        assert_eq!(heard(&manager).await, "WATCHDOG=1");
    }
    assert_eq!(heard(&manager).await, "READY=1\n");
}

async fn heard(manager: &UnixDatagram) -> String {
    let mut buffer = [0; 64];
    let received = timeout(Duration::from_secs(60), manager.recv(&mut buffer)).await.expect("in bounded time");
    String::from_utf8_lossy(&buffer[..received.expect("a datagram")]).into_owned()
}
