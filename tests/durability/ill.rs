//! A disk that falls ill under a server: what is written is refused, or does not get to the disk.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::net::SocketAddr;

use converse::prelude::*;
use futures_util::StreamExt;
use nix::errno::Errno;
use nix::libc;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter_all_threads};
use tokio_tungstenite::tungstenite::Error;

use crate::client::{Client, Heard};
use crate::server::{PATIENCE, Process};

/// Makes the disk of this process ill, or well again.
#[ws_route("/disk/{how}")]
pub(crate) async fn disk(how: String, _ws: WebSocket) -> converse::Result {
    match &*how {
        "refuses" => grow_to(Some(0)),
        "takes" => grow_to(None),
        "forgets" => fail_to_sync(),
        how => panic!("no disk {how}"),
    }
    Ok(())
}

/// No byte can be written behind this one of any file.
fn grow_to(most: Option<u64>) {
    let (_, hard) = getrlimit(Resource::RLIMIT_FSIZE).expect("it has a limit");
    setrlimit(Resource::RLIMIT_FSIZE, most.unwrap_or(hard), hard).expect("the limit can be lowered");
}

/// From here on the system fails every `fsync` of this process, without trying, as it does once for data that it could
/// not write and has thrown away. There is no way back.
fn fail_to_sync() {
    let calls = BTreeMap::from([libc::SYS_fsync, libc::SYS_fdatasync].map(|call| (call, Vec::new())));
    let fails = SeccompAction::Errno(Errno::EIO as u32);
    let machine = std::env::consts::ARCH.try_into().expect("a machine whose calls are known");
    let filter = SeccompFilter::new(calls, SeccompAction::Allow, fails, machine).expect("a filter");
    let filter: BpfProgram = filter.try_into().expect("a short filter");
    apply_filter_all_threads(&filter).expect("a process may forbid itself what it likes");
}

async fn have(disk: &'static str, address: SocketAddr) {
    let mut socket = Client::at(disk).open(address).await.expect("it serves");
    while socket.next().await.is_some_and(|message| message.is_ok()) {}
}

/// So many clients, each of which has said one number more than the one before.
async fn counting(address: SocketAddr) -> Vec<Client> {
    let mut clients = Vec::new();
    for numbers in 1..=8 {
        let mut client = Client::new();
        let mut socket = client.connect(address).await.expect("it serves");
        assert_eq!(client.hear(&mut socket).await.expect("it serves"), Heard::Numbers(0));
        for number in 1..=numbers {
            client.say(&mut socket).await.expect("it serves");
            assert_eq!(client.hear(&mut socket).await.expect("it serves"), Heard::Numbers(number));
        }
        clients.push(client);
    }
    clients
}

/// Nothing that is said to a server with such a disk is acknowledged, and nobody comes back to it.
async fn is_out_of_order(disk: &'static str, clients: &mut [Client], address: SocketAddr) {
    let mut sockets = Vec::new();
    for client in &mut *clients {
        let mut socket = client.connect(address).await.expect("it serves");
        assert_eq!(client.hear(&mut socket).await.expect("it serves"), Heard::Numbers(client.known));
        sockets.push(socket);
    }
    have(disk, address).await;
    for (client, socket) in clients.iter_mut().zip(&mut sockets) {
        client.say(socket).await.expect("it serves");
    }
    for (client, socket) in clients.iter_mut().zip(&mut sockets) {
        assert_eq!(client.hear(socket).await.expect("it serves"), Heard::Closed(1013));
        match client.connect(address).await {
            Err(Error::Http(refused)) => assert_eq!(refused.status(), 503),
            other => panic!("{:?}", other.err()),
        }
    }
}

/// Everything that was acknowledged is there, and at most the answer whose outcome is not known; and it goes on.
async fn go_on(clients: &mut [Client], address: SocketAddr) {
    for client in clients {
        let (known, mut socket) = (client.known, client.connect(address).await.expect("it serves"));
        let Heard::Numbers(heard) = client.hear(&mut socket).await.expect("it serves") else { panic!("closed") };
        assert!(heard <= known + 1, "{heard} behind {known}");
        client.say(&mut socket).await.expect("it serves");
        assert_eq!(client.hear(&mut socket).await.expect("it serves"), Heard::Numbers(heard + 1));
    }
}

#[tokio::test]
async fn a_disk_that_refuses_writes_is_waited_for() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let store = folder.path().join("conversations.db");
    let impatient: &[_] = &[(PATIENCE, OsStr::new("1"))];
    let server = Process::start_with_little_room(&store, None, impatient).await;
    let mut clients = counting(server.address).await;
    for _ in 0..3 {
        is_out_of_order("/disk/refuses", &mut clients, server.address).await;
        have("/disk/takes", server.address).await;
        go_on(&mut clients, server.address).await;
    }
    server.kill().await;
    go_on(&mut clients, Process::start(&store).await.address).await;
}

#[tokio::test]
async fn a_turn_waits_for_a_disk_that_is_well_again_soon() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let server = Process::start_with_little_room(&folder.path().join("conversations.db"), None, &[]).await;
    let mut client = Client::new();
    let mut socket = client.connect(server.address).await.expect("it serves");
    for number in 0..5 {
        assert_eq!(client.hear(&mut socket).await.expect("it serves"), Heard::Numbers(number));
        have("/disk/refuses", server.address).await;
        client.say(&mut socket).await.expect("it serves");
        // Neither does anybody else get in meanwhile, nor is what was said lost.
        assert!(matches!(client.clone().connect(server.address).await, Err(Error::Http(_))));
        have("/disk/takes", server.address).await;
    }
    assert_eq!(client.hear(&mut socket).await.expect("it serves"), Heard::Numbers(5));
}

/// What has not got to the disk is acknowledged by nobody: neither by the server that could not sync, nor by one that finds
/// what it has written.
#[tokio::test]
async fn nothing_is_acknowledged_behind_a_failed_sync() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let store = folder.path().join("conversations.db");
    let ill = Process::start_with(&store, &[(PATIENCE, OsStr::new("1"))]).await;
    let mut clients = counting(ill.address).await;
    is_out_of_order("/disk/forgets", &mut clients, ill.address).await;
    // Another server, whose disk is well, goes on beside the one that is ill.
    let well = Process::start(&store).await;
    go_on(&mut clients, well.address).await;
    let mut late = Client::new();
    let mut socket = late.connect(ill.address).await.expect("it begins where it need not be asked");
    assert_eq!(late.hear(&mut socket).await.expect("it serves"), Heard::Closed(1013));
    go_on(&mut clients, well.address).await;
    ill.kill().await;
    well.kill().await;
    go_on(&mut clients, Process::start(&store).await.address).await;
}
