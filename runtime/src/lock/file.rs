//! The lock file: of every conversation the forms that were released, as JSON with one thing in a line.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::marker::PhantomData;

use converse_flow::{Flow, Runs};
use serde::Serialize;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

use crate::sessions::schema;
use crate::store::Schema;

/// Of each conversation, by name, the forms that were released, the newest first.
#[derive(Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Lock(pub(crate) Names<Vec<Release>>);

/// A form in which conversations are stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Release {
    pub(crate) schema: Schema,
    /// Of each question the variables that are kept there, with their types.
    pub(crate) questions: Names<Names<String>>,
    /// Of each other conversation that it runs, and so holds, the form in which it does.
    #[serde(default, skip_serializing_if = "Names::is_empty")]
    pub(crate) runs: Names<Schema>,
}

impl Release {
    /// The form of this build.
    pub(crate) fn of(flow: &Flow) -> Self {
        let questions = flow.questions.iter().map(|question| {
            let fields = question.remembers.iter().map(|field| (field.name.to_owned(), field.ty.to_owned()));
            (question.name.to_owned(), Names(fields.collect()))
        });
        let fields = flow.questions.iter().flat_map(|question| question.remembers);
        let runs = fields.filter_map(|field| match field.runs {
            Some(Runs::Other(inner)) => Some((inner.name.to_owned(), schema(inner))),
            _ => None,
        });
        Release { schema: schema(flow), questions: Names(questions.collect()), runs: Names(runs.collect()) }
    }
}

impl Lock {
    /// Reads one.
    ///
    /// # Errors
    ///
    /// It is none, or says something twice, as after a merge that went wrong.
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let lock: Lock = serde_json::from_str(text)?;
        for (flow, releases) in &lock.0.0 {
            for (index, release) in releases.iter().enumerate() {
                if releases[..index].iter().any(|before| before.schema == release.schema) {
                    let schema = release.schema;
                    return Err(de::Error::custom(format_args!("`{flow}` has the schema {schema} twice")));
                }
            }
        }
        Ok(lock)
    }

    /// The forms of this conversation.
    pub(crate) fn releases(&self, flow: &str) -> &[Release] {
        self.0.0.get(flow).map_or(&[], Vec::as_slice)
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string_pretty(self).map_err(|_| fmt::Error)?;
        writeln!(f, "{text}")
    }
}

/// Things by their names, of which no two are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Names<V>(pub(crate) BTreeMap<String, V>);

impl<V> Default for Names<V> {
    fn default() -> Self {
        Names(BTreeMap::new())
    }
}

impl<V> Names<V> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Names<V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Once(PhantomData))
    }
}

/// Reads each name once: of two, serde would drop one without a word.
struct Once<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for Once<V> {
    type Value = Names<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names<V>, A::Error> {
        let mut names = BTreeMap::new();
        while let Some(name) = map.next_key()? {
            match names.entry(name) {
                Entry::Vacant(free) => free.insert(map.next_value()?),
                Entry::Occupied(taken) => {
                    return Err(de::Error::custom(format_args!("`{}` is there twice", taken.key())));
                }
            };
        }
        Ok(Names(names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::samples::{EVENING, LATER_EVENING, ORDER, OTHER_EVENING, VISIT};

    #[test]
    fn what_is_run_changes_the_form_of_what_runs_it() {
        let forms = [EVENING, LATER_EVENING, OTHER_EVENING].map(|flow| Release::of(&flow));
        assert_eq!(forms[0].questions, forms[1].questions);
        assert_ne!(forms[0].schema, forms[1].schema);
        assert_ne!(forms[1].schema, forms[2].schema);
        let lock = Lock(Names([("Evening".to_owned(), forms.to_vec())].into())).to_string();
        let runs = format!("\"runs\": {{\n        \"Order\": \"{}\"\n      }}", schema(&ORDER));
        assert!(lock.contains(&runs), "{lock}");
        assert_eq!(Lock::parse(&lock).expect("it is a lock").releases("Evening"), forms);
    }

    #[test]
    fn a_file_has_one_thing_in_a_line_in_order() {
        let lock = [ORDER, VISIT].map(|flow| (flow.name.to_owned(), vec![Release::of(&flow)]));
        let lock = Lock(Names(lock.into()));
        let text = r#"{
  "Order": [
    {
      "schema": "ORDER",
      "questions": {
        "count": {
          "dish": "String",
          "table": "u8"
        },
        "dish": {
          "table": "u8"
        }
      }
    }
  ],
  "Visit": [
    {
      "schema": "VISIT",
      "questions": {
        "name": {}
      }
    }
  ]
}
"#;
        let text = text.replace("ORDER", &schema(&ORDER).to_string()).replace("VISIT", &schema(&VISIT).to_string());
        assert_eq!(lock.to_string(), text);
        assert_eq!(Lock::parse(&text).expect("it is a lock"), lock);
    }

    #[track_caller]
    fn refused(text: &str, why: &str) {
        let schema = "0".repeat(32);
        let error = Lock::parse(&text.replace("SCHEMA", &schema)).expect_err("it is no lock");
        assert_eq!(error.to_string().replace(&schema, "SCHEMA"), why);
    }

    #[test]
    fn what_a_merge_leaves_is_no_lock() {
        refused("{\n<<<<<<< HEAD\n", "key must be a string at line 2 column 1");
        refused(r#"{"Order": [], "Order": []}"#, "`Order` is there twice at line 1 column 21");
        let release = r#"{"schema": "SCHEMA", "questions": {}}"#;
        refused(&format!(r#"{{"Order": [{release}, {release}]}}"#), "`Order` has the schema SCHEMA twice");
        refused(
            r#"{"Order": [{"schema": "SCHEMA", "questions": {"age": {}, "age": {}}}]}"#,
            "`age` is there twice at line 1 column 88",
        );
    }

    #[test]
    fn neither_is_anything_else() {
        refused("", "EOF while parsing a value at line 1 column 0");
        refused("[]", "invalid type: sequence, expected an object at line 1 column 0");
        refused(
            r#"{"Order": [{"schema": "17", "questions": {}}]}"#,
            "`17`: this is not 32 hexadecimal digits at line 1 column 26",
        );
        refused(
            r#"{"Order": [{"schema": "SCHEMA", "states": {}}]}"#,
            "unknown field `states`, expected one of `schema`, `questions`, `runs` at line 1 column 66",
        );
    }
}
