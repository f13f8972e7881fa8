//! Values as they are written in Rust: `Paid { amount: 3 }`, `Some("Ada")`, `[1, 2]`.
//!
//! They are read by serde, so whatever can be stored can be written, and JSON is understood as well.

use std::fmt;

use serde::de::value::{StrDeserializer, StringDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// Reads a value of the type `T`.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let mut reader = Reader { rest: text };
    let value = T::deserialize(&mut reader).map_err(|Wrong(error)| error)?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(reader.expected("the end").0),
    }
}

/// What is wrong with it.
#[derive(Debug)]
struct Wrong(String);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(error: T) -> Self {
        Wrong(error.to_string())
    }
}

type Read<T> = Result<T, Wrong>;

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    /// The next sign that is no space.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn take(&mut self, sign: char) -> bool {
        let is = self.peek() == Some(sign);
        if is {
            self.rest = &self.rest[sign.len_utf8()..];
        }
        is
    }

    fn need(&mut self, sign: char) -> Read<()> {
        match self.take(sign) {
            true => Ok(()),
            false => Err(self.expected(&format!("`{sign}`"))),
        }
    }

    fn expected(&mut self, what: &str) -> Wrong {
        match self.peek() {
            None => Wrong(format!("{what} was expected, and there is nothing more")),
            Some(_) => Wrong(format!("{what} was expected at `{}`", self.rest)),
        }
    }

    /// A name, without what leads to it: `Paid` of `shop::Event::Paid`.
    fn name(&mut self) -> Option<&'t str> {
        self.peek().filter(|sign| sign.is_alphabetic() || *sign == '_')?;
        let mut name = self.word();
        while let Some(rest) = self.rest.strip_prefix("::") {
            self.rest = rest;
            name = self.word();
        }
        Some(name)
    }

    fn word(&mut self) -> &'t str {
        let end = self.rest.find(|sign: char| !sign.is_alphanumeric() && sign != '_').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// Takes a name that is this one, if it is.
    fn take_name(&mut self, name: &str) -> bool {
        let before = self.rest;
        let is = self.name() == Some(name);
        if !is {
            self.rest = before;
        }
        is
    }

    /// The text between two quotes.
    fn quoted(&mut self, quote: char) -> Read<String> {
        self.need(quote)?;
        let mut text = String::new();
        let mut signs = self.rest.char_indices();
        while let Some((at, sign)) = signs.next() {
            match sign {
                _ if sign == quote => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(text);
                }
                '\\' => text.push(escaped(&mut signs)?),
                sign => text.push(sign),
            }
        }
        Err(Wrong(format!("the text has no end: `{quote}` is missing")))
    }

    fn number<'de, V: Visitor<'de>>(&mut self, visitor: V) -> Read<V::Value> {
        let end = self.rest.find(|sign: char| !sign.is_alphanumeric() && !"._+-".contains(sign));
        let (text, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        let digits = text.replace('_', "");
        if let Ok(number) = digits.parse() {
            return visitor.visit_u64(number);
        }
        if let Ok(number) = digits.parse() {
            return visitor.visit_i64(number);
        }
        if let Ok(number) = digits.parse() {
            return visitor.visit_i128(number);
        }
        match digits.parse() {
            Ok(number) => visitor.visit_f64(number),
            Err(_) => Err(Wrong(format!("`{text}` is no number"))),
        }
    }
}

