//! A conversation for `dialogues/patience.json`, since no example is made for silence.

use converse::prelude::*;

conversation! {
    /// Asks somebody who has to be asked twice, and then says nothing at all.
    pub(crate) Patience {
        let word: String = ask "Say a word."
            within 1s else "Still there?";
        say "You said {word}.";
        let another: String = ask "And another." within 1s;
        say "And {another}.";
    }
}

/// Who does not answer the pings is given up before the second is over that it is silent for.
#[ws_route("/patience", ping = "100ms", pong = "800ms")]
pub(crate) async fn patience() -> Patience {
    Patience
}
