//! A booking: details that are known are not asked for, a date that could be two opens a conversation of its own, and
//! help and cancel are heard at every level.

use converse::prelude::*;
use serde::{Deserialize, Serialize};

use crate::dialogue::Dialogue;

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
fn what_is_known_is_not_asked() {
    let known = Booking { city: Some("Rome".to_owned()), nights: Some(2) };
    let mut dialogue = Dialogue::start(known, &["When?"]);
    dialogue.reply("24/12", &["Rome, 24/12, 2 nights."]);
    assert_eq!(dialogue.output, Some(Some(("Rome".to_owned(), Date { day: 24, month: 12 }, 2))));
}

#[test]
fn an_ambiguous_day_is_cleared_up_two_levels_down() {
    let mut dialogue = Dialogue::start(fresh(), &["Which city?"]);
    dialogue.reply("Oslo", &["When?"]).reply("40/40", &["That is no day.", "When?"]);
    dialogue.reply("5/6", &["Month 6 or month 5?"]).reply("7", &["One of the two, please.", "Month 6 or month 5?"]);
    dialogue.reply("5", &["How many nights?"]).reply("0", &["At least one.", "How many nights?"]);
    dialogue.reply("3", &["Oslo, 6/5, 3 nights."]);
    assert_eq!(dialogue.output, Some(Some(("Oslo".to_owned(), Date { day: 6, month: 5 }, 3))));
}

#[test]
fn help_is_that_of_the_level_and_cancel_ends_it_all() {
    let mut dialogue = Dialogue::start(fresh(), &["Which city?"]);
    dialogue.reply("help", &["A city, a day, and for how long.", "Which city?"]).reply("Oslo", &["When?"]);
    dialogue.reply("help", &["A day like 24/12.", "When?"]).reply("5/6", &["Month 6 or month 5?"]);
    dialogue.reply("help", &["Say the number of the month that you mean.", "Month 6 or month 5?"]);
    dialogue.reply("cancel", &["Nothing is booked."]);
    assert_eq!(dialogue.output, Some(None));
}
