//! What a conversation can remember while it waits: values that can be stored and read back.
//!
//! A state is stored by names: `{"age":{"name":"Ada"}}` is the question that it waits at and the variables that it
//! remembers. The macro emits the writing of each state, and one flat list of all variables for the reading, from
//! which [`restore`] builds the state of the question that was stored.

mod migrate;
mod own;
mod unread;

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, VariantAccess, Visitor};
use serde::ser::{self, Serialize, SerializeStructVariant};

pub use self::migrate::migrate;
pub(crate) use self::migrate::moving;
pub(crate) use self::unread::unread;

/// A type whose values a conversation can remember across a question, since they can be stored and read back.
///
/// Every type is one that is [`Serialize`], [`DeserializeOwned`], [`Send`] and without borrows. A conversation with
/// generics names it where it remembers values of a type that it does not know:
///
/// ```
/// use converse::prelude::*;
/// use std::fmt::Display;
///
/// conversation! {
///     /// Lets the client choose one of some items.
///     pub Pick<T: Remember + Display>(items: Vec<T>) -> Option<T> {
///         let number: usize = ask "Which one?" where number > 0 else "Count from 1.";
///         items.into_iter().nth(number - 1)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be remembered across a question",
    label = "a variable of this type is needed after a question, and so must be stored until the reply comes",
    note = "`#[derive(serde::Serialize, serde::Deserialize)]` makes a type of yours one that can be stored",
    note = "what cannot be stored, like a pool or a client, comes in by `with (…)`, or is made again after the question"
)]
pub trait Remember: Serialize + DeserializeOwned + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> Remember for T {}

/// Stands at the type of each remembered variable, so that one that will not do is an error there.
pub const fn remembered<T: Remember>() {}

/// A variable of the type `T`, to be written or read.
///
/// What it can do depends on `T`: a type that can be remembered finds [`Stored`], any other [`Unstored`], which is never
/// run. So the one error about such a type is that of [`remembered`].
pub struct Variable<T>(PhantomData<T>);

impl<T> Variable<T> {
    /// The variable, whose value is elsewhere.
    pub const NEW: Self = Variable(PhantomData);
}

impl<T> Clone for Variable<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Variable<T> {}

/// How a variable is written and read.
pub trait Stored<T> {
    /// Writes its value.
    ///
    /// # Errors
    ///
    /// The value cannot be written.
    fn write<S: SerializeStructVariant>(self, to: &mut S, name: &'static str, value: &T) -> Result<(), S::Error>;

    /// Reads its value.
    ///
    /// # Errors
    ///
    /// What is there is no `T`.
    fn read<'de, A: MapAccess<'de>>(self, from: &mut A) -> Result<T, A::Error>;
}

impl<T: Remember> Stored<T> for &Variable<T> {
    fn write<S: SerializeStructVariant>(self, to: &mut S, name: &'static str, value: &T) -> Result<(), S::Error> {
        to.serialize_field(name, value)
    }

    fn read<'de, A: MapAccess<'de>>(self, from: &mut A) -> Result<T, A::Error> {
        from.next_value()
    }
}

/// Stands in for [`Stored`] where a type cannot be remembered, which is an error of its own.
pub trait Unstored<T> {
    /// Never written.
    ///
    /// # Errors
    ///
    /// Always.
    fn write<S: SerializeStructVariant>(self, to: &mut S, name: &'static str, value: &T) -> Result<(), S::Error>;

    /// Never read.
    ///
    /// # Errors
    ///
    /// Always.
    fn read<'de, A: MapAccess<'de>>(self, from: &mut A) -> Result<T, A::Error>;
}

impl<T> Unstored<T> for Variable<T> {
    fn write<S: SerializeStructVariant>(self, _: &mut S, name: &'static str, _: &T) -> Result<(), S::Error> {
        Err(ser::Error::custom(name))
    }

    fn read<'de, A: MapAccess<'de>>(self, _: &mut A) -> Result<T, A::Error> {
        Err(de::Error::custom("cannot be remembered"))
    }
}

/// The variables of all states of a conversation, each with its value where it has been read.
pub trait Variables<'de>: Default {
    /// The state that they are the variables of.
    type State;

