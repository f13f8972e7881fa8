//! Conversations that await something of their own, for the size of a turn's future.

use std::future::ready;

use converse::{Conversation, Input, Outbox, Slot, Talk, conversation};
use serde::{Deserialize, Serialize};

/// Where an order goes.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Address {
    street: String,
    number: String,
    city: String,
    country: String,
}

conversation! {
    /// Takes an order, and asks the shop once in every turn.
    pub Order(name: String, address: Address, mail: String, phone: String, items: Vec<String>) -> u32 {
        let count: u32 = ask "How many, {name}?"
            where stock(count).await > 0 else "There are not that many.";
        let code: String = ask "{count} of {items:?}. Have you a code?"
            where is_code(&code).await else "That is none.";
        let Address { street, number, city, country } = address;
        say "To {street} {number}, {city}, {country}; a receipt to {mail}, or call {phone}.";
        count
    }
}

conversation! {
    /// The same, but asks several times in a turn.
    pub Haggle(name: String, address: Address, mail: String, phone: String, items: Vec<String>) -> u32 {
        let count: u32 = ask "How many, {name}?"
            where stock(count).await > 0 else "There are not that many.";
        let price: u32 = price(count).await;
        let code: String = ask "{items:?} for {price}. Have you a code?"
            where is_code(&code).await else "That is none.";
        say "To {} {}; a receipt to {mail}, or call {phone}.", address.street, address.city;
        price - stock(code.len() as u32).await
    }
}

async fn stock(count: u32) -> u32 {
    ready(count).await
}

async fn price(count: u32) -> u32 {
    ready(count).await
}

async fn is_code(code: &str) -> bool {
    ready(code.is_empty()).await
}

/// How many bytes a turn's future takes.
pub fn future_of_a_turn<C: Conversation<With = ()>>(conversation: C) -> usize {
    let outbox = Outbox::default();
    let (mut slot, mut talk) = (Slot::Start(conversation), Talk::new(&outbox, Input::Start));
    size_of_val(&C::turn(&mut slot, &(), &mut talk))
}
