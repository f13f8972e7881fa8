//! TLS, with a client that checks certificates.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use converse::{Close, Error, Received, Tls, WebSocket};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::client_async;

use crate::http2;
use crate::stalled::{endless, pace};
use crate::support::{Client, Raw, Running, serve_as, socket};

type Certificate = CertifiedKey<KeyPair>;

fn certificate() -> Certificate {
    generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate")
}

/// Two files, as a program that renews certificates leaves them.
struct Files {
    folder: TempDir,
}

impl Files {
    fn of(certificate: &Certificate) -> Self {
        let files = Files { folder: tempfile::tempdir().expect("a folder") };
        files.write(certificate);
        files
    }

    fn write(&self, certificate: &Certificate) {
        fs::write(self.chain(), certificate.cert.pem()).expect("a file");
        fs::write(self.key(), certificate.signing_key.serialize_pem()).expect("a file");
    }

    fn chain(&self) -> PathBuf {
        self.folder.path().join("chain.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    fn read(&self) -> Result<Tls, Error> {
        Tls::from_pem_files(self.chain(), self.key())
    }
}

fn echo() -> Router {
    socket(async |mut ws: WebSocket| {
        while let Received::Message(message) = ws.receive().await {
            ws.send(message).await?;
        }
        Ok::<_, Error>(())
    })
}

/// An encrypted connection, by a client that trusts nobody else.
async fn connect(server: &Running, trusted: &Certificate) -> std::io::Result<TlsStream<TcpStream>> {
    connect_for(server, trusted, &[]).await
}

/// One on which it would speak these protocols.
async fn connect_for(
    server: &Running,
    trusted: &Certificate,
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.cert.der().clone()).expect("a certificate");
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions that the provider has")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let stream = TcpStream::connect(server.address).await.expect("the server listens");
    TlsConnector::from(Arc::new(config)).connect("localhost".try_into().expect("a name"), stream).await
}

async fn echoes(client: &mut Client<TlsStream<TcpStream>>) {
    let long = "so long that it takes several records ".repeat(1_000);
    for words in ["Good evening!", &long] {
        client.send(words).await;
        assert_eq!(client.text().await, words);
    }
}

#[tokio::test]
async fn a_websocket_over_tls_is_one_like_others() {
    let known = certificate();
    let tls = Files::of(&known).read().expect("good files");
    let server = serve_as(echo(), |server| server.tls(tls).max_connections(1)).await;
    let mut client = Client::over(connect(&server, &known).await.expect("a good certificate"), "/").await;
    echoes(&mut client).await;
    // Also what is refused is told so.
    let stream = connect(&server, &known).await.expect("a good certificate");
    let refused = client_async("ws://localhost/", stream).await.expect_err("there is one already");
    assert!(refused.to_string().contains("503"), "{refused}");
    let stopped = server.stop();
    assert_eq!(client.closed().await.0, Close::RESTART);
    stopped.await.unwrap().unwrap();
}

#[tokio::test]
async fn whoever_closes_first_is_told_by_tls_too_that_nothing_more_comes() {
    let known = certificate();
    let tls = Files::of(&known).read().expect("good files");
    let server = serve_as(echo(), |server| server.tls(tls)).await;
    let mut client = Client::over(connect(&server, &known).await.expect("a good certificate"), "/").await;
    client.close(1000, "").await;
    // Were it not told, this would be an error: anybody could have cut the connection off.
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test]
async fn http_2_is_agreed_upon_while_it_is_encrypted() {
    let known = certificate();
    let tls = Files::of(&known).read().expect("good files");
    let app = echo().route("/page", get(async || "a page"));
    let server = serve_as(app, |server| server.tls(tls)).await;
    let stream = connect_for(&server, &known, &["h2", "http/1.1"]).await.expect("a good certificate");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let mut client = http2::Connection::over(stream).await.open("/").await;
    client.send("Good evening!").await;
    assert_eq!(client.text().await, "Good evening!");
    let stream = connect_for(&server, &known, &["http/1.1"]).await.expect("a good certificate");
    echoes(&mut Client::over(stream, "/").await).await;
}

#[tokio::test]
async fn a_certificate_is_renewed_under_open_connections() {
    let (before, after) = (certificate(), certificate());
    let files = Files::of(&before);
    let tls = files.read().expect("good files");
    let again = tls.clone();
    let server = serve_as(echo(), |server| server.tls(tls)).await;
    let mut client = Client::over(connect(&server, &before).await.expect("the first certificate"), "/").await;
    connect(&server, &after).await.expect_err("another certificate than the client trusts");

    // Half of the change must not be the end.
    fs::write(files.chain(), after.cert.pem()).expect("a file");
    again.reload().expect_err("the key is another one's");
    connect(&server, &before).await.expect("the first certificate");

    files.write(&after);
    again.reload().expect("good files");
    connect(&server, &before).await.expect_err("another certificate than the client trusts");
    let mut late = Client::over(connect(&server, &after).await.expect("the second certificate"), "/").await;
    echoes(&mut late).await;
    echoes(&mut client).await;
}

#[tokio::test(start_paused = true)]
async fn a_handshake_of_tls_has_ten_seconds_and_holds_nobody_up() {
    let known = certificate();
    let tls = Files::of(&known).read().expect("good files");
    let server = serve_as(echo(), |server| server.tls(tls)).await;
    let begun = tokio::time::Instant::now();
    let mut silent = Raw::connect(server.address).await;
    let mut client = Client::over(connect(&server, &known).await.expect("a good certificate"), "/").await;
    echoes(&mut client).await;
    assert_eq!(begun.elapsed().as_secs(), 0);
    assert_eq!(silent.rest().await.expect("an end in good order"), b"");
    assert_eq!(begun.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_not_kept_for_who_does_not_take_it() {
    let known = certificate();
    let tls = Files::of(&known).read().expect("good files");
    let _pace = pace();
    let (app, sent) = endless();
    let server = serve_as(app, |server| server.tls(tls)).await;
    let mut stream = connect(&server, &known).await.expect("a good certificate");
    stream.write_all(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("the server reads");
    stream.read_u8().await.expect("it answers");
    let begun = tokio::time::Instant::now();
    tokio::time::timeout(Duration::from_secs(60), sent).await.expect("it ends").expect_err("nobody says anything");
    assert!((19..=21).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[test]
fn files_that_will_not_do_are_named() {
    let files = Files::of(&certificate());
    let (chain, key) = (files.chain(), files.key());
    let said = |chain: &PathBuf, key: &PathBuf| {
        let error = Tls::from_pem_files(chain, key).expect_err("no good files");
        error.to_string().replace(&*files.folder.path().to_string_lossy(), "…")
    };
    assert_eq!(said(&files.folder.path().join("none"), &key), "cannot read the certificate in …/none");
    assert_eq!(said(&chain, &files.folder.path().join("none")), "cannot read the private key in …/none");
    assert_eq!(said(&key, &key), "there is no certificate in …/key.pem");
    assert_eq!(said(&chain, &chain), "there is no private key in …/chain.pem");
    fs::write(&key, certificate().signing_key.serialize_pem()).expect("a file");
    let mismatch = "the private key in …/key.pem does not belong to the certificate in …/chain.pem";
    assert_eq!(said(&chain, &key), mismatch);
    fs::write(&key, "-----BEGIN PRIVATE KEY-----\n???").expect("a file");
    assert_eq!(said(&chain, &key), "the private key in …/key.pem is no PEM");
}
