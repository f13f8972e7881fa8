//! What a connection that waits holds where the server encrypts it itself.

use std::fs;
use std::io::Result;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use allocation_counter::measure;
use converse::{Server, Tls};
use converse_wire::client::{TEXT, frame};
use converse_wire::{ours, start};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const WAITING: usize = 200;
/// In bytes of the server's heap; what the library of ciphers allocates outside of Rust is not seen.
const AT_MOST: i64 = 8_100;

#[test]
fn an_encrypted_connection_that_waits_holds_no_more_than_it_did() {
    let certificate = generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let connector = trusting(&certificate);
    let (server, clients) = (start::runtime(), start::runtime());
    let address = server.block_on(async {
        let listening = Server::bind("127.0.0.1:0").await.expect("a port is free").tls(files(&certificate));
        let address = listening.local_addr();
        tokio::spawn(listening.serve(ours::router()));
        address
    });
    let come = |many| {
        let (done, is_done) = oneshot::channel::<()>();
        thread::scope(|scope| {
            let come = scope.spawn(|| {
                let visitors = clients.block_on(visitors(&connector, address, many));
                drop(done);
                visitors.expect("the server does what it should")
            });
            let used = measure(|| drop(server.block_on(is_done)));
            (come.join().expect("clients do not panic"), used)
        })
    };
    // What is made once is made for the first.
    let (_first, _) = come(10);
    let (_visitors, used) = come(WAITING);
    let held = used.bytes_current / WAITING as i64;
    println!("{held} bytes, and {AT_MOST} may be");
    assert!(held <= AT_MOST, "{held} bytes are held by an encrypted connection, and {AT_MOST} may be");
}

/// So many connections on which a message was sent and came back.
async fn visitors(connector: &TlsConnector, server: SocketAddr, many: usize) -> Result<Vec<TlsStream<TcpStream>>> {
    let request = "GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let mut visitors = Vec::new();
    for _ in 0..many {
        let stream = TcpStream::connect(server).await?;
        let mut visitor = connector.connect("localhost".try_into().expect("a name"), stream).await?;
        visitor.write_all(request.as_bytes()).await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(visitor.read_u8().await?);
        }
        visitor.write_all(&frame(TEXT, &[b'x'; 64])).await?;
        visitor.read_exact(&mut [0; 2 + 64]).await?;
        visitors.push(visitor);
    }
    Ok(visitors)
}

fn files(certificate: &CertifiedKey<KeyPair>) -> Tls {
    let folder = tempfile::tempdir().expect("a folder");
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    fs::write(&chain, certificate.cert.pem()).expect("a file");
    fs::write(&key, certificate.signing_key.serialize_pem()).expect("a file");
    Tls::from_pem_files(chain, key).expect("a certificate and its key")
}

fn trusting(certificate: &CertifiedKey<KeyPair>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.cert.der().clone()).expect("a certificate");
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("they are known").with_root_certificates(roots).with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}
