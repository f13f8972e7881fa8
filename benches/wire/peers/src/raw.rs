//! Plain TCP, which sends back what it reads: what no WebSocket can be faster than.

use std::cell::RefCell;
use std::io::ErrorKind;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

thread_local! {
    /// One for all connections: none of them holds it while it waits.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 16 * 1024]);
}

pub async fn connection(mut stream: TcpStream) {
    while stream.readable().await.is_ok() {
        let unwritten = BUFFER.with_borrow_mut(|buffer| {
            let read = stream.try_read(buffer)?;
            let written = stream.try_write(&buffer[..read]).unwrap_or_default();
            Ok::<_, std::io::Error>((read > 0).then(|| buffer[written..read].to_vec()))
        });
        match unwritten {
            Ok(Some(rest)) if rest.is_empty() || stream.write_all(&rest).await.is_ok() => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Ok(_) | Err(_) => return,
        }
    }
}
