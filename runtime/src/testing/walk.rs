//! Walks through a conversation: dialogues that nobody has written, drawn as they go.

use std::collections::BTreeMap;
use std::time::Duration;

use super::draw::Draw;
use super::play::{Blow, Played, Player, Stage, Text};
use super::process::Process;
use super::replies::{Replies, asked, words_of};
use super::report;
use super::sample::sample;
use super::trace;
use super::transcript::Line;
use crate::conversation::Conversation;
use crate::flow::{Kind, Node};

/// How far one goes at most.
const STEPS: usize = 40;

/// After so many replies to a question of which none has led on, none will.
const ENOUGH: usize = 200;

/// At how many places of a walk something happens to it.
const BLOWS: usize = 3;

/// Looks at a process where it waits at a question.
type Look<'l, C> = dyn FnMut(&Process<C>, &str) -> Result<(), String> + 'l;

/// What to walk by.
pub(super) struct Walk<'w> {
    pub(super) rounds: u64,
    pub(super) seed: u64,
    /// Replies and events that are named by the test.
    pub(super) says: &'w [String],
    pub(super) hears: &'w [String],
}

/// What is wrong with a dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// A turn has panicked, or made what cannot be stored or sent.
    Broken,
    Endless,
    /// Played again, it went otherwise.
    Fickle,
    Hurt(Blow),
}

impl Walk<'_> {
    /// Walks until something is found.
    ///
    /// # Errors
    ///
    /// What was found.
    pub(super) fn all<C: Conversation>(&self, stage: &Stage<'_, C>) -> Result<(), String> {
        let name = C::FLOW.name;
        let mut replies = Replies::new(&C::FLOW, self.says);
        let mut tried: BTreeMap<String, (usize, Vec<Line>)> = BTreeMap::new();
        for seed in (self.seed..).take(usize::try_from(self.rounds).unwrap_or(usize::MAX)) {
            let mut draw = Draw::new(seed);
            let went = self.one(stage, &mut draw, &mut replies, &mut tried, &mut |_, _| Ok(()))?;
            let lines: Vec<Line> = went.lines.iter().filter(|line| line.is_input()).cloned().collect();
            let places: Vec<usize> = (0..BLOWS).map(|_| draw.below(went.waits.len())).collect();
            let Some(fault) = fault(stage, &lines, Some(&places))? else { continue };
            let lines = shrunk(lines, |lines| self::fault(stage, lines, None) == Ok(Some(fault)));
            let story = told(stage, &lines, fault)?;
            return Err(format!("{}\n\n{story}\nCONVERSE_SEED={seed} walks this way again", describe(name, fault)));
        }
        for question in asked(&C::FLOW) {
            if let Some((times, way)) = tried.get(question).filter(|(times, _)| *times >= ENOUGH)
                && !replies.has_led_on(question)
            {
                let way = Text(way);
                return Err(format!(
                    "no reply leads on from `{question}` of {name}: {times} were tried. Name one by `says(\"…\")`, or it \
                     cannot be passed\n\n{way}"
                ));
            }
        }
        Ok(())
    }

    /// Walks, and looks at it wherever it waits.
    pub(super) fn each_wait<C: Conversation>(
        &self,
        stage: &Stage<'_, C>,
        look: &mut Look<'_, C>,
    ) -> Result<(), String> {
        let (mut replies, mut tried) = (Replies::new(&C::FLOW, self.says), BTreeMap::new());
        for seed in (self.seed..).take(usize::try_from(self.rounds).unwrap_or(usize::MAX)) {
            self.one(stage, &mut Draw::new(seed), &mut replies, &mut tried, look)?;
        }
        Ok(())
    }

    /// One walk.
    fn one<C: Conversation>(
        &self,
        stage: &Stage<'_, C>,
        draw: &mut Draw,
        replies: &mut Replies,
        tried: &mut BTreeMap<String, (usize, Vec<Line>)>,
        look: &mut Look<'_, C>,
    ) -> Result<Played, String> {
        let with = (stage.outside)();
        let mut player = stage.enter(with());
        for step in 1..=STEPS {
            if !player.waits {
                break;
            }
            let question = player.played.waits.last().map(|(question, _)| question.clone()).unwrap_or_default();
            look(&player.process, &question)?;
            let mut line = self.next(draw, replies, &question, &player);
            // What ends it is known soon enough. There is more to see where it goes on.
            for _ in 0..4 {
                if replies.ends(&question, &line) && !draw.once_in(8) {
                    line = self.next(draw, replies, &question, &player);
                }
            }
            if let Line::Says(_) = line {
                let (times, way) = tried.entry(question.clone()).or_default();
                *times += 1;
                if *times == 1 {
                    way.clone_from(&player.played.lines);
                }
            }
            stage.put(&mut player, &line, step)?;
            match line {
                _ if !player.waits => replies.ended(&question, &line),
                Line::Says(reply) if trace::has_led_on() => replies.led_on(&question, &reply),
                _ => {}
            }
        }
        Ok(player.played)
    }

    /// What to do at a question.
    fn next<C: Conversation>(&self, draw: &mut Draw, replies: &Replies, question: &str, player: &Player<C>) -> Line {
        let alarm = player.process.alarm();
        if draw.once_in(4)
            && let Some(line) = self.towards::<C>(draw, question, alarm)
        {
            return line;
        }
        let hears = C::FLOW.question(question).is_some_and(|question| question.kind == Kind::Hear);
        let event = if draw.once_in(if hears { 2 } else { 8 }) { self.event::<C>(draw) } else { None };
        let alarm = alarm.filter(|_| draw.once_in(8));
        event.map(Line::Event).or(alarm.map(Line::pass)).unwrap_or_else(|| {
            let told = player.played.lines.iter().rev().find_map(|line| match line {
                Line::Told(text) => Some(text.as_str()),
                _ => None,
            });
            Line::Says(replies.draw(draw, question, told.unwrap_or_default()))
        })
    }

    /// What may lead along an edge that no walk has taken yet, where its label tells.
    fn towards<C: Conversation>(&self, draw: &mut Draw, question: &str, alarm: Option<Duration>) -> Option<Line> {
        let flow = &C::FLOW;
        let from = Node::Question(flow.questions.iter().position(|known| known.name == question)?);
        let taken = trace::labels_from(flow.name, from);
        let edges = flow.edges.iter().filter(|edge| edge.from == from && !taken.contains(edge.label));
        let missed: Vec<&str> = edges.map(|edge| edge.label).filter(|label| !label.is_empty()).collect();
        let label = draw.one_of(&missed)?;
        if label.starts_with("silence") || label.starts_with("on after") {
            return alarm.map(Line::pass);
        }
        if label.starts_with("refused") {
            return Some(Line::Says(["binary 0xCAFE", "§"][draw.below(2)].to_owned()));
        }
        match words_of(label).next() {
            Some(word) => Some(Line::Says(word.to_owned())),
            None => self.event::<C>(draw).map(Line::Event),
        }
    }

    fn event<C: Conversation>(&self, draw: &mut Draw) -> Option<String> {
        match draw.one_of(self.hears).filter(|_| draw.clone().once_in(2)) {
            Some(named) => Some(named.clone()),
            None => sample::<C::Event>(draw),
        }
    }
}