fn escaped(signs: &mut std::str::CharIndices<'_>) -> Read<char> {
    match signs.next() {
        Some((_, 'n')) => Ok('\n'),
        Some((_, 'r')) => Ok('\r'),
        Some((_, 't')) => Ok('\t'),
        Some((_, '0')) => Ok('\0'),
        Some((_, sign @ ('\\' | '"' | '\'' | '/'))) => Ok(sign),
        Some((_, 'u')) if signs.next().is_some_and(|(_, sign)| sign == '{') => {
            let hex: String = signs.map(|(_, sign)| sign).take_while(|sign| *sign != '}').collect();
            let sign = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32);
            sign.ok_or_else(|| Wrong(format!("`\\u{{{hex}}}` is no character")))
        }
        Some((_, sign)) => Err(Wrong(format!("`\\{sign}` stands for nothing"))),
        None => Err(Wrong("the text has no end".to_owned())),
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'_> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.peek() {
            Some('"') => visitor.visit_string(self.quoted('"')?),
            Some('\'') => visitor.visit_string(self.quoted('\'')?),
            Some('[') => self.list('[', ']', visitor),
            Some('(') => self.list('(', ')', visitor),
            Some('{') => self.fields(visitor),
            Some(sign) if sign.is_ascii_digit() || sign == '-' => self.number(visitor),
            _ => match self.name() {
                Some("true") => visitor.visit_bool(true),
                Some("false") => visitor.visit_bool(false),
                Some("null" | "None") => visitor.visit_none(),
                Some(name) => visitor.visit_str(name),
                None => Err(self.expected("a value")),
            },
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.take_name("None") || self.take_name("null") {
            return visitor.visit_none();
        }
        if self.take_name("Some") {
            self.need('(')?;
            let value = visitor.visit_some(&mut *self)?;
            self.need(')')?;
            return Ok(value);
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if !self.take_name("null") {
            self.need('(')?;
            self.need(')')?;
        }
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Read<V::Value> {
        match self.take_name(name) || self.take_name("null") {
            true => visitor.visit_unit(),
            false => Err(self.expected(&format!("`{name}`"))),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Read<V::Value> {
        if !self.take_name(name) {
            return visitor.visit_newtype_struct(self);
        }
        self.need('(')?;
        let value = visitor.visit_newtype_struct(&mut *self)?;
        self.need(')')?;
        Ok(value)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, name: &'static str, _: usize, visitor: V) -> Read<V::Value> {
        self.take_name(name);
        self.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        self.take_name(name);
        self.fields(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        visitor.visit_enum(Variant { reader: self, closes: false })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf seq tuple map identifier
        ignored_any
    }
}

impl Reader<'_> {
    fn list<'de, V: Visitor<'de>>(&mut self, open: char, close: char, visitor: V) -> Read<V::Value> {
        self.need(open)?;
        let value = visitor.visit_seq(Items { reader: self, close })?;
        self.need(close)?;
        Ok(value)
    }

    fn fields<'de, V: Visitor<'de>>(&mut self, visitor: V) -> Read<V::Value> {
        self.need('{')?;
        let value = visitor.visit_map(Items { reader: self, close: '}' })?;
        self.need('}')?;
        Ok(value)
    }
}

/// What stands between brackets, with commas.
struct Items<'r, 't> {
    reader: &'r mut Reader<'t>,
    close: char,
}

impl Items<'_, '_> {
    fn is_over(&mut self) -> bool {
        self.reader.peek() == Some(self.close)
    }

    fn go_on(&mut self) -> Read<()> {
        if self.reader.take(',') || self.is_over() { Ok(()) } else { Err(self.reader.expected("`,`")) }
    }
}

impl<'de> SeqAccess<'de> for Items<'_, '_> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        if self.is_over() {
            return Ok(None);
        }
        let value = seed.deserialize(&mut *self.reader)?;
        self.go_on()?;
        Ok(Some(value))
    }
}

impl<'de> MapAccess<'de> for Items<'_, '_> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        if self.is_over() {
            return Ok(None);
        }
        let key = seed.deserialize(&mut *self.reader)?;
        self.reader.need(':')?;
        Ok(Some(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Read<V::Value> {
        let value = seed.deserialize(&mut *self.reader)?;
        self.go_on()?;
        Ok(value)
    }
}

/// A variant of an enum: `Paid { amount: 3 }`, or as JSON has it, `{"Paid": {"amount": 3}}`.
struct Variant<'r, 't> {
    reader: &'r mut Reader<'t>,
    /// Whether a brace has to follow.
    closes: bool,
}

impl<'de> EnumAccess<'de> for Variant<'_, '_> {
    type Error = Wrong;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(mut self, seed: V) -> Read<(V::Value, Self)> {
        self.closes = self.reader.take('{');
        let name = match self.reader.peek() {
            Some('"') => seed.deserialize::<StringDeserializer<Wrong>>(self.reader.quoted('"')?.into_deserializer())?,
            _ => match self.reader.name() {
                Some(name) => seed.deserialize::<StrDeserializer<'_, Wrong>>(name.into_deserializer())?,
                None => return Err(self.reader.expected("a variant's name")),
            },
        };
        if self.closes {
            self.reader.need(':')?;
        }
        Ok((name, self))
    }
}

impl Variant<'_, '_> {
    fn end<T>(self, value: T) -> Read<T> {
        if self.closes {
            self.reader.need('}')?;
        }
        Ok(value)
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_> {
    type Error = Wrong;

    fn unit_variant(self) -> Read<()> {
        self.end(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        if self.closes {
            let value = seed.deserialize(&mut *self.reader)?;
            return self.end(value);
        }
        self.reader.need('(')?;
        let value = seed.deserialize(&mut *self.reader)?;
        self.reader.need(')')?;
        Ok(value)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        let value = self.reader.deserialize_any(visitor)?;
        self.end(value)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        let value = self.reader.fields(visitor)?;
        self.end(value)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    enum Event {
        Cancelled,
        Paid { amount: u32, by: Option<String> },
        Weighed(f64),
        Moved(i8, i8),
        Ordered(Order),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Order {
        dish: Dish,
        sides: Vec<String>,
        notes: BTreeMap<String, bool>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Dish(char);

    #[derive(Debug, PartialEq, Deserialize)]
    struct Bell;

    fn event(text: &str) -> Event {
        read(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn values_are_read_as_rust_and_as_json() {
        assert_eq!(event("Cancelled"), Event::Cancelled);
        assert_eq!(event("\"Cancelled\""), Event::Cancelled);
        assert_eq!(event("shop::Event::Weighed(-1.5e3)"), Event::Weighed(-1500.0));
        assert_eq!(event("Moved(-1, 1_0,)"), Event::Moved(-1, 10));
        assert_eq!(event("{\"Moved\": [-1, 1]}"), Event::Moved(-1, 1));
        let paid = Event::Paid { amount: 3, by: Some("Ada \"x\"\n".into()) };
        assert_eq!(event(r#"Paid { amount: 3, by: Some("Ada \"x\"\n") }"#), paid);
        assert_eq!(event(r#"{"Paid": {"amount": 3, "by": "Ada \u{22}x\u{22}\n"}}"#), paid);
        assert_eq!(event("Paid { by: None, amount: 3 }"), Event::Paid { amount: 3, by: None });
        let notes = BTreeMap::from([("hot".to_owned(), true)]);
        let order = Order { dish: Dish('s'), sides: vec!["Bread".into()], notes };
        assert_eq!(event(r#"Ordered(Order { dish: Dish('s'), sides: ["Bread"], notes: {"hot": true} })"#), {
            Event::Ordered(order)
        });
        assert_eq!(read::<Bell>(" Bell "), Ok(Bell));
        assert_eq!(read::<(u8, ())>("(7, ())"), Ok((7, ())));
        assert_eq!(read::<u128>("340282366920938463463374607431768211455").ok(), None);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = |text: &str| read::<Event>(text).expect_err(text);
        assert_eq!(
            wrong("Payed"),
            "unknown variant `Payed`, expected one of `Cancelled`, `Paid`, `Weighed`, `Moved`, `Ordered`"
        );
        assert_eq!(wrong("Paid { amount: 3"), "`,` was expected, and there is nothing more");
        assert_eq!(wrong("Paid { amount: \"3\" }"), "invalid type: string \"3\", expected u32");
        assert_eq!(wrong("Weighed 3"), "`(` was expected at `3`");
        assert_eq!(wrong("Cancelled!"), "the end was expected at `!`");
        assert_eq!(wrong(""), "a variant's name was expected, and there is nothing more");
        assert_eq!(read::<String>("\"x").expect_err("no end"), "the text has no end: `\"` is missing");
    }
}
