use converse::prelude::*;

conversation! {
    pub Visit(age: u8) -> u8 {
        let name = ask "Name?";
        age
    }
}

#[ws_route("/visit")]
async fn visit() -> Visit {
    Visit { age: "thirty" }
}

fn main() {
    let _: axum::Router = routes![visit];
}
