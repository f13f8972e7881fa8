//! A profile: gender by choice, a photo or none, a location or none, and a text; cancelled at any time.

use converse::prelude::*;
use converse::testing::{assert_covered, dialogue};

use crate::dialogue::{Dialogue, remembered};

#[derive(Debug, PartialEq)]
struct Profile {
    gender: String,
    photo: Option<usize>,
    location: Option<String>,
    bio: String,
}

conversation! {
    /// Asks for what a profile shows.
    About -> Option<Profile> {
        on "/cancel" => { say "Bye, until another time."; return None }
        let gender: String = ask "Boy, Girl or Other?"
            among ["Boy", "Girl", "Other"].map(String::from)
            else |problem| { say "That was {problem}."; retry };
        let photo: Option<Binary> = ask "A photo, or /skip."
            on "/skip" => answer None
            else "That is no photo.";
        let size: Option<usize> = photo.map(|photo| photo.0.len());
        match size {
            Some(bytes) => say "Gorgeous, all {bytes} bytes of it!",
            None => say "I bet you look great!",
        }
        let location: Option<String> = ask "Where are you? Or /skip."
            on "/skip" => answer None;
        if location.is_none() {
            say "You seem a bit paranoid!";
        }
        let bio: String = ask "At last, something about yourself.";
        say "Thank you!";
        Some(Profile { gender, photo: size, location, bio })
    }
}

#[test]
fn every_way_through_it_is_taken() {
    let visit = dialogue(|| About);
    visit.check(
        "
        < Boy, Girl or Other?
        > Cat
        < That was expected one of: Boy, Girl, Other.
        < Boy, Girl or Other?
        > girl
        < A photo, or /skip.
        > no
        < That is no photo.
        < A photo, or /skip.
        > binary 0x010203
        < Gorgeous, all 3 bytes of it!
        < Where are you? Or /skip.
        > binary 0x00
        < Where are you? Or /skip.
        > Paris
        < At last, something about yourself.
        > binary 0x00
        < At last, something about yourself.
        > I sing.
        < Thank you!
        ! end
        ",
    );
    visit.check(
        "
        < Boy, Girl or Other?
        > 3
        < A photo, or /skip.
        > /skip
        < I bet you look great!
        < Where are you? Or /skip.
        > /skip
        < You seem a bit paranoid!
        < At last, something about yourself.
        > No.
        < Thank you!
        ! end
        ",
    );
    visit.check(
        "
        < Boy, Girl or Other?
        > /cancel
        < Bye, until another time.
        ! end
        ",
    );
    visit.check(
        "
        < Boy, Girl or Other?
        > Boy
        < A photo, or /skip.
        > /cancel
        < Bye, until another time.
        ! end
        ",
    );
    visit.check(
        "
        < Boy, Girl or Other?
        > Boy
        < A photo, or /skip.
        > /skip
        < I bet you look great!
        < Where are you? Or /skip.
        > /cancel
        < Bye, until another time.
        ! end
        ",
    );
    visit.check(
        "
        < Boy, Girl or Other?
        > Boy
        < A photo, or /skip.
        > /skip
        < I bet you look great!
        < Where are you? Or /skip.
        > Paris
        < At last, something about yourself.
        > /cancel
        < Bye, until another time.
        ! end
        ",
    );
    assert_covered!(About);
}

#[test]
fn a_photo_is_a_binary_message() {
    let mut dialogue = Dialogue::start(About, &["Boy, Girl or Other?"]);
    dialogue.reply("Cat", &["That was expected one of: Boy, Girl, Other.", "Boy, Girl or Other?"]);
    dialogue.reply("girl", &["A photo, or /skip."]);
    dialogue.reply("no", &["That is no photo.", "A photo, or /skip."]);
    dialogue.reply(vec![1, 2, 3], &["Gorgeous, all 3 bytes of it!", "Where are you? Or /skip."]);
    dialogue.reply("Paris", &["At last, something about yourself."]);
    dialogue.reply("I sing.", &["Thank you!"]);
    let (gender, bio) = ("Girl".to_owned(), "I sing.".to_owned());
    let expected = Profile { gender, photo: Some(3), location: Some("Paris".to_owned()), bio };
    assert_eq!(dialogue.output, Some(Some(expected)));
    assert_eq!(remembered::<About>()[2], "location(gender: String, size: Option<usize>)", "not the photo");
}
