use converse::prelude::*;

#[ws_route("/connect")]
async fn connect() {}

fn main() {}
