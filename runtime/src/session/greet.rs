//! A client of the subprotocol: it says who it is, and is welcomed, before the conversation goes on.

use std::sync::Arc;

use http::StatusCode;

use super::hold_by;
use crate::close::Close;
use crate::conversation::Conversation;
use crate::held::Held;
use crate::sessions::{Arrival, Visit};
use crate::socket::WebSocket;
use crate::wire::{Hello, Json, Wire};

/// Lets a client in that says first what it comes with, and holds the conversation with it.
pub(crate) async fn greet<C: Conversation>(
    mut ws: WebSocket,
    mut held: Box<Held<C>>,
    visit: Box<Visit>,
    with: Arc<C::With>,
) {
    let hello = match Hello::receive(&mut ws).await {
        Ok(hello) => hello,
        Err(close) => return ws.leave(close),
    };
    let token = hello.token.as_deref().and_then(|token| token.parse().ok());
    let arrival = Arrival { key: held.key.take(), token, progress: hello.progress() };
    let entered = match visit.enter::<C>(arrival).await {
        Ok(entered) => entered,
        Err(StatusCode::SERVICE_UNAVAILABLE) => return ws.leave(Close::new(Close::TRY_AGAIN, "try again later")),
        Err(StatusCode::FORBIDDEN) => return ws.leave(Close::new(Close::POLICY, "the ticket is not good")),
        Err(_) => return ws.leave(Close::new(Close::INTERNAL, "")),
    };
    if let Some(why) = entered.left {
        return ws.leave(Close::new(Close::RESTART, why));
    }
    drop(visit); // It would be there for as long as the client is.
    if let Ok(json) = Json::welcome(ws, &hello, &entered).await {
        hold_by(Wire::Json(Box::new(json)), held, Some(entered), with).await;
    }
}
