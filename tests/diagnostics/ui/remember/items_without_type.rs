use converse::prelude::*;

conversation! {
    Visit(words: String) {
        for word in words.split(char::is_whitespace) {
            let more: bool = ask "More {word}?";
            if !more { break }
        }
    }
}

fn main() {}
