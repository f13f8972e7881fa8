//! A conversation as a handler hands it over.

use std::fmt;

use tokio::sync::mpsc::Receiver;

use crate::conversation::Conversation;

/// A conversation, where its events come from, and what the application calls it: what [`Conversation::hearing`] and
/// [`Conversation::keyed`] make, for a handler to return.
///
/// ```
/// use converse::{Held, prelude::*};
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
/// async fn checkout() -> Held<Checkout> {
///     let (till, events) = mpsc::channel(1);
///     tokio::spawn(async move { till.send(250).await });
///     Checkout.hearing(events)
/// }
/// # let _: axum::Router = routes![checkout];
/// ```
#[derive(Debug)]
#[must_use = "a conversation is held where a handler returns it"]
pub struct Held<C: Conversation> {
    pub(crate) conversation: C,
    /// Nothing where nobody sends any.
    pub(crate) events: Option<Receiver<C::Event>>,
    pub(crate) key: Option<String>,
}

impl<C: Conversation> Held<C> {
    /// As [`Conversation::hearing`].
    pub fn hearing(self, events: Receiver<C::Event>) -> Self {
        Held { events: Some(events), ..self }
    }

    /// As [`Conversation::keyed`].
    pub fn keyed(self, key: impl fmt::Display) -> Self {
        Held { key: Some(key.to_string()), ..self }
    }
}

impl<C: Conversation> From<C> for Held<C> {
    fn from(conversation: C) -> Self {
        Held { conversation, events: None, key: None }
    }
}
