//! Something is listed: a title, a description, three tags of many, and a preview in which each can be changed once more.

use converse::prelude::*;
use converse::testing::{assert_covered, dialogue};

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

#[test]
fn every_way_through_it_is_taken() {
    let tags = || ["old", "new", "big", "red"].map(str::to_owned).to_vec();
    let offer = dialogue(move || Listing { tags: tags() });
    offer.check(
        "
        < Title?
        >
        < It needs one.
        < Title?
        > Chair
        < Description?
        > binary 0x00
        < Description?
        > For one.
        < Three of old, new, big, red?
        > green
        < expected one of: old, new, big, red.
        < Three of old, new, big, red?
        > old, red
        < Three, not 2.
        < Three of old, new, big, red?
        > old, big, red
        < Chair: For one. (old, big, red)
        < Publish, or change title, description or tags?
        > change title
        < Title?
        >
        < It needs one.
        < Title?
        > Throne
        < Throne: For one. (old, big, red)
        < Publish, or change title, description or tags?
        > change tags
        < Three of old, new, big, red?
        > green
        < expected one of: old, new, big, red.
        < Three of old, new, big, red?
        > new
        < Three, not 1.
        < Three of old, new, big, red?
        > new, big, red
        < Throne: For one. (new, big, red)
        < Publish, or change title, description or tags?
        > binary 0x00
        < Publish, or change title, description or tags?
        > burn it
        < I cannot do that.
        < Throne: For one. (new, big, red)
        < Publish, or change title, description or tags?
        > change description
        < Description?
        > binary 0x00
        < Description?
        > For two.
        < Throne: For two. (new, big, red)
        < Publish, or change title, description or tags?
        > publish
        ! end
        ",
    );
    assert_covered!(Listing);
}
