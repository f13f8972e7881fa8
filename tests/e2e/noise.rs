//! Bytes without rhyme or reason: every connection ends, with a word about it, and nothing panics.

use std::time::Duration;

use converse::{Received, WebSocket};
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::support::{Raw, serve, socket};

/// Numbers that look random and are the same every time (Marsaglia's xorshift).
struct Noise(u64);

impl Noise {
    fn byte(&mut self) -> u8 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.to_le_bytes()[4]
    }
}

#[tokio::test]
async fn noise_ends_the_connection_and_nothing_else() {
    let (ends, mut ended) = mpsc::unbounded_channel();
    let server = serve(socket(async move |mut ws: WebSocket| {
        loop {
            match ws.receive().await {
                Received::Message(message) => drop(ws.send(message).await),
                end => return drop(ends.send(end)),
            }
        }
    }))
    .await;
    let mut noise = Noise(0x9E37_79B9_7F4A_7C15);
    for round in 0..500 {
        let mut bytes: Vec<u8> = (0..round % 97).map(|_| noise.byte()).collect();
        if round % 2 == 0 {
            // A frame that begins well: masked, final, of a known kind.
            bytes.splice(0..0, [[0x81, 0x82, 0x88, 0x89][round / 2 % 4], 0x80 | (noise.byte() & 0x7F)]);
        }
        let mut client = Raw::open(server.address, &bytes).await;
        client.0.shutdown().await.unwrap();
        let rest = timeout(Duration::from_secs(10), client.rest()).await.expect("the server hangs up");
        assert!(rest.is_ok(), "{bytes:x?}");
        ended.recv().await.expect("the handler hears of it");
    }
}
