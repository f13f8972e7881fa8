//! Something is listed: a title, a description, three tags of many, and a preview in which each can be changed once more.

use converse::prelude::*;

use crate::dialogue::Dialogue;

conversation! {
    /// Puts something on offer.
    Listing(tags: Vec<String>) -> String {
        let title: String = ask "Title?"
            where !title.is_empty() else "It needs one.";
        let description: String = ask "Description?";
        let chosen: Vec<String> = ask "Three of {}?", tags.join(", ")
            among &tags
            where chosen.len() == 3 else "Three, not {}.", chosen.len()
            else |problem| { say "{problem}."; retry };
        loop {
            say "{title}: {description} ({})", chosen.join(", ");
            let next: String = ask "Publish, or change title, description or tags?";
            match next.as_str() {
                "publish" => break title,
                "change title" => revise title,
                "change description" => revise description,
                "change tags" => revise chosen,
                _ => say "I cannot do that.",
            }
        }
    }
}

const NEXT: &str = "Publish, or change title, description or tags?";

#[test]
fn one_change_comes_back_to_the_preview() {
    let tags = ["old", "new", "big", "red"].map(str::to_owned).to_vec();
    let mut dialogue = Dialogue::start(Listing { tags }, &["Title?"]);
    dialogue.reply("", &["It needs one.", "Title?"]).reply("Chair", &["Description?"]);
    dialogue.reply("For one.", &["Three of old, new, big, red?"]);
    dialogue.reply("old, red", &["Three, not 2.", "Three of old, new, big, red?"]);
    dialogue.reply("old, big, red", &["Chair: For one. (old, big, red)", NEXT]);
    dialogue.reply("change title", &["Title?"]).reply("", &["It needs one.", "Title?"]);
    dialogue.reply("Throne", &["Throne: For one. (old, big, red)", NEXT]);
    dialogue.reply("change tags", &["Three of old, new, big, red?"]);
    dialogue.reply("new", &["Three, not 1.", "Three of old, new, big, red?"]);
    dialogue.reply("new, big, red", &["Throne: For one. (new, big, red)", NEXT]);
    dialogue.reply("burn it", &["I cannot do that.", "Throne: For one. (new, big, red)", NEXT]);
    dialogue.reply("change description", &["Description?"]);
    dialogue.reply("For two.", &["Throne: For two. (new, big, red)", NEXT]);
    dialogue.reply("publish", &[]);
    assert_eq!(dialogue.output.as_deref(), Some("Throne"));
}
