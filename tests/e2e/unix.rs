//! A server at a path.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use axum::Router;
use converse::{Close, Received, Result, Server, WebSocket};
use tokio::net::{UnixListener, UnixSocket, UnixStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::{Client, socket};

fn echo() -> Router {
    socket(async |mut ws: WebSocket| {
        while let Received::Message(message) = ws.receive().await {
            ws.send(message).await?;
        }
        Ok::<_, converse::Error>(())
    })
}

fn run(server: Server<UnixListener>) -> (oneshot::Sender<()>, JoinHandle<Result>) {
    let (stop, stopped) = oneshot::channel();
    let server = server.max_connections(1).shutdown_on(async { drop(stopped.await) });
    (stop, tokio::spawn(server.serve(echo())))
}

async fn connect(path: &Path) -> Client<UnixStream> {
    Client::over(UnixStream::connect(path).await.expect("the server listens"), "/").await
}

#[tokio::test]
async fn a_path_is_served_as_an_address_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("socket");
    let server = Server::bind_unix(&path).expect("a free path");
    assert_eq!(server.local_addr().as_pathname(), Some(&*path));
    let (stop, done) = run(server);
    let mut client = connect(&path).await;
    client.send("Good evening!").await;
    assert_eq!(client.text().await, "Good evening!");
    let refused = UnixStream::connect(&path).await.expect("the server listens");
    let refused = tokio_tungstenite::client_async("ws://localhost/", refused).await.expect_err("there is one already");
    assert!(refused.to_string().contains("503"), "{refused}");
    stop.send(()).expect("the server runs");
    assert_eq!(client.closed().await.0, Close::RESTART);
    done.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_socket_that_was_left_behind_is_replaced_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("socket");
    drop(UnixListener::bind(&path).expect("a free path"));
    assert!(path.exists(), "it was left behind");
    let _running = run(Server::bind_unix(&path).expect("nobody listens"));
    drop(connect(&path).await);
    // The second server must not take the first one's place.
    let error = Server::bind_unix(&path).map(drop).expect_err("somebody listens");
    assert_eq!(error.to_string(), format!("cannot listen on the path {path:?}"));

    let file = folder.path().join("file");
    fs::write(&file, "precious").expect("a file");
    for file in [&*file, folder.path()] {
        let error = Server::bind_unix(file).map(drop).expect_err("it is no socket");
        assert_eq!(format!("{error:?}"), format!("cannot listen on the path {file:?}: what is there is no socket"));
    }
    assert_eq!(fs::read_to_string(&file).expect("it is still there"), "precious");
    let error = Server::bind_unix("").map(drop).expect_err("it is no path");
    assert_eq!(format!("{error:?}"), r#"cannot listen on the path "": it is empty"#);
}

#[cfg(target_os = "linux")] // elsewhere it refuses
#[tokio::test]
async fn somebody_with_a_full_queue_listens_and_is_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("socket");
    let _listens = UnixSocket::new_stream().and_then(|socket| {
        socket.bind(&path)?;
        socket.listen(1)
    });
    let mut waiting = Vec::new();
    loop {
        match UnixStream::connect(&path).await {
            Ok(stream) => waiting.push(stream),
            Err(full) => break assert_eq!(full.kind(), ErrorKind::WouldBlock),
        }
    }
    Server::bind_unix(&path).map(drop).expect_err("somebody listens");
}
