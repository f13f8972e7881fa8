//! `hears`, `hear`, and `on` for events.

use converse::{Clock, Input, conversation};
use serde::{Deserialize, Serialize};

use crate::dialogue::Dialogue;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum News {
    Paid { cents: u32 },
    Delayed(String),
    Cancelled,
}

conversation! {
    /// Asks, and hears nothing.
    Deaf -> String {
        let word: String = ask "Word?";
        word
    }
}

conversation! {
    /// Hears of a payment while it asks and while it waits.
    Order(price: u32) hears News -> String {
        on News::Cancelled => return "cancelled".to_owned();
        on News::Delayed(why) => "Delayed: {why}.";
        let name: String = ask "Name?"
            on News::Paid { cents } if cents >= price => { say "Already paid."; answer "payer".to_owned() };
        let word: String = run Deaf;
        let paid: News = hear
            within 1min else "Still waiting."
            on "help" => { say "Pay, please."; wait }
            else "One moment, {name}.";
        let News::Paid { cents } = paid else { return "odd".to_owned() };
        format!("{name} {word} {cents}")
    }
}

#[test]
fn an_event_is_heard_where_the_conversation_waits() {
    let mut order = Dialogue::start(Order { price: 5 }, &["Name?"]);
    order.event(News::Delayed("snow".to_owned()), &["Delayed: snow.", "Name?"]);
    order.reply("Ada", &["Word?"]);
    order.event(News::Delayed("ice".to_owned()), &["Delayed: ice.", "Word?"]);
    order.reply("x", &[]);
    assert_eq!(order.question(), "paid");
    order.reply("hello?", &["One moment, Ada."]);
    assert_eq!(order.clock(), Clock::Unchanged);
    order.reply("help", &["Pay, please."]);
    order.silence(&["Still waiting."]).event(News::Paid { cents: 7 }, &[]);
    assert_eq!(order.output.as_deref(), Some("Ada x 7"));
}

#[test]
fn an_event_may_answer_a_question() {
    let mut order = Dialogue::start(Order { price: 5 }, &["Name?"]);
    order.event(News::Paid { cents: 5 }, &["Already paid.", "Word?"]).event(News::Cancelled, &[]);
    assert_eq!(order.output.as_deref(), Some("cancelled"));
}

#[test]
fn an_event_that_is_for_nobody_is_left() {
    let mut order = Dialogue::start(Order { price: 5 }, &["Name?"]);
    order.event(News::Paid { cents: 4 }, &[]);
    let Some(Input::Event(left)) = order.finish.left.take() else { panic!("the event is gone") };
    assert_eq!(left.take::<News>().expect("of this type"), News::Paid { cents: 4 });
    order.reply("Ada", &["Word?"]);
    order.event(News::Paid { cents: 9 }, &[]);
    assert!(matches!(order.finish.left, Some(Input::Event(_))), "the inner one leaves it, and so does the outer one");
}

conversation! {
    /// Hears of what is paid in full, and asks for a number in words of its own.
    Guarded(price: u32) hears u32 -> u32 {
        let tip: u32 = ask "Tip?"
            on cents if cents >= price => { say "Paid."; wait }
            else "A number, please.";
        tip
    }
}

#[test]
fn an_else_behind_a_guard_is_the_questions() {
    let mut guarded = Dialogue::start(Guarded { price: 5 }, &["Tip?"]);
    guarded.event(4u32, &[]).event(5u32, &["Paid."]);
    guarded.reply("none", &["A number, please.", "Tip?"]).reply("1", &[]);
    assert_eq!(guarded.output, Some(1));
}
