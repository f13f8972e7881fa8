use converse::prelude::*;

struct Connect;

fn main() {
    let _: axum::Router = routes![Connect];
}
