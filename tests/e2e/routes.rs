//! Routes over TCP: what each parameter of a handler gets, where a route may stand, and who refuses what.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use converse::prelude::*;
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Error;

use crate::support::{Client, Raw, serve};

#[derive(Clone)]
struct Greeting(&'static str);

#[derive(serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Green,
}

conversation! {
    /// Asks for nothing but an answer.
    Order(number: u32) -> String {
        let dish: String = ask "Order {number}?";
        dish
    }
}

#[ws_route("/{colour}/seats/{number}/{*rest}")]
async fn seat(
    number: u8,
    headers: HeaderMap,
    rest: String,
    State(Greeting(greeting)): State<Greeting>,
    socket: WebSocket,
    colour: Colour,
) -> converse::Result {
    let colour = if matches!(colour, Colour::Red) { "red" } else { "green" };
    socket.send(format!("{greeting} {colour} {number} {rest} {}", headers.contains_key("upgrade"))).await
}

#[ws_route("/orders/{number}")]
async fn order(number: u32) -> Result<Order, (StatusCode, &'static str)> {
    if number == 36 { Ok(Order { number }) } else { Err((StatusCode::NOT_FOUND, "no such order")) }
}

fn app() -> Router {
    let seats: Router<Greeting> = routes![seat];
    routes![order].nest("/rooms/{room}/{number}", seats.with_state(Greeting("welcome")))
}

#[tokio::test]
async fn parameters_come_from_the_path_by_name_and_from_the_request_by_type() {
    let server = serve(app()).await;
    let mut client = connect(server.address, "/rooms/kitchen/700/green/seats/36/by/the%20door").await;
    assert_eq!(client.text().await, "welcome green 36 by/the door true");
}

#[tokio::test]
async fn a_returned_conversation_is_held() {
    let server = serve(app()).await;
    let mut client = connect(server.address, "/orders/36").await;
    assert_eq!(client.text().await, "Order 36?");
    client.send("soup").await;
    assert_eq!(client.closed().await.0, 1000);
}

#[tokio::test]
async fn a_returned_error_refuses_the_upgrade() {
    let server = serve(app()).await;
    let (status, body) = refusal(server.address, "/orders/37").await;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_FOUND, "no such order"));
}

#[tokio::test]
async fn a_parameter_that_cannot_be_read_refuses_the_upgrade() {
    let server = serve(app()).await;
    let (status, body) = refusal(server.address, "/orders/many").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body, "Invalid URL: Cannot parse `number` with value `many` to a `u32`");
}

#[tokio::test]
async fn a_plain_request_is_told_to_upgrade_before_anything_is_extracted() {
    let server = serve(app()).await;
    let mut client = Raw::connect(server.address).await;
    client.send(b"GET /orders/many HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(client.head().await.starts_with("HTTP/1.1 426 "));
}

async fn connect(address: SocketAddr, path: &str) -> Client<TcpStream> {
    Client::over(TcpStream::connect(address).await.unwrap(), path).await
}

/// The status and the body of the response that refuses a client.
async fn refusal(address: SocketAddr, path: &str) -> (StatusCode, String) {
    let stream = TcpStream::connect(address).await.unwrap();
    match client_async(format!("ws://localhost{path}"), stream).await {
        Err(Error::Http(response)) => {
            let body = response.body().clone().unwrap_or_default();
            (response.status(), String::from_utf8(body).unwrap())
        }
        other => panic!("expected a refusal, not {other:?}"),
    }
}
