//! `revise name`: the question `name` once more, with all its clauses, and then on from here.

use quote::format_ident;
use syn::Ident;

use super::{Builder, Place};
use crate::diagnostics::did_you_mean;
use crate::graph::{Question, Source};
use crate::names::plain;

impl<'a> Builder<'_, 'a> {
    pub(super) fn revise(&mut self, name: &Ident) {
        let visible = |labels: &Vec<(Ident, _)>| labels.iter().any(|(question, _)| question == name);
        // The first of the name: a second one was reported, and revised from within itself it would never end.
        let known = self.definitions.iter().position(|definition| definition.source.name() == name);
        let Some(known) = known.filter(|_| self.labels.iter().any(visible)) else {
            self.report_unknown(name);
            return;
        };
        let definition = &self.definitions[known];
        let (source, answer) = (definition.source, definition.answer);
        // Within itself, which was reported where the question stands.
        if self.revised.contains(&answer) {
            return;
        }
        self.revised.push(answer);
        let scopes = std::mem::replace(&mut self.scopes, definition.scopes.clone());
        let mut frames = self.frames.split_off(definition.frames);
        let mut labels = self.labels.split_off(definition.labels);
        // Handlers belong to the first place that a question is revised from, also while that asks for another.
        let (own_frames, own_labels) = (frames.len(), labels.len());
        let (scopes, around) = match self.place.take() {
            Some(place) => {
                frames.extend(place.frames);
                labels.extend(place.labels);
                (place.scopes, Some(scopes))
            }
            None => (scopes, None),
        };
        self.place = Some(Place { scopes, frames, labels });
        // In the store it is a question of its own, since what is remembered there is not the same.
        let revised = match self.pending.last() {
            Some(pending) => {
                let pending = plain(&self.graph.question(*pending).name);
                format_ident!("{}_revised_at_{}", plain(name), pending, span = name.span())
            }
            None => format_ident!("{}_revised", plain(name), span = name.span()),
        };
        let revised = self.unused_name(&revised);
        match source {
            Source::Ask(ask) => self.question(ask, revised, answer, None),
            Source::Run(run, _) => {
                self.running(run, revised, answer);
            }
            Source::Once(_) => unreachable!("what is done once is no question"),
        }
        self.revised.pop();
        let Place { scopes, mut frames, mut labels } = self.place.take().expect("it was put there");
        let (outer_frames, outer_labels) = (frames.split_off(own_frames), labels.split_off(own_labels));
        self.frames.extend(frames);
        self.labels.extend(labels);
        self.scopes = match around {
            Some(around) => {
                self.place = Some(Place { scopes, frames: outer_frames, labels: outer_labels });
                around
            }
            None => scopes,
        };
    }

    fn report_unknown(&mut self, name: &Ident) {
        let known: Vec<String> = self.labels.iter().flatten().map(|(question, _)| plain(question)).collect();
        if known.contains(&plain(name)) {
            self.cx
                .error(name.span(), format_args!("the question `{name}` was not asked yet: there is nothing to revise"))
                .help("`revise` stands behind the question; inside of its own clauses write `retry`");
            return;
        }
        let done = |question: &&Question<'_>| matches!(question.source, Source::Once(_)) && question.name == *name;
        if self.graph.questions.iter().find(done).is_some() {
            self.cx
                .error(name.span(), format_args!("`{name}` is done once, and no question to ask again"))
                .help("do it again by another `once`, with a name of its own");
            return;
        }
        let meant = did_you_mean(&plain(name), known.iter().map(String::as_str)).map(str::to_owned);
        let error = self.cx.error(name.span(), format_args!("there is no question `{name}` here"));
        match meant {
            Some(meant) => error.help(format_args!("did you mean `{meant}`?")),
            None => error.help("a `revise` asks a question of this block again, or of one around it"),
        };
    }
}
