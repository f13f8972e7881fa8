//! A question that cannot be passed: nobody is under 18 and over 65.

/// With the bug.
pub mod broken {
    use converse::prelude::*;

    conversation! {
        /// Sells a cheap ticket.
        pub Discount {
            let age: u8 = ask "How old are you?"
                where age < 18 else "This is for children."
                where age > 65 else "This is for pensioners.";
            say "A ticket for {age} years.";
        }
    }
}

/// Without it.
pub mod mended {
    use converse::prelude::*;

    conversation! {
        /// Sells a cheap ticket.
        pub Discount {
            let age: u8 = ask "How old are you?"
                where !(18..=65).contains(&age) else "This is for children and pensioners.";
            say "A ticket for {age} years.";
        }
    }
}

#[cfg(test)]
mod tests {
    use converse::testing::dialogue;

    use super::{broken, mended};

    #[test]
    #[should_panic(expected = "no reply leads on from `age` of Discount: ")]
    fn it_is_found() {
        dialogue(|| broken::Discount).walk();
    }

    #[test]
    fn without_it_all_is_well() {
        dialogue(|| mended::Discount).walk();
    }
}
