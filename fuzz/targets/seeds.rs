//! Writes the compiler's corpus to where cargo-fuzz looks for inputs to begin with.

use std::path::Path;
use std::{fs, io};

use proc_macro2::TokenStream;

fn main() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(here.join("../macros/compiler/tests/corpus"))? {
        let path = entry?.path();
        let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|extension| extension == "rs"))
        else {
            continue;
        };
        let text = fs::read_to_string(&path)?;
        let tokens: TokenStream = text.parse().expect("the corpus is made of tokens");
        for (target, seed) in [("text", text.into_bytes()), ("conversation", converse_fuzz::bytes(tokens))] {
            let folder = here.join("corpus").join(target);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(name), seed)?;
        }
    }
    Ok(())
}
