//! Plain TCP, which sends back what it reads: what no WebSocket can be faster than.

use std::io::ErrorKind;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

pub async fn connection(mut stream: TcpStream) {
    while stream.readable().await.is_ok() {
        // Of the stack, and not across the waiting: a quiet connection has no buffer.
        let read = {
            let mut buffer = [0; 16 * 1024];
            match stream.try_read(&mut buffer) {
                Ok(0) => return,
                Ok(read) => match stream.try_write(&buffer[..read]) {
                    Ok(written) => buffer[written..read].to_vec(),
                    Err(_) => buffer[..read].to_vec(),
                },
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(_) => return,
            }
        };
        if !read.is_empty() && stream.write_all(&read).await.is_err() {
            return;
        }
    }
}
