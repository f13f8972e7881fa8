//! Writes the compiler's corpus, and some stored conversations, to where cargo-fuzz looks for inputs to begin with.

use std::ffi::OsStr;
use std::path::Path;
use std::{fs, io};

use proc_macro2::TokenStream;

/// What is stored of a conversation half-way, at its beginning, and behind its end.
const STORED: [&str; 3] = [
    r#"{"state":{"tip":{"name":"Ada","size":"Large"}},"words":[{"Text":"Tip?"}],"numbers":{"out":3,"asked":3},
        "before":[{"name":{}},{"size":{"name":"Ada"}}],"asks":true,"silence":1,"alarm":2,"inputs":3,"done":0,"goes_on":false}"#,
    r#"{"state":{"name":{}},"words":[{"Text":"Name?"}],"numbers":{"out":1,"asked":1},"access":{"epoch":1}}"#,
    r#"{"ended":[1000,"bye"],"words":[{"Binary":"yv4="}]}"#,
];

fn main() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let write = |target: &str, name: &str, seed: &[u8]| {
        let folder = here.join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), seed)
    };
    for (number, stored) in STORED.iter().enumerate() {
        // A peer without manners of its own, nothing sealed, and no replies.
        write("stored", &number.to_string(), &[&[0; 8], stored.as_bytes()].concat())?;
    }
    for entry in fs::read_dir(here.join("../macros/compiler/tests/corpus"))? {
        let path = entry?.path();
        let Some(name) = path
            .file_name()
            .and_then(OsStr::to_str)
            .filter(|_| path.extension().is_some_and(|extension| extension == "rs"))
        else {
            continue;
        };
        let text = fs::read_to_string(&path)?;
        let tokens: TokenStream = text.parse().expect("the corpus is made of tokens");
        for (target, seed) in [("text", text.into_bytes()), ("conversation", converse_fuzz::bytes(tokens))] {
            write(target, name, &seed)?;
        }
    }
    Ok(())
}
