use converse::prelude::*;

conversation! {
    Order(dish: String) with kitchen: u8 -> u8 {
        let table = ask "At which table?";
        *kitchen
    }
}

conversation! {
    Visit -> u8 with (kitchen: u8) {
        *kitchen
    }
}

#[ws_route("/order")]
async fn order() -> Order {
    Order { dish: 3 }
}

#[ws_route("/visit")]
async fn visit() -> Visit {
    Visit
}

fn main() {
    let _: axum::Router = routes![order, visit];
}
