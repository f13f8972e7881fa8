//! What is done once is stored before anything else happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use converse::conversation;

use crate::dialogue::{Dialogue, remembered};

#[derive(Clone, Default)]
struct Bank(Arc<AtomicU32>);

impl Bank {
    async fn charge(&self, cents: u32, key: &str) -> Result<String, String> {
        self.0.fetch_add(cents, Ordering::Relaxed);
        if cents > 100 { Err("too much".to_owned()) } else { Ok(format!("receipt of {cents} for {key}")) }
    }

    async fn thank(&self) {
        self.0.fetch_add(1000, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Fake(Bank);

impl axum::extract::FromRef<Fake> for Bank {
    fn from_ref(fake: &Fake) -> Bank {
        fake.0.clone()
    }
}

conversation! {
    /// Charges twice, and thanks.
    Charge with (bank: Bank) -> Result<String, String> {
        let mut all: String = String::new();
        loop {
            let cents: u32 = ask "How many?";
            if cents == 0 {
                break;
            }
            let receipt: String = once bank.charge(cents, talk.idempotency_key()).await?;
            say "{receipt}";
            all.push_str(&receipt);
        }
        once bank.thank().await;
        once { bank.0.fetch_add(5000, Ordering::Relaxed) };
        Ok(all)
    }
}

fn start(bank: &Bank) -> Dialogue<Charge> {
    Dialogue::start_with(Charge, ChargeWith { bank: bank.clone() }, &["How many?"])
}

#[test]
fn each_time_has_its_own_key() {
    let bank = Bank::default();
    let mut dialogue = start(&bank);
    dialogue.reply("3", &["receipt of 3 for test/0/receipt", "How many?"]);
    dialogue.reply("4", &["receipt of 4 for test/1/receipt", "How many?"]);
    dialogue.reply("0", &[]);
    assert_eq!(dialogue.output, Some(Ok("receipt of 3 for test/0/receiptreceipt of 4 for test/1/receipt".to_owned())));
    assert_eq!(bank.0.load(Ordering::Relaxed), 6007);
}

#[test]
fn what_fails_is_not_stored() {
    let mut dialogue = start(&Bank::default());
    dialogue.reply("101", &[]);
    assert_eq!(dialogue.output, Some(Err("too much".to_owned())));
}

#[test]
fn its_value_and_what_is_needed_later_are_remembered() {
    assert_eq!(
        remembered::<Charge>(),
        ["cents(all: String)", "receipt(all: String, receipt: String)", "thank(all: String)", "once(all: String)"]
    );
}

conversation! {
    /// Does something that a question is called like.
    Thanks with (bank: Bank) -> String {
        once bank.thank().await;
        let thank: String = ask "Whom to thank?";
        thank
    }
}

#[test]
fn a_question_keeps_its_name() {
    assert_eq!(remembered::<Thanks>(), ["thank_2()", "thank()"]);
}

conversation! {
    /// A variable called `talk` is one.
    Talks -> u32 {
        let talk: u32 = ask "Talk?";
        let once: u32 = once talk + 1;
        let hear = once + 1;
        let back = hear;
        back
    }
}

#[test]
fn a_variable_of_the_name_comes_first() {
    let mut dialogue = Dialogue::start(Talks, &["Talk?"]);
    dialogue.reply("3", &[]);
    assert_eq!(dialogue.output, Some(5));
}
