//! Holds compiled conversations: compiled into the generated programs, beside them.

use std::fmt::Debug;
use std::future::Future;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use converse::{Clock as Started, Conversation, Dependencies, Event, Finish, Outbox, Slot, Talk};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::transcript::{Clock, Event as Notice, Input, Then, Turn};

/// How much is left of a stock.
pub(crate) const STOCK: u32 = 4;

/// What a conversation may depend on.
pub(crate) struct Stock(());

impl Stock {
    pub(crate) fn left(&self) -> u32 {
        STOCK
    }
}

/// What that comes from.
pub(crate) struct App;

impl axum::extract::FromRef<App> for Stock {
    fn from_ref(_: &App) -> Self {
        Stock(())
    }
}

/// The least by which two times differ here.
const TICK: Duration = Duration::from_secs(1);

/// Holds a conversation with a client that says what is in the script.
pub(crate) fn hold<C>(conversation: C, script: &[Input]) -> Vec<Turn>
where
    C: Conversation<Output: Debug, State: Serialize + DeserializeOwned, With: Dependencies<App>>,
{
    let mut held = Holding {
        slot: Slot::Start(conversation),
        history: History::default(),
        kept: Vec::new(),
        now: SystemTime::UNIX_EPOCH,
        alarm: None,
    };
    let mut turns = held.turn(converse::Input::Start, Clock::None).into_iter().collect();
    held.settle(&mut turns);
    for input in script {
        let Some(clock) = clock(&turns) else { break };
        // Once it has run out, a clock does not run.
        let (input, clock) = match input {
            Input::Reply(reply) => (converse::Input::Reply(reply.clone().into()), clock),
            Input::Event(event) => {
                held.kept.push(event.clone());
                held.settle(&mut turns);
                continue;
            }
            Input::Passes(seconds) => {
                held.now += Duration::from_secs(u64::from(*seconds));
                held.settle(&mut turns);
                continue;
            }
            Input::Silence if clock == Clock::None => continue,
            Input::Silence => (converse::Input::Silence, Clock::None),
        };
        turns.extend(held.turn(input, clock));
        held.settle(&mut turns);
    }
    turns
}

/// The clock of the question that waits; none where it has ended.
fn clock(turns: &[Turn]) -> Option<Clock> {
    match turns.last()?.then {
        Then::Waits { clock: Clock::None, .. } => Some(Clock::None),
        Then::Waits { .. } => Some(Clock::RunsOn),
        _ => None,
    }
}

/// A conversation, held with a script.
pub(crate) type Held = fn(&[Input]) -> Vec<Turn>;

/// Answers each line of the input, the number of a conversation and a script, by a line with the turns.
pub(crate) fn serve(conversations: &[Held]) {
    // A panic is part of the answer.
    std::panic::set_hook(Box::new(|_| {}));
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lines() {
        let line = line.expect("the input is text");
        let (number, script): (usize, Vec<Input>) = serde_json::from_str(&line).expect("a number and a script");
        let turns = serde_json::to_string(&conversations[number](&script)).expect("turns can be written");
        writeln!(output, "{turns}").expect("somebody reads");
        output.flush().expect("somebody reads");
    }
}

/// A conversation under way.
struct Holding<C: Conversation> {
    slot: Slot<C>,
    history: History,
    /// The events that nobody has heard yet.
    kept: Vec<Notice>,
    now: SystemTime,
    /// When the next timer rings.
    alarm: Option<SystemTime>,
}

