//! Values of any type that serde can read, drawn: an event that a walk sends.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde_json::{Map, Value};

use super::draw::Draw;

/// A value of the type `T`, as JSON; nothing where none was found that the type takes.
pub(super) fn sample<T: DeserializeOwned>(draw: &mut Draw) -> Option<String> {
    // A type may take only some of what is drawn: a date that is a text, a number that is not zero.
    (0..16).find_map(|_| {
        let mut value = Value::Null;
        T::deserialize(Sampler { draw, value: &mut value, depth: 0 }).ok()?;
        Some(value.to_string())
    })
}

/// How deep values are, of types that hold themselves.
const DEPTH: usize = 6;

/// Reads whatever is asked for, and notes in `value` what it has drawn.
struct Sampler<'d> {
    draw: &'d mut Draw,
    value: &'d mut Value,
    depth: usize,
}

#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it takes nothing of what was drawn")
    }
}

impl std::error::Error for Refused {}

impl de::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Refused
    }
}

impl Sampler<'_> {
    fn number(&mut self) -> i8 {
        let number = [0, 1, 2, 3, 7, 10, 42, 100, -1][self.draw.below(9)];
        *self.value = number.into();
        number
    }

    fn word(&mut self) -> &'static str {
        const WORDS: [&str; 8] = ["", "Ada", "a b", "1", "yes", "2026-01-31", "ä", "x@example.org"];
        let word = WORDS[self.draw.below(WORDS.len())];
        *self.value = word.into();
        word
    }
}

macro_rules! numbers {
    ($($deserialize:ident $visit:ident $number:ty),*) => {
        $(fn $deserialize<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Refused> {
            let number = <$number>::try_from(self.number()).map_err(|_| Refused)?;
            visitor.$visit(number)
        })*
    };
}

impl<'de> Deserializer<'de> for Sampler<'_> {
    type Error = Refused;

    numbers! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_i128 visit_i128 i128, deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64,
        deserialize_u128 visit_u128 u128, deserialize_f32 visit_f32 f32, deserialize_f64 visit_f64 f64
    }

    /// Of a type that takes anything, a text will do.
    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_str(self.word())
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let yes = self.draw.once_in(2);
        *self.value = yes.into();
        visitor.visit_bool(yes)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        *self.value = "x".into();
        visitor.visit_char('x')
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_any(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_any(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_any(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        if self.depth > DEPTH || self.draw.once_in(2) {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let many = if self.depth > DEPTH { 0 } else { self.draw.below(4) };
        self.deserialize_tuple(many, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, many: usize, visitor: V) -> Result<V::Value, Refused> {
        let mut items = vec![Value::Null; many];
        let elements = Elements { draw: self.draw, items: &mut items, at: 0, depth: self.depth + 1 };
        let value = visitor.visit_seq(elements)?;
        *self.value = items.into();
        Ok(value)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        many: usize,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.deserialize_tuple(many, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let names = if self.draw.once_in(2) { &["x"][..] } else { &[] };
        self.fields(names, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.fields(names, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let name = self.draw.one_of(variants).ok_or(Refused)?;
        visitor.visit_enum(Variant { name, sampler: self })
    }
}

impl Sampler<'_> {
    fn fields<'de, V: Visitor<'de>>(self, names: &'static [&'static str], visitor: V) -> Result<V::Value, Refused> {
        let mut map = Map::new();
        let value = visitor.visit_map(Fields { draw: self.draw, map: &mut map, names, depth: self.depth + 1 })?;
        *self.value = map.into();
        Ok(value)
    }
}

struct Elements<'d> {
    draw: &'d mut Draw,
    items: &'d mut Vec<Value>,
    at: usize,
    depth: usize,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Refused> {
        let Some(value) = self.items.get_mut(self.at) else { return Ok(None) };
        self.at += 1;
        seed.deserialize(Sampler { draw: self.draw, value, depth: self.depth }).map(Some)
    }
}

struct Fields<'d> {
    draw: &'d mut Draw,
    map: &'d mut Map<String, Value>,
    names: &'static [&'static str],
    depth: usize,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refused> {
        let Some(name) = self.names.first() else { return Ok(None) };
        let name: StrDeserializer<'_, Refused> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Refused> {
        let (name, rest) = self.names.split_first().ok_or(Refused)?;
        self.names = rest;
        let value = self.map.entry(*name).or_insert(Value::Null);
        seed.deserialize(Sampler { draw: self.draw, value, depth: self.depth })
    }
}

struct Variant<'d> {
    name: &'static str,
    sampler: Sampler<'d>,
}

impl<'de, 'd> EnumAccess<'de> for Variant<'d> {
    type Error = Refused;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Refused> {
        let name: StrDeserializer<'_, Refused> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl Variant<'_> {
    /// Draws what stands in the variant.
    fn inner<T>(self, read: impl FnOnce(Sampler<'_>) -> Result<T, Refused>) -> Result<T, Refused> {
        let mut inner = Value::Null;
        let Sampler { draw, value, depth } = self.sampler;
        let read = read(Sampler { draw, value: &mut inner, depth: depth + 1 })?;
        *value = Value::Object(Map::from_iter([(self.name.to_owned(), inner)]));
        Ok(read)
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Refused;

    fn unit_variant(self) -> Result<(), Refused> {
        *self.sampler.value = self.name.into();
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Refused> {
        self.inner(|sampler| seed.deserialize(sampler))
    }

    fn tuple_variant<V: Visitor<'de>>(self, many: usize, visitor: V) -> Result<V::Value, Refused> {
        self.inner(|sampler| sampler.deserialize_tuple(many, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, names: &'static [&'static str], visitor: V) -> Result<V::Value, Refused> {
        self.inner(|sampler| sampler.fields(names, visitor))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use serde::{Deserialize, Serialize};

    use super::super::literal;
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Event {
        Left,
        Paid { cents: u32, by: Option<String> },
        Moved(i8, f64),
        Tree(Box<Tree>),
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Tree {
        name: char,
        leaves: Vec<Tree>,
        notes: BTreeMap<String, bool>,
        unit: (),
    }

    #[test]
    fn what_is_drawn_is_read() {
        let mut draw = Draw::new(1);
        let mut variants = HashSet::new();
        for _ in 0..200 {
            let json = sample::<Event>(&mut draw).expect("it takes one");
            let event: Event = serde_json::from_str(&json).expect("it is one");
            assert_eq!(literal::read::<Event>(&json), Ok(event), "{json}");
            variants.insert(json.chars().take(5).collect::<String>());
        }
        assert_eq!(variants.len(), 4, "{variants:?}");
        assert_eq!(sample::<crate::event::Never>(&mut draw), None);
    }
}
