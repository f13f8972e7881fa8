//! The expansion is clean under every lint a careful crate denies, and needs nothing in scope.
#![deny(warnings, missing_docs, unused, unreachable_pub, private_interfaces, private_bounds)]
#![no_implicit_prelude]

/// What is known about a visitor.
#[derive(::std::clone::Clone)]
pub struct Person {
    /// Their name.
    pub name: ::std::string::String,
}

::converse::conversation! {
    /// Gets to know a visitor.
    pub Introduction(
        /// What is known already.
        known: ::std::option::Option<Person>,
        tries: u8,
    ) -> ::std::result::Result<Person, ::std::num::ParseIntError> {
        if let ::std::option::Option::Some(person) = known { return ::std::result::Result::Ok(person) }
        let mut left = tries;
        let name: ::std::string::String = ask "Name?"
            where !name.is_empty() else { left -= 1; retry }
            within 30s;
        loop {
            let age: u8 = ask "Age? {left}" within 1min else { break };
            if age > 17 { break }
            say "Too young.";
        }
        let code: ::std::string::String = ask "Code?";
        let _ = code.parse::<u8>()?;
        ::std::result::Result::Ok(Person { name })
    }
}

::converse::conversation! {
    /// Waits for all that there is to wait for. Its names are those of the expansion.
    pub Checkout<T: ::converse::Remember + ::std::clone::Clone>(
        /// What is sold.
        event: T,
        /// How many.
        count: u8,
    ) with (
        /// Where the receipt is from.
        at: u8,
    ) hears (u8, u8) -> ::std::option::Option<T> {
        on (reply, _) if reply > count => "{reply} of {count}";
        on silence 5min => ["Still there?", { return ::std::option::Option::None }];
        on after 30d => return ::std::option::Option::None;
        on "back" => back;
        let slot: u8 = ask "One?" where slot > count else retry;
        let left: u8 = ask "Two?" on "one" => revise slot;
        if left == slot { revise left; }
        let state: (u8, u8) = hear within 1h else back;
        let _ = state;
        let turn: ::std::string::String = once { ::std::format!("{left} {slot} {at} {}", talk.idempotency_key()) };
        once {};
        say "{turn}";
        ::std::option::Option::Some(event.clone())
    }
}

#[::converse::ws_route("/introduce/{tries}")]
async fn introduce(tries: u8) -> Introduction {
    Introduction { known: ::std::option::Option::None, tries }
}

fn main() {
    let _: ::axum::Router = ::converse::routes![introduce];
    ::std::assert_eq!(<Checkout<u8> as ::converse::Conversation>::FLOW.questions.len(), 8);
    ::std::assert_eq!(<Introduction as ::converse::Conversation>::FLOW.questions.len(), 3);
}
