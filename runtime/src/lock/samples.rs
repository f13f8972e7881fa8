//! Flows that the tests here compare, as the macro would write them.

use converse_flow::{Field, Flow, Kind, Older, Question, Runs};

use crate::store::Schema;

const fn flow(name: &'static str, questions: &'static [Question]) -> Flow {
    Flow { name, file: "src/main.rs", questions, edges: &[], older: &[] }
}

const fn question(name: &'static str, remembers: &'static [Field]) -> Question {
    Question { name, kind: Kind::Ask, ty: "String", prompt: "?", line: 1, remembers }
}

const fn field(name: &'static str, ty: &'static str) -> Field {
    Field { name, ty, runs: None }
}

const TABLE: Field = field("table", "u8");
const DISH: Field = field("dish", "String");

pub(super) const ORDER: Flow = flow("Order", &[question("dish", &[TABLE]), question("count", &[TABLE, DISH])]);

/// All that may happen to `ORDER`: in another order, with a question more and a variable less, and one that is wider.
pub(super) const LATER_ORDER: Flow = flow(
    "Order",
    &[
        question("extra", &[DISH]),
        question("count", &[field("dish", "Option<String>")]),
        question("dish", &[field("table", "u32")]),
    ],
);

/// All that may not happen to `ORDER`.
pub(super) const OTHER_ORDER: Flow = flow(
    "Order",
    &[question("count", &[field("dish", "Dish"), field("price", "Option<u32>"), field("after_1", "Timer"), TABLE])],
);

/// All that has other names than in `ORDER`, a value where that has none, or is asked instead.
pub(super) const RENAMED_ORDER: Flow = Flow {
    older: &[
        Older::Question { was: "dish", now: "meal" },
        Older::Variable { at: "amount", was: "dish", now: "meal" },
        Older::Default { at: "amount", name: "price" },
        Older::Goto { was: "count", to: "amount" },
        Older::Migrate { was: "extra" },
    ],
    ..flow(
        "Order",
        &[question("meal", &[TABLE]), question("amount", &[field("meal", "String"), field("price", "u32")])],
    )
};

pub(super) const VISIT: Flow = flow("Visit", &[question("name", &[])]);

/// Runs an `ORDER`, a `LATER_ORDER`, an `OTHER_ORDER`.
pub(super) const EVENING: Flow = flow("Evening", &[question("order", &[holds(&ORDER)])]);
pub(super) const LATER_EVENING: Flow = flow("Evening", &[question("order", &[holds(&LATER_ORDER)])]);
pub(super) const OTHER_EVENING: Flow = flow("Evening", &[question("order", &[holds(&OTHER_ORDER)])]);

const fn holds(order: &'static Flow) -> Field {
    Field { name: "order_run", ty: "Slot<Box<menu::Order>>", runs: Some(Runs::Other(order)) }
}

/// A text with the names of schemas in the place of their digits.
pub(super) fn named(text: &str) -> String {
    let names =
        [(ORDER, "ORDER"), (LATER_ORDER, "LATER"), (OTHER_ORDER, "OTHER"), (VISIT, "VISIT"), (EVENING, "EVENING")];
    names.iter().fold(text.to_owned(), |text, (flow, name)| {
        let digits = schema(flow).to_string();
        text.replace(&digits, name).replace(&digits[..8], name)
    })
}

pub(super) fn schema(flow: &Flow) -> Schema {
    crate::sessions::schema(flow)
}
