//! A conversation, and where its events come from.

use tokio::sync::mpsc::Receiver;

use crate::conversation::Conversation;

/// A conversation that hears what comes through a channel: what [`Conversation::hearing`] makes, for a handler to return.
///
/// ```
/// use converse::{Hearing, prelude::*};
/// use tokio::sync::mpsc;
///
/// conversation! {
///     /// Waits for a payment.
///     pub Checkout hears u32 {
///         say "Please pay at the counter.";
///         let paid: u32 = hear within 10min;
///         say "{paid} cents received, thank you!";
///     }
/// }
///
/// #[ws_route("/checkout")]
/// async fn checkout() -> Hearing<Checkout> {
///     let (till, events) = mpsc::channel(1);
///     tokio::spawn(async move { till.send(250).await });
///     Checkout.hearing(events)
/// }
/// # let _: axum::Router = routes![checkout];
/// ```
#[derive(Debug)]
#[must_use = "a conversation is held where a handler returns it"]
pub struct Hearing<C: Conversation> {
    pub(crate) conversation: C,
    /// Nothing where nobody sends any.
    pub(crate) events: Option<Receiver<C::Event>>,
}

impl<C: Conversation> From<C> for Hearing<C> {
    fn from(conversation: C) -> Self {
        Hearing { conversation, events: None }
    }
}