/// What is wrong with a dialogue, with a blow at each of these places, or everywhere.
fn fault<C: Conversation>(
    stage: &Stage<'_, C>,
    lines: &[Line],
    places: Option<&[usize]>,
) -> Result<Option<Fault>, String> {
    let lines = numbered(lines);
    let well = stage.play(&lines, None)?;
    if let Some(fault) = fault_in(&well) {
        return Ok(Some(fault));
    }
    if stage.play(&lines, None)?.lines != well.lines {
        return Ok(Some(Fault::Fickle));
    }
    let everywhere: Vec<usize> = (0..well.waits.len()).collect();
    for at in places.unwrap_or(&everywhere) {
        for blow in [Blow::Cut, Blow::Kill] {
            let struck = stage.play(&lines, Some((*at, blow)))?;
            if report::unlike(&well, &struck).is_some() {
                return Ok(Some(Fault::Hurt(blow)));
            }
        }
    }
    Ok(None)
}

fn fault_in(went: &Played) -> Option<Fault> {
    if went.wrong.is_some() {
        return Some(Fault::Endless);
    }
    let broken = |line: &Line| matches!(line, Line::Ends(end) if end == "1011");
    went.lines.last().is_some_and(broken).then_some(Fault::Broken)
}

fn numbered(lines: &[Line]) -> Vec<(usize, Line)> {
    lines.iter().cloned().enumerate().map(|(at, line)| (at + 1, line)).collect()
}

/// The shortest dialogue that has the fault still.
fn shrunk(mut lines: Vec<Line>, has_it: impl Fn(&[Line]) -> bool) -> Vec<Line> {
    // What was seen once only cannot be made shorter.
    if !has_it(&lines) {
        return lines;
    }
    let mut size = lines.len().div_ceil(2);
    while size > 0 {
        let mut from = 0;
        let mut shorter = false;
        while from < lines.len() {
            let without: Vec<Line> = lines
                .iter()
                .enumerate()
                .filter(|(at, _)| !(from..from + size).contains(at))
                .map(|(_, line)| line.clone())
                .collect();
            if has_it(&without) {
                (lines, shorter) = (without, true);
            } else {
                from += size;
            }
        }
        if !shorter || size > 1 {
            size /= 2;
        }
    }
    lines
}

/// The dialogue with what came of it.
fn told<C: Conversation>(stage: &Stage<'_, C>, lines: &[Line], fault: Fault) -> Result<String, String> {
    let lines = numbered(lines);
    let well = stage.play(&lines, None)?;
    let Fault::Hurt(blow) = fault else { return Ok(Text(&well.lines).to_string()) };
    for (at, wait) in well.waits.iter().enumerate() {
        let struck = stage.play(&lines, Some((at, blow)))?;
        if let Some(difference) = report::unlike(&well, &struck) {
            return Ok(report::did_not_survive(Some(&wait.0), wait.1, blow, &difference));
        }
    }
    Ok(Text(&well.lines).to_string())
}

fn describe(name: &str, fault: Fault) -> String {
    match fault {
        Fault::Broken => format!("{name} breaks: a turn panics, or makes what cannot be stored or sent"),
        Fault::Endless => format!("{name} goes on and on by itself"),
        Fault::Fickle => format!(
            "{name} is not the same twice. What it draws or looks up should come from what it depends on, which a test can give"
        ),
        Fault::Hurt(_) => format!("{name} does not survive"),
    }
}
