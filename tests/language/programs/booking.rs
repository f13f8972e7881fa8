//! A booking: details that are known are not asked for, a date that could be two opens a conversation of its own, and
//! help and cancel are heard at every level.

use converse::prelude::*;
use converse::testing::{assert_covered, dialogue};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Date {
    day: u8,
    month: u8,
}

/// The dates that two numbers may mean: day and month, or the reverse.
fn meanings(first: u8, second: u8) -> Vec<Date> {
    let readings = [Date { day: first, month: second }, Date { day: second, month: first }];
    let mut dates: Vec<Date> = readings.into_iter().filter(|date| (1..=12).contains(&date.month)).collect();
    dates.retain(|date| (1..=31).contains(&date.day));
    dates.dedup();
    dates
}

conversation! {
    /// Which of the two it is.
    Clearing(one: Date, other: Date) -> Date {
        on "help" => "Say the number of the month that you mean.";
        let month: u8 = ask "Month {} or month {}?", one.month, other.month
            where month == one.month || month == other.month else "One of the two, please.";
        if month == one.month { one } else { other }
    }
}

conversation! {
    /// A day, as two numbers.
    Day -> Date {
        on "help" => "A day like 24/12.";
        let text: String = ask "When?";
        let numbers: Vec<u8> = text.split('/').filter_map(|number| number.trim().parse().ok()).collect();
        let dates = match numbers.as_slice() {
            [first, second] => meanings(*first, *second),
            _ => Vec::new(),
        };
        match dates.as_slice() {
            [] => {
                say "That is no day.";
                goto text
            }
            [date] => *date,
            [one, other, ..] => {
                let one: Date = *one;
                let other: Date = *other;
                let cleared: Date = run Clearing { one, other };
                cleared
            }
        }
    }
}

conversation! {
    Booking(city: Option<String>, nights: Option<u8>) -> Option<(String, Date, u8)> {
        on "cancel" => { say "Nothing is booked."; return None }
        on "help" => "A city, a day, and for how long.";
        let city: String = ask "Which city?" unless city;
        let day: Date = run Day;
        let nights: u8 = ask "How many nights?"
            unless nights
            where nights > 0 else "At least one."
            else "A number, please.";
        say "{city}, {}/{}, {nights} nights.", day.day, day.month;
        Some((city, day, nights))
    }
}

converse::lock!("language/programs/booking.lock": Booking, Day, Clearing);

fn fresh() -> Booking {
    Booking { city: None, nights: None }
}

#[test]
fn every_way_through_it_is_taken() {
    let booking = dialogue(fresh);
    dialogue(|| Booking { city: Some("Rome".to_owned()), nights: Some(2) }).check(
        "
        < When?
        > 24/12
        < Rome, 24/12, 2 nights.
        ! end
        ",
    );
    booking.check(
        "
        < Which city?
        > help
        < A city, a day, and for how long.
        < Which city?
        > binary 0x00
        < Which city?
        > Oslo
        < When?
        > help
        < A day like 24/12.
        < When?
        > binary 0x00
        < When?
        > 40/40
        < That is no day.
        < When?
        > 5/6
        < Month 6 or month 5?
        > help
        < Say the number of the month that you mean.
        < Month 6 or month 5?
        > 7
        < One of the two, please.
        < Month 6 or month 5?
        > May
        < Month 6 or month 5?
        > 5
        < How many nights?
        > help
        < A city, a day, and for how long.
        < How many nights?
        > 0
        < At least one.
        < How many nights?
        > many
        < A number, please.
        < How many nights?
        > 3
        < Oslo, 6/5, 3 nights.
        ! end
        ",
    );
    booking.check(
        "
        < Which city?
        > cancel
        < Nothing is booked.
        ! end
        ",
    );
    booking.check(
        "
        < Which city?
        > Oslo
        < When?
        > cancel
        < Nothing is booked.
        ! end
        ",
    );
    booking.check(
        "
        < Which city?
        > Oslo
        < When?
        > 5/6
        < Month 6 or month 5?
        > cancel
        < Nothing is booked.
        ! end
        ",
    );
    booking.check(
        "
        < Which city?
        > Oslo
        < When?
        > 5/6
        < Month 6 or month 5?
        > 6
        < How many nights?
        > cancel
        < Nothing is booked.
        ! end
        ",
    );
    // Help is that of the level: while one of these runs another, it is the other's that is heard.
    assert_covered!(Booking, except = ["day -> day: on \"help\""]);
    assert_covered!(Day, except = ["cleared -> cleared: on \"help\""]);
    assert_covered!(Clearing);
}
