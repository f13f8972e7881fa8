//! A disk that is full.

use std::ffi::OsStr;
use std::fs;

use tokio_tungstenite::tungstenite::Error;

use crate::client::{Client, Heard};
use crate::server::{PATIENCE, Process};

/// The client is sent away, and finds everything that was acknowledged when there is room again.
#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let store = folder.path().join("conversations.db");
    // The file is made, and what is in it is put into its place, before there is no more room.
    Process::start(&store).await.kill().await;
    let room = fs::metadata(&store).expect("it is there").len() / 512 + 8;
    let room = usize::try_from(room).expect("it is small");
    let server = Process::start_with_little_room(&store, Some(room), &[(PATIENCE, OsStr::new("1"))]).await;
    let mut client = Client::new();
    let mut held = 0;
    let known = 'full: loop {
        // Not even the first word is said where it cannot be stored.
        let mut socket = client.connect(server.address).await.expect("it serves");
        loop {
            match client.hear(&mut socket).await.expect("it serves") {
                Heard::Numbers(_) if client.is_done() => {}
                Heard::Numbers(_) => client.say(&mut socket).await.expect("it serves"),
                Heard::Closed(1013) => break 'full client.known,
                Heard::Closed(code) => {
                    assert_eq!((code, client.is_done()), (1000, true));
                    held += 1;
                    client = Client::new();
                    break;
                }
            }
        }
    };
    println!("full behind {held} conversations and {known} numbers");
    match client.connect(server.address).await {
        Err(Error::Http(refused)) => assert_eq!(refused.status(), 503),
        Err(error) => panic!("{error}"),
        Ok(mut socket) => assert_eq!(client.hear(&mut socket).await.expect("it serves"), Heard::Closed(1013)),
    }
    server.kill().await;
    let server = Process::start(&store).await;
    let mut socket = client.connect(server.address).await.expect("it serves");
    assert_eq!(client.hear(&mut socket).await.expect("it serves"), Heard::Numbers(known));
    client.say(&mut socket).await.expect("it serves");
    assert_eq!(client.hear(&mut socket).await.expect("it serves"), Heard::Numbers(known + 1));
}
