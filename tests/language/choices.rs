//! Replies that are one of an enum's variants, and replies that are not shown.

use converse::prelude::*;
use converse::{Reply, Secret};
use serde::{Deserialize, Serialize};

use crate::dialogue::{Dialogue, remembered};

#[derive(Choice, Debug, PartialEq, Serialize, Deserialize)]
enum Size {
    Small,
    #[choice(alias = "middle", alias = "M")]
    Medium,
    #[choice(label = "XL")]
    ExtraLarge,
}

conversation! {
    /// One, some, or none.
    Shop -> (Size, Vec<Size>, Option<Size>) {
        let size: Size = ask "Which of {}?", Size::options()
            else |problem| { say "{problem}."; retry };
        let more: Vec<Size> = ask "Not only {}?", size.label()
            else "No.";
        let last: Option<Size> = ask "And?"
            else "No.";
        (size, more, last)
    }
}

#[test]
fn a_choice_is_read_by_name_alias_or_number() {
    let mut dialogue = Dialogue::start(Shop, &["Which of small, medium, XL?"]);
    for wrong in ["tiny", "", "0", "4", "-1", "small medium"] {
        dialogue.reply(wrong, &["expected one of: small, medium, XL.", "Which of small, medium, XL?"]);
    }
    dialogue.reply(" extra-large ", &["Not only XL?"]);
    dialogue.reply("small, nothing", &["No.", "Not only XL?"]).reply("1, Middle, xl", &["And?"]).reply("", &[]);
    let some = vec![Size::Small, Size::Medium, Size::ExtraLarge];
    assert_eq!(dialogue.output, Some((Size::ExtraLarge, some, None)));
    assert_eq!(remembered::<Shop>(), ["size()", "more(size: Size)", "last(size: Size, more: Vec<Size>)"]);
}

#[test]
fn words_are_joined_as_one_likes() {
    for reply in ["ExtraLarge", "extra large", "EXTRA_LARGE", "xl", "3"] {
        assert_eq!(reply.parse(), Ok(Size::ExtraLarge));
    }
}

conversation! {
    /// Is told something that it does not repeat.
    Vault -> bool {
        let pin: Secret<u32> = ask "PIN?"
            else |problem| { say "{problem}"; retry };
        let hint: Option<Secret<String>> = ask "A hint?";
        *pin.expose() == 1234 && hint.is_none()
    }
}

#[test]
fn a_secret_is_asked_for_like_anything_else() {
    let mut dialogue = Dialogue::start(Vault, &["PIN?"]);
    dialogue.reply("hunter2", &["this is not what was asked for", "PIN?"]);
    dialogue.reply("1234", &["A hint?"]).reply("", &[]);
    assert_eq!(dialogue.output, Some(true));
}

#[test]
fn a_secret_is_not_shown() {
    #[derive(Debug)]
    struct Gossip;
    impl std::str::FromStr for Gossip {
        type Err = String;
        fn from_str(reply: &str) -> Result<Self, String> {
            Err(format!("what is `{reply}`?"))
        }
    }
    let problem = Secret::<Gossip>::read("hunter2".into()).expect_err("it is never read");
    assert!(!problem.to_string().contains("hunter2"));
    assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(***)");
    assert_eq!(Secret::new("hunter2").into_inner(), "hunter2");
}
