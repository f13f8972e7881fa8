//! The words for a conflict.

use super::{Route, common};

/// Text that is put together while a program is compiled, where nothing can be formatted or allocated.
pub(super) struct Words {
    bytes: [u8; Self::MOST],
    length: usize,
}

impl Words {
    /// Enough for two long patterns in two deep folders.
    const MOST: usize = 2048;

    pub(super) const fn new() -> Self {
        Words { bytes: [0; Self::MOST], length: 0 }
    }

    /// Why both cannot stand in one list, and what to do about it.
    pub(super) const fn conflict(self, route: &Route, other: &Route) -> Self {
        if route.line == other.line && same(route.handler, other.handler) && same(route.file, other.file) {
            return self
                .text("`")
                .text(route.handler)
                .text("` is listed twice")
                .text("\n\n  = help: take one of the two out of `routes![…]`");
        }
        self.text("`")
            .text(route.pattern)
            .text("` (")
            .place(route)
            .text(") accepts the same requests as `")
            .text(other.pattern)
            .text("` (")
            .place(other)
            .text(")\n\n  = help: change one of the two patterns, or take one handler out of `routes![…]`")
    }

    const fn place(self, route: &Route) -> Self {
        self.text("`").text(route.handler).text("`, ").text(route.file).text(":").number(route.line)
    }

    const fn number(self, number: u32) -> Self {
        let words = if number < 10 { self } else { self.number(number / 10) };
        words.byte(b'0' + (number % 10) as u8)
    }

    const fn text(mut self, text: &str) -> Self {
        let mut bytes = text.as_bytes();
        while let [byte, rest @ ..] = bytes {
            self = self.byte(*byte);
            bytes = rest;
        }
        self
    }

    const fn byte(mut self, byte: u8) -> Self {
        if self.length < Self::MOST {
            self.bytes[self.length] = byte;
            self.length += 1;
        }
        self
    }

    pub(super) const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "two routes of this list accept the same requests",
        }
    }
}

const fn same(one: &str, other: &str) -> bool {
    matches!(common(one.as_bytes(), other.as_bytes()), ([], []))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_is_told_with_both_places() {
        let route = |handler, line| Route {
            pattern: "/a/{b}",
            shape: "/a/?",
            catch_all: false,
            handler,
            file: "src/main.rs",
            line,
        };
        let words = Words::new().conflict(&route("second", 1205), &route("first", 7));
        assert!(words.as_str().starts_with(
            "`/a/{b}` (`second`, src/main.rs:1205) accepts the same requests as `/a/{b}` (`first`, src/main.rs:7)\n"
        ));
    }
}
