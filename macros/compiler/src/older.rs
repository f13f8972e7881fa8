//! What a conversation says of older states, held against the states that it has.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;

use crate::diagnostics::{Diagnostics, did_you_mean};
use crate::graph::{Graph, Source};
use crate::machine::Machine;
use crate::names::plain;
use crate::syntax::ast::{Conversation, Remedy};

/// Reports names that are read already, and what is said of nothing.
pub(crate) fn check(cx: &mut Diagnostics, conversation: &Conversation, graph: &Graph<'_>, machine: &Machine) {
    if cx.is_empty() {
        check_kept(cx, graph, machine);
    }
    let questions: BTreeSet<String> = graph.questions.iter().map(|question| plain(&question.name)).collect();
    // What each name of before is now.
    let mut known = BTreeMap::new();
    for question in &graph.questions {
        // What is wrong with a name is wrong wherever a `revise` asks again.
        let older = question.source.older().was.iter().filter(|_| *question.source.name() == question.name);
        for (was, span) in older {
            let now = format!("what `{}` was called", question.name);
            check_name(cx, &questions, &mut known, was, *span, now);
        }
    }
    check_variables(cx, graph, machine);
    let mut general = false;
    for outdated in &conversation.outdated {
        if outdated.questions.is_empty() && std::mem::replace(&mut general, true) {
            cx.error(outdated.span, "what becomes of what cannot be read is said already").help("keep one of the two");
        }
        for (gone, span) in &outdated.questions {
            check_name(cx, &questions, &mut known, gone, *span, "a question that is gone".to_owned());
        }
        if let Remedy::Goto(to) = &outdated.remedy {
            check_target(cx, graph, to);
        }
    }
}

/// Reports a name of a question before that is a present one's, or another one's, too.
fn check_name(
    cx: &mut Diagnostics,
    questions: &BTreeSet<String>,
    known: &mut BTreeMap<String, String>,
    name: &str,
    span: Span,
    is: String,
) {
    if questions.contains(name) {
        cx.error(span, format_args!("`{name}` is a question of this conversation, and who waits there is read"))
            .help("take this out, or give the question another name");
    } else if let Some(before) = known.insert(name.to_owned(), is) {
        cx.error(span, format_args!("`{name}` is {before} already")).help("say of each name what it is now once");
    }
}

/// Reports a `goto` to what cannot be asked.
fn check_target(cx: &mut Diagnostics, graph: &Graph<'_>, to: &syn::Ident) {
    let found = graph.questions.iter().find(|question| question.name == *to);
    match found.map(|question| question.source) {
        Some(Source::Ask(_)) => {}
        Some(Source::Run(..) | Source::Once(_)) => {
            cx.error(to.span(), format_args!("`{to}` asks nothing itself: nobody can be sent there"))
                .help("name an `ask` or a `hear`, or have a function make the state: `migrate function`");
        }
        None => {
            let names: Vec<String> = graph.questions.iter().map(|question| plain(&question.name)).collect();
            let error = cx.error(to.span(), format_args!("there is no question `{to}` in this conversation"));
            match did_you_mean(&plain(to), names.iter().map(String::as_str)) {
                Some(meant) => error.help(format_args!("did you mean `{meant}`?")),
                None => error.help("name the question that is asked in the place of the one that is gone"),
            };
        }
    }
}

/// Reports a name of before that another variable has at the same question.
fn check_variables(cx: &mut Diagnostics, graph: &Graph<'_>, machine: &Machine) {
    let mut reported = BTreeSet::new();
    for state in &machine.states {
        let fields =
            || state.region.fields.iter().map(|field| (plain(&field.name), graph.variables.get(field.variable)));
        let mut known: BTreeMap<String, String> = fields().map(|(name, _)| (name.clone(), name)).collect();
        for (name, variable) in fields() {
            for (was, span) in &variable.older.was {
                let Some(other) = known.insert(was.clone(), name.clone()) else { continue };
                if reported.insert((was.clone(), name.clone())) {
                    let question = &graph.question(state.question).name;
                    cx.error(*span, format_args!("`{was}` is read as `{other}` already at the question `{question}`"))
                        .help("take it out of one of them: what is stored by one name is one variable");
                }
            }
        }
    }
}

/// Reports what is said of a variable that no state has.
fn check_kept(cx: &mut Diagnostics, graph: &Graph<'_>, machine: &Machine) {
    let fields = || machine.states.iter().flat_map(|state| &state.region.fields);
    let kept: BTreeSet<String> = fields().map(|field| graph.variables.name(field.variable)).collect();
    let questions: BTreeSet<String> = graph.questions.iter().map(|question| plain(question.source.name())).collect();
    for (id, variable) in graph.variables.iter() {
        let name = graph.variables.name(id);
        let says = variable.older.default.is_some() || !questions.contains(&name);
        if let (Some(place), true, false) = (variable.older.place, says, kept.contains(&name)) {
            cx.error(place, format_args!("`{name}` is kept at no question, so nothing that is stored has it"))
                .help("take the attribute out");
        }
    }
}
