//! The crate under another name.

use crate::dialogue::Dialogue;

mod inner {
    pub(super) use ::converse as talks;
}

use inner::talks;

mod converse {} // Not the crate: nothing that is emitted means this.

talks::conversation! {
    #[converse(crate = crate::renamed::talks)]
    #[derive(Clone)]
    Renamed(from: u8) -> u8 {
        let to: u8 = ask "From {from} to?"
            else "A number.";
        to - from
    }
}

#[test]
fn a_conversation_may_know_the_crate_by_another_name() {
    let renamed = Renamed { from: 3 };
    let mut dialogue = Dialogue::start(renamed.clone(), &["From 3 to?"]);
    dialogue.reply("x", &["A number.", "From 3 to?"]).reply("9", &[]);
    assert_eq!(dialogue.output, Some(6));
}
