use converse::prelude::*;

#[ws_route("/own", origins = ["https://app.example.org:443", "http://localhost:80"])]
async fn own_port(_socket: WebSocket) {}

#[ws_route("/ports", origins = ["https://a.org:99999", "https://a.org:0080", "https://a.org:"])]
async fn no_ports(_socket: WebSocket) {}

#[ws_route("/hosts", origins = ["https://a..b", "https://.", "https://-", "https://[1]"])]
async fn no_hosts(_socket: WebSocket) {}

#[ws_route("/socket", origins = ["wss://app.example.org"])]
async fn no_page(_socket: WebSocket) {}

fn main() {}