impl<C> Holding<C>
where
    C: Conversation<Output: Debug, State: Serialize + DeserializeOwned, With: Dependencies<App>>,
{
    /// Does what is to be done before anybody says anything more.
    fn settle(&mut self, turns: &mut Vec<Turn>) {
        self.offer_kept(turns);
        while let Some(alarm) = self.alarm.filter(|alarm| *alarm <= self.now)
            && let Some(clock) = clock(turns)
        {
            turns.extend(self.turn(converse::Input::Timer(alarm), clock));
            self.offer_kept(turns);
        }
    }

    /// Offers what is kept, in order and from the first again wherever one is heard.
    fn offer_kept(&mut self, turns: &mut Vec<Turn>) {
        let mut left = 0;
        while left < self.kept.len()
            && let Some(clock) = clock(turns)
        {
            let notice = self.kept.remove(left);
            let event = match notice.clone() {
                Notice::Number(number) => Event::new(number),
                Notice::Note(note) => Event::new(note),
            };
            match self.turn(converse::Input::Event(event), clock) {
                Some(turn) => {
                    turns.push(turn);
                    left = 0;
                }
                None => {
                    self.kept.insert(left, notice);
                    left += 1;
                }
            }
        }
    }

    /// What comes of an input; nothing where it is an event that is for nobody.
    fn turn(&mut self, input: converse::Input, running: Clock) -> Option<Turn> {
        let Holding { slot, history, now, alarm, .. } = self;
        let outbox = Outbox::default();
        let mut input = input;
        let mut rung = None;
        let then = loop {
            let (polled, finish) = match step(slot, input, &outbox, *now, rung.take()) {
                Ok(step) => step,
                Err(why) => break Then::Fails(why),
            };
            if finish.back {
                if let Some(before) = history.back() {
                    *slot = Slot::Waiting(serde_json::from_str(&before).expect("it was read back before"));
                    rung = Some(finish.alarm.map_or(*now, |alarm| alarm.min(*now + TICK) - TICK));
                }
                input = converse::Input::Again;
                continue;
            }
            let question =
                if polled.is_pending() && finish.close.is_none() { restored(slot) } else { Ok(Default::default()) };
            match (polled, finish, question) {
                (_, Finish { error: Some(error), .. }, _) => {
                    break Then::Fails(format!("what it says cannot be written: {error}"));
                }
                (Poll::Ready(output), ..) => break Then::Ends(format!("{output:?}")),
                (_, Finish { close: Some(close), .. }, _) => break Then::Closes(close.code, close.reason.into_owned()),
                (.., Err(why)) => break Then::Fails(why),
                (_, Finish { stored: true, .. }, _) => {
                    *history = History::default();
                    input = converse::Input::Stored;
                }
                (_, Finish { left: Some(converse::Input::Timer(_)), .. }, _) => {
                    break Then::Fails("a timer rings for nobody".to_owned());
                }
                (_, Finish { clock, advanced, hears, left, alarm: next, .. }, Ok((question, stored))) => {
                    *alarm = next;
                    let clock = match clock {
                        Started::Unlimited => Clock::None,
                        Started::Within(time) => Clock::Starts(time.as_secs()),
                        Started::Unchanged => running,
                    };
                    if let Some(converse::Input::Event(_)) = left {
                        if advanced || clock != running || !outbox.take().is_empty() {
                            break Then::Fails("it leaves the event, and does something".to_owned());
                        }
                        return None;
                    }
                    history.remember(stored, advanced, !hears);
                    break Then::Waits { question: question.to_owned(), clock };
                }
            }
        };
        Some(Turn { said: outbox.take().iter().map(ToString::to_string).collect(), then })
    }
}

/// The states that `back` leads to.
#[derive(Default)]
struct History {
    before: Vec<String>,
    here: Option<String>,
    /// Whether something is asked there.
    asks: bool,
}

impl History {
    fn remember(&mut self, stored: String, advanced: bool, asks: bool) {
        let before = self.here.replace(stored);
        self.before.extend(before.filter(|_| advanced && self.asks));
        self.asks = asks;
    }

    fn back(&mut self) -> Option<String> {
        self.here = Some(self.before.pop()?);
        self.asks = true;
        self.here.clone()
    }
}

/// Runs to the next wait, to what is done once, or to the end.
fn step<C>(
    slot: &mut Slot<C>,
    input: converse::Input,
    outbox: &Outbox,
    now: SystemTime,
    rung: Option<SystemTime>,
) -> Result<(Poll<C::Output>, Finish), String>
where
    C: Conversation<With: Dependencies<App>>,
{
    let mut talk = Talk::new(outbox, input).at(now);
    if let Some(rung) = rung {
        talk = talk.rung(rung);
    }
    let with = C::With::from_state(&App);
    let polled = catch_unwind(AssertUnwindSafe(|| {
        pin!(C::turn(slot, &with, &mut talk)).poll(&mut Context::from_waker(Waker::noop()))
    }));
    match polled {
        Ok(Poll::Ready(polled)) => Ok((polled, talk.finish())),
        Ok(Poll::Pending) => Err("it awaits something, and there is nothing to await".to_owned()),
        Err(panic) => Err(match panic.downcast::<String>() {
            Ok(words) => format!("it panics: {words}"),
            Err(_) => "it panics".to_owned(),
        }),
    }
}

/// Has the conversation go on from what a store would hold of it; the question that it waits at, and what that is.
fn restored<C>(slot: &mut Slot<C>) -> Result<(&'static str, String), String>
where
    C: Conversation<State: Serialize + DeserializeOwned>,
{
    let Slot::Waiting(state) = slot else { return Err("it neither waits nor has it ended".to_owned()) };
    let stored = serde_json::to_string(state).map_err(|error| format!("its state cannot be stored: {error}"))?;
    let state = serde_json::from_str(&stored).map_err(|error| format!("{stored} cannot be read back: {error}"))?;
    // One that is revised is a place of its own, with the question's name.
    let name = C::FLOW.questions[C::question(&state)].name;
    let question = name.split("_revised").next().unwrap_or(name);
    *slot = Slot::Waiting(state);
    Ok((question, stored))
}
