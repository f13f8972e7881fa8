//! What Prometheus reads of a dialogue.

use std::error::Error;
use std::process::Stdio;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio_tungstenite::connect_async;

/// What is at `/metrics`.
async fn scrape(address: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    Ok(text)
}

#[tokio::test]
async fn a_dialogue_is_a_funnel() -> Result<(), Box<dyn Error>> {
    let mut server = Command::new(env!("CARGO_BIN_EXE_watched"))
        .env("CONVERSE_ADDRESS", "127.0.0.1:0")
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(server.stderr.take().ok_or("it is piped")?).lines();
    let line = lines.next_line().await?.ok_or("it says where it listens")?;
    let address = line.strip_prefix("listening on ").ok_or(line.clone())?;

    let (mut client, _) = connect_async(format!("ws://{address}/book")).await?;
    let mut hear = async |prompt: &str, reply: Option<&str>| {
        loop {
            let message = client.next().await.ok_or("it goes on")??;
            // Others are pings.
            if message.is_text() {
                assert_eq!(message.into_text()?.as_str(), prompt);
                break;
            }
        }
        match reply {
            Some(reply) => Ok::<_, Box<dyn Error>>(client.send(reply.into()).await?),
            None => Ok(()),
        }
    };
    hear("For how many?", Some("9")).await?;
    hear("We have tables for one to eight.", None).await?;
    hear("For how many?", Some("2")).await?;
    hear("In whose name?", None).await?;
    let question = |name, outcome| {
        format!("converse_questions_total{{conversation=\"Booking\",question=\"{name}\",outcome=\"{outcome}\"}} ")
    };
    let expected = [
        question("guests", "asked") + "2",
        question("guests", "refused") + "1",
        question("guests", "answered") + "1",
        question("name", "asked") + "1",
        "converse_waiting{conversation=\"Booking\",question=\"name\"} 1".to_owned(),
        "converse_connections 1".to_owned(),
    ];
    // The prompt leaves before the task has gone on to wait.
    loop {
        let text = scrape(address).await?;
        if expected.iter().all(|line| text.lines().any(|said| said == line)) {
            return Ok(());
        }
    }
}
