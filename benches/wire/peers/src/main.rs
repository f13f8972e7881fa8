//! Other people's servers, one for each first argument.

mod actix;
mod axum;
mod fast;
mod raw;
mod tokio_websockets;
mod tungstenite;

// Ours starts the same way.
#[path = "../../src/start.rs"]
mod start;

use tokio::net::{TcpListener, TcpStream};

fn main() {
    let name = std::env::args().nth(1).expect("the first argument is a server's name");
    if name == "actix" {
        return actix::run();
    }
    start::runtime().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        start::announce(listener.local_addr().expect("it listens"));
        match name.as_str() {
            "axum" => axum::run(listener, None).await,
            "axum-4k" => axum::run(listener, Some(4096)).await,
            "fastwebsockets" => accept(listener, fast::connection).await,
            "raw" => accept(listener, raw::connection).await,
            "tokio-websockets" => accept(listener, tokio_websockets::connection).await,
            "tungstenite" => accept(listener, tungstenite::connection).await,
            name => panic!("there is no server `{name}`"),
        }
    });
}

/// Has every connection served by a task of its own.
async fn accept<F: Future<Output = ()> + Send + 'static>(listener: TcpListener, connection: fn(TcpStream) -> F) {
    loop {
        let (stream, _) = listener.accept().await.expect("there are files enough");
        stream.set_nodelay(true).expect("it is TCP");
        tokio::spawn(connection(stream));
    }
}
