//! What is amiss with JSON, and no word of what is in it: errors are logged, and what a client said is not.

use std::fmt;

use serde_json::error::Category;

/// Why JSON could not be read or written. What serde says of that quotes the value; this says what kind of mistake it is,
/// and where it was noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Amiss {
    words: Words,
    line: usize,
    column: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Words {
    /// Of a value that is JSON and will not do.
    Data(&'static str),
    /// Those of the parser, which knows of no values.
    Syntax(String),
}

/// What serde's own messages begin with, up to the value or the name in them, and what is said instead.
const KINDS: [(&str, &str); 7] = [
    ("invalid type", "a value is of another type"),
    ("invalid value", "a value is none of its type's"),
    ("invalid length", "something has more or fewer parts than its type"),
    ("unknown variant", "a name is none of those that are known"),
    ("unknown field", "a field is none of those that are known"),
    ("missing field", "a field is missing"),
    ("duplicate field", "a field is there twice"),
];

/// What the types of this crate say themselves.
const OWN: [&str; 2] = [NOT_WRITTEN, NOT_READ];

/// What a `Secret` says where others would see it.
pub(crate) const NOT_WRITTEN: &str = "a `Secret` is not written anywhere";
pub(crate) const NOT_READ: &str = "a `Secret` is not read from anywhere";

impl From<serde_json::Error> for Amiss {
    fn from(error: serde_json::Error) -> Self {
        let (line, column, said) = (error.line(), error.column(), error.to_string());
        let words = match error.classify() {
            Category::Data => {
                let own = OWN.into_iter().find(|own| said.starts_with(own));
                let kind = || KINDS.into_iter().find(|(serde, _)| said.starts_with(serde)).map(|(_, words)| words);
                // A type may say anything in words of its own.
                Words::Data(own.or_else(kind).unwrap_or("a type refuses its value"))
            }
            Category::Io | Category::Syntax | Category::Eof => {
                let place = format!(" at line {line} column {column}");
                Words::Syntax(said.strip_suffix(&place).unwrap_or(&said).to_owned())
            }
        };
        Amiss { words, line, column }
    }
}

impl fmt::Display for Amiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Amiss { words, line, column } = self;
        f.write_str(match words {
            Words::Data(words) => words,
            Words::Syntax(words) => words,
        })?;
        match line {
            // What is written has no places.
            0 => Ok(()),
            line => write!(f, " at line {line} column {column}"),
        }
    }
}

impl std::error::Error for Amiss {}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde::de::{DeserializeOwned, Error as _};

    use super::*;
    use crate::secret::Secret;

    fn unread<T: DeserializeOwned>(json: &str) -> String {
        Amiss::from(serde_json::from_str::<T>(json).err().expect("it is none")).to_string()
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Pair {
        #[serde(rename = "left")]
        _left: u8,
    }

    #[derive(serde::Deserialize)]
    enum Way {
        Left,
    }

    #[test]
    fn it_is_said_what_kind_of_mistake_it_is_and_where() {
        let _ = Way::Left;
        for (said, words) in [
            (unread::<u64>("\"marked\""), "a value is of another type at line 1 column 8"),
            (unread::<String>("4711"), "a value is of another type at line 1 column 4"),
            (unread::<u8>("4711"), "a value is none of its type's at line 1 column 4"),
            (unread::<(u8, u8)>("[1]"), "something has more or fewer parts than its type at line 1 column 3"),
            (unread::<Way>("\"marked\""), "a name is none of those that are known at line 1 column 8"),
            (unread::<Pair>("{}"), "a field is missing at line 1 column 2"),
            (unread::<Pair>("{\"marked\":1}"), "a field is none of those that are known at line 1 column 9"),
            (unread::<Pair>("{\"left\":1,\n\"left\":2}"), "a field is there twice at line 2 column 6"),
            (unread::<std::net::IpAddr>("\"marked\""), "a type refuses its value at line 1 column 8"),
            (unread::<u64>("marked"), "expected value at line 1 column 1"),
            (unread::<String>("\"marked"), "EOF while parsing a string at line 1 column 7"),
        ] {
            assert_eq!(said, words);
        }
    }

    #[test]
    fn what_cannot_be_written_has_no_place() {
        let map = HashMap::from([((1, 2), 3)]);
        let error = Amiss::from(serde_json::to_string(&map).expect_err("JSON has no such names"));
        assert_eq!(error.to_string(), "key must be a string");
        let error = Amiss::from(serde_json::to_string(&Secret::new(1)).expect_err("it would be seen"));
        assert_eq!(error.to_string(), "a `Secret` is not written anywhere");
        assert_eq!(Amiss::from(serde_json::Error::custom("marked")).to_string(), "a type refuses its value");
    }
}
