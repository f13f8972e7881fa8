//! Turns that say very much: ahead of the write, while they wait for something of their own, or behind it.

use converse::{Sessions, prelude::*};
use tokio::task::yield_now;

use crate::support::{Browser, hear, talk};

conversation! {
    /// Counts.
    Counter {
        let rests: bool = ask "Rest?" else "true or false, please.";
        let last: u32 = ask "How far?";
        for number in 1..=last {
            say "{number}";
            if rests {
                yield_now().await;
            }
        }
        let word: String = ask "More?";
        say "{word}.";
    }
}

#[ws_route("/count")]
async fn count() -> Counter {
    Counter
}

#[tokio::test(start_paused = true)]
async fn all_of_it_is_heard_and_the_end_of_it_is_said_again() {
    let app = routes![count].layer(Sessions::in_memory().trust_pongs(false));
    for rests in ["true", "false"] {
        let mut browser = Browser::new(&app, "/count");
        let mut client = browser.connect().await;
        hear(&mut client, &["Rest?"]).await;
        talk(&mut client, rests, &["How far?"]).await;
        client.send("20000").await;
        for number in 1..=20_000 {
            assert_eq!(client.text().await, number.to_string());
        }
        hear(&mut client, &["More?"]).await;
        drop(client);
        let mut client = browser.connect().await;
        for number in 20_000 - 62..=20_000 {
            assert_eq!(client.text().await, number.to_string(), "rests: {rests}");
        }
        hear(&mut client, &["More?"]).await;
        talk(&mut client, "no", &["no."]).await;
        assert_eq!(client.closed().await.0, 1000);
    }
}
