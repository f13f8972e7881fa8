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

#[::converse::ws_route("/introduce/{tries}")]
async fn introduce(tries: u8) -> Introduction {
    Introduction { known: ::std::option::Option::None, tries }
}

fn main() {
    let _: ::axum::Router = ::converse::routes![introduce];
    ::std::assert_eq!(<Introduction as ::converse::Conversation>::FLOW.questions.len(), 3);
}
