use converse::prelude::*;

#[ws_route("/connect")]
struct Connect;

fn main() {}
