//! Many long conversations as source text, once as conversations and once as what one writes instead: enums that serde
//! derives the storing of, with a match by hand.
//!
//! Both are made from one description: a form asks its questions one after the other, and after each answer says the
//! one that stands so many questions back, so that many answers are remembered at every question.

use std::fmt::Write;

/// How many forms there are.
pub const FORMS: usize = 10;
/// How many questions each asks.
pub const QUESTIONS: usize = 20;
/// How many variables each question remembers.
pub const LIVE: usize = 8;

const TYPES: [&str; 8] = ["String", "u32", "i64", "bool", "f64", "u8", "char", "u64"];

fn ty(variable: usize) -> &'static str {
    TYPES[variable % TYPES.len()]
}

/// `v3: bool, v4: f64, …`
fn declared(variables: impl Iterator<Item = usize>) -> String {
    variables.map(|v| format!("v{v}: {}", ty(v))).collect::<Vec<_>>().join(", ")
}

/// `v3, v4, …`
fn named(variables: impl Iterator<Item = usize>) -> String {
    variables.map(|v| format!("v{v}")).collect::<Vec<_>>().join(", ")
}

/// What is said at the end.
fn last_words() -> String {
    (QUESTIONS..QUESTIONS + LIVE).map(|v| format!("{{v{v}}}")).collect::<Vec<_>>().join(" ")
}

/// The forms as conversations.
pub fn compiled() -> String {
    let mut out = "//! Forms, as conversations.\n\nuse converse::prelude::*;\n".to_owned();
    for form in 0..FORMS {
        let _ = write!(out, "\nconversation! {{\n    /// A form.\n    pub Form{form}({}) {{\n", declared(0..LIVE));
        for v in LIVE..LIVE + QUESTIONS {
            let (ty, said) = (ty(v), v - LIVE);
            let _ = writeln!(out, "        let v{v}: {ty} = ask \"Question {v}?\" else \"Not an answer.\";");
            let _ = writeln!(out, "        say \"{{v{said}}}\";");
        }
        let _ = write!(out, "        say \"{}\";\n    }}\n}}\n", last_words());
    }
    out
}

/// The forms by hand.
pub fn by_hand() -> String {
    let mut out = BY_HAND.to_owned();
    for form in 0..FORMS {
        let _ = write!(out, "\n/// Where a form waits.\n#[derive(Serialize, Deserialize)]\npub enum Form{form} {{\n");
        for v in LIVE..LIVE + QUESTIONS {
            let _ = writeln!(out, "    /// At a question.\n    Question{v} {{ {} }},", declared(v - LIVE..v));
        }
        let _ = write!(
            out,
            "}}\n\nimpl Form{form} {{\n    /// Asks the first question.\n    \
             pub fn start({}, talk: &mut Talk<'_>) -> Self {{\n        {}\n    }}\n\n    \
             /// Runs from a reply to the next question; to nothing where it ends.\n    \
             pub fn turn(self, input: &Input, talk: &mut Talk<'_>) -> Option<Self> {{\n        match self {{\n",
            declared(0..LIVE),
            asked(form, LIVE)
        );
        (LIVE..LIVE + QUESTIONS).for_each(|v| out.push_str(&arm(form, v)));
        out.push_str("        }\n    }\n}\n");
    }
    out
}

/// Asks a question.
fn asked(form: usize, v: usize) -> String {
    format!("talk.say(Text::from_static(\"Question {v}?\")); Form{form}::Question{v} {{ {} }}", named(v - LIVE..v))
}

/// What happens after a question.
fn arm(form: usize, v: usize) -> String {
    let (fields, said, again) = (named(v - LIVE..v), v - LIVE, asked(form, v));
    let after = match v + 1 < LIVE + QUESTIONS {
        true => format!("Some({{ {} }})", asked(form, v + 1)),
        false => format!("talk.say(format!(\"{}\")); None", last_words()),
    };
    format!(
        "            Form{form}::Question{v} {{ {fields} }} => {{
                let Some(v{v}) = answer::<{}>(input) else {{
                    talk.say(Text::from_static(\"Not an answer.\"));
                    return Some({{ {again} }});
                }};
                talk.say(format!(\"{{v{said}}}\"));
                {after}
            }}\n",
        ty(v)
    )
}

const BY_HAND: &str = "\
//! Forms, by hand.

use std::str::FromStr;

use converse::{Input, Talk, Text};
use serde::{Deserialize, Serialize};

fn answer<T: FromStr>(input: &Input) -> Option<T> {
    let Input::Reply(reply) = input else { return None };
    reply.as_text()?.trim().parse().ok()
}
";