    /// The names of the questions, in the order of the states.
    const QUESTIONS: &'static [&'static str];

    /// What questions were called before, each with the state that it is now.
    const WAS: &'static [(&'static str, usize)] = &[];

    /// Questions that are gone, each with the state in which another one is asked instead.
    const INSTEAD: &'static [(&'static str, usize)] = &[];

    /// Questions that are gone, and whose states a function makes others of.
    const MIGRATED: &'static [&'static str] = &[];

    /// The state that a function, a place in [`MIGRATED`](Self::MIGRATED), makes of another one.
    ///
    /// # Errors
    ///
    /// The state is none that the function takes, or the function refuses it.
    fn migrate<A: VariantAccess<'de>>(_function: usize, _from: A) -> Result<Self::State, A::Error> {
        unreachable!("there are no such functions")
    }

    /// Reads the value of the variable that is called `name` in the state at this question; `false` where there is none.
    ///
    /// # Errors
    ///
    /// The value is none of the variable's type.
    fn read<A: MapAccess<'de>>(&mut self, question: usize, name: &str, map: &mut A) -> Result<bool, A::Error>;

    /// The state at this question.
    ///
    /// # Errors
    ///
    /// The name of the variable that was not read.
    fn state(self, question: usize) -> Result<Self::State, &'static str>;
}

/// Reads a state.
///
/// # Errors
///
/// It is at no question of this conversation, or a variable is missing or of another type.
pub fn restore<'de, V: Variables<'de>, D: Deserializer<'de>>(from: D) -> Result<V::State, D::Error> {
    unread();
    from.deserialize_enum("State", V::QUESTIONS, State::<V>(PhantomData))
}

struct State<V>(PhantomData<V>);

impl<'de, V: Variables<'de>> Visitor<'de> for State<V> {
    type Value = V::State;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a question, with what is remembered there")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<V::State, A::Error> {
        let (place, variant) = data.variant_seed(Question::<V>(PhantomData))?;
        let question = match place {
            Place::Here(question) => question,
            Place::Instead(question) => {
                migrate::moved();
                question
            }
            Place::Migrated(function) => {
                migrate::moved();
                return V::migrate(function, variant);
            }
        };
        variant.struct_variant(&[], At::<V> { question, variables: PhantomData })
    }
}

/// A question, by its name.
struct Question<V>(PhantomData<V>);

/// Where the state of a question is read.
#[derive(Clone, Copy)]
enum Place {
    /// It is there.
    Here(usize),
    /// It is gone, and this one is asked instead.
    Instead(usize),
    /// It is gone, and a function takes its state.
    Migrated(usize),
}

impl<'de, V: Variables<'de>> DeserializeSeed<'de> for Question<V> {
    type Value = Place;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Place, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl<'de, V: Variables<'de>> Visitor<'de> for Question<V> {
    type Value = Place;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a question")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Place, E> {
        let at = |names: &[&str]| names.iter().position(|known| *known == name);
        let by =
            |names: &[(&str, usize)]| names.iter().find(|(known, _)| *known == name).map(|(_, question)| *question);
        let here = at(V::QUESTIONS).or_else(|| by(V::WAS)).map(Place::Here);
        let gone = || by(V::INSTEAD).map(Place::Instead).or_else(|| at(V::MIGRATED).map(Place::Migrated));
        here.or_else(gone).ok_or_else(|| E::unknown_variant(name, V::QUESTIONS))
    }
}

/// What is remembered at a question.
struct At<V> {
    question: usize,
    variables: PhantomData<V>,
}

impl<'de, V: Variables<'de>> Visitor<'de> for At<V> {
    type Value = V::State;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "what is remembered at the question `{}`", V::QUESTIONS[self.question])
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<V::State, A::Error> {
        let mut variables = V::default();
        while let Some(name) = map.next_key::<String>()? {
            // What is stored and needed no more does no harm.
            let read = variables.read(self.question, &name, &mut map);
            if !read.inspect_err(|_| unread::note(&name))? {
                map.next_value::<de::IgnoredAny>()?;
            }
        }
        variables.state(self.question).map_err(|name| {
            unread::note(name);
            de::Error::missing_field(name)
        })
    }
}
