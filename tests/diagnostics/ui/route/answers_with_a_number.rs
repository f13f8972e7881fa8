use converse::prelude::*;

#[ws_route("/connect")]
async fn connect() -> u32 {
    36
}

fn main() {
    let _: axum::Router = routes![connect];
}
