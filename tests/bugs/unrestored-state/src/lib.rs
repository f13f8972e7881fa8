//! A state that does not restore: a date is stored as a text and read as a number.

/// With the bug.
pub mod broken {
    use converse::prelude::*;
    use serde::{Deserialize, Deserializer, Serialize};

    #[derive(Serialize)]
    struct Day(String);

    impl<'de> Deserialize<'de> for Day {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            u32::deserialize(from).map(|day| Day(day.to_string()))
        }
    }

    conversation! {
        /// Books a table.
        pub Table {
            let text: String = ask "Which day?";
            let day: Day = Day(text);
            let seats: u8 = ask "For how many?";
            say "{seats} seats on {}.", day.0;
        }
    }
}

/// Without it.
pub mod mended {
    use converse::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Day(String);

    conversation! {
        /// Books a table.
        pub Table {
            let text: String = ask "Which day?";
            let day: Day = Day(text);
            let seats: u8 = ask "For how many?";
            say "{seats} seats on {}.", day.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use converse::testing::dialogue;

    use super::{broken, mended};

    const DIALOGUE: &str = "
        < Which day?
        > Friday
        < For how many?
        > 2
        < 2 seats on Friday.
        ! end
        ";

    #[test]
    #[should_panic(expected = "the dialogue goes otherwise where the connection broke while it waited at `seats`")]
    fn it_is_found() {
        dialogue(|| broken::Table).check(DIALOGUE);
    }

    #[test]
    fn without_it_all_is_well() {
        dialogue(|| mended::Table).check(DIALOGUE);
    }
}
