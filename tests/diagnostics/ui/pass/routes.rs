//! Handlers of every kind, in every place, under the strictest lints.

#![deny(warnings, missing_docs, unreachable_pub, unused)]

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use converse::prelude::*;

#[derive(Clone)]
struct App;

conversation! {
    /// Asks for a name.
    pub Introduction -> String {
        let name: String = ask "What is your name?";
        name
    }
}

/// Neither path nor extractors.
#[ws_route("/introduce")]
pub async fn introduce() -> Introduction {
    Introduction
}

/// Everything at once.
#[ws_route("/rooms/{room}/seats/{type}/{*rest}")]
async fn connect(
    headers: HeaderMap,
    room: u32,
    State(App): State<App>,
    mut r#type: Option<String>,
    _rest: String,
    socket: converse::WebSocket,
) -> converse::Result {
    r#type = r#type.filter(|_| room > 0 && headers.is_empty());
    drop((r#type, socket));
    Ok(())
}

/// An error refuses the upgrade.
#[ws_route("/orders/{order}")]
async fn order(order: String) -> Result<Introduction, (StatusCode, &'static str)> {
    if order == "36" { Ok(Introduction) } else { Err((StatusCode::NOT_FOUND, "no such order")) }
}

/// There is no such handler, and nothing beside it.
#[ws_route("/never")]
#[cfg(any())]
async fn never() -> Introduction {
    Introduction
}

/// As much, as little and as seldom as may be said.
#[ws_route("/bounds", inbox = "1 KiB", outbox = "511 MiB", ping = "1d", pong = "1ms", max_messages_per_second = 10u8)]
async fn bounds(_socket: WebSocket) {}

/// Every sign of a token, and a scheme that has no port of its own.
#[ws_route("/names", protocols = ["x+json", "!#$%&'*+-.^_`|~"], origins = ["app://localhost", "http://[::1]:443"])]
async fn names(_socket: WebSocket) {}

mod chat {
    use ::converse::prelude::*;

    #[ws_route("/chat")]
    pub(crate) async fn connect(_socket: WebSocket) {}

    pub(crate) mod deep {
        #[::converse::ws_route("/chat/deep")]
        pub(in crate::chat) async fn hidden(_socket: ::converse::WebSocket) {}

        pub(crate) fn routes() -> axum::Router {
            ::converse::routes![self::hidden, super::connect]
        }
    }
}

macro_rules! handler {
    ($name:ident, $pattern:literal) => {
        #[ws_route($pattern)]
        async fn $name(_socket: WebSocket) {}
    };
}

handler!(made_by_a_macro, "/made");

fn main() {
    #[ws_route("/local")]
    async fn local(_socket: WebSocket) {}

    let stateful: Router<App> = routes![introduce, connect, order,];
    let app: Router = stateful
        .with_state(App)
        .merge(routes![local, bounds, names, self::made_by_a_macro])
        .merge(chat::deep::routes())
        .nest("/{tenant}", routes![]);
    drop(app);
    // Handlers stay functions.
    let _ = introduce();
    let _ = local;
}
