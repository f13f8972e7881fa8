use converse::prelude::*;

#[derive(Clone)]
struct Kitchen;

conversation! {
    Order with (kitchen: Kitchen) {
        let dish: String = ask "Dish?";
        let _: &Kitchen = kitchen;
        say "{dish}";
    }
}

#[ws_route("/order")]
async fn order() -> Order {
    Order
}

fn main() {
    let _ = routes![order].with_state(3u8);
}
