//! What conversations, writes and schemas are called: sixteen bytes, shown in hexadecimal.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use data_encoding::HEXLOWER;
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use crate::random;

/// A text that is not the name of anything: not 32 hexadecimal digits in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadName;

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is not 32 hexadecimal digits")
    }
}

impl std::error::Error for BadName {}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// One with these bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                $name(bytes)
            }

            /// Its bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0; 32];
                HEXLOWER.encode_mut(&self.0, &mut text);
                f.pad(std::str::from_utf8(&text).expect("digits are text"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| BadName)?;
                bytes.try_into().map($name).map_err(|_| BadName)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                text.parse().map_err(|error| de::Error::custom(format_args!("`{text}`: {error}")))
            }
        }
    )*};
}

names! {
    /// The name of a conversation. It is no secret: whoever knows it has not yet shown anything.
    ///
    /// ```
    /// use converse::store::Id;
    ///
    /// let id = Id::random();
    /// assert_eq!(id.to_string().parse(), Ok(id));
    /// assert!("17".parse::<Id>().is_err());
    /// ```
    Id
    /// The name of one write of a record. A writer that was never told whether its write was done sees it there.
    WriteId
    /// The fingerprint of what wrote a record: of a conversation's questions and of what each remembers.
    Schema
}

impl Id {
    /// A new one.
    ///
    /// # Panics
    ///
    /// The system has no randomness.
    pub fn random() -> Self {
        Id(random::bytes())
    }
}

impl WriteId {
    /// A new one, for the next write. It is one that nobody else has, and no secret.
    ///
    /// # Panics
    ///
    /// The system has no randomness.
    pub fn random() -> Self {
        // Counted, from where only this process begins: each turn has one, and randomness is a call of the system.
        static FIRST: LazyLock<u128> = LazyLock::new(|| u128::from_ne_bytes(random::bytes()));
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = FIRST.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed).into());
        WriteId(number.to_ne_bytes())
    }
}
