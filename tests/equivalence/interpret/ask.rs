//! A question: what is asked, what is heard, and what becomes of a reply.

use std::mem;

use super::past::Heard;
use super::{Interpreter, Jump, Pending, Result, read};
use crate::transcript::{Clock, Input, Then};
use crate::tree::{Action, Ask, Duration, Occasion, On, Run, Unless, Value};

impl<'t> Interpreter<'t, '_> {
    /// A question, unless its answer is known.
    pub(super) fn ask(&mut self, ask: &'t Ask) -> Result {
        if let Some(unless) = &ask.unless
            && let Some(value) = self.unless(unless)?
        {
            return Ok(value);
        }
        self.visit(ask)
    }

    /// A visit of a question, from its prompt to the answer.
    pub(super) fn visit(&mut self, ask: &'t Ask) -> Result {
        let visit = self.past.visit();
        let (mut refused, mut silent) = (0, 0);
        'prompt: loop {
            if let Some(prompt) = &ask.prompt {
                self.say(prompt)?;
            }
            self.clock = self.wound(ask)?;
            loop {
                let happened = match self.wait(ask, visit)? {
                    Heard::Again(rung) => {
                        self.silence_timers(rung);
                        Jump::Retry
                    }
                    Heard::Timer(depth, index) => self.ring(depth, index),
                    Heard::Client(Input::Silence) => {
                        silent += 1;
                        match &ask.within {
                            Some((_, Some(action))) => self.action(action, silent, None),
                            Some((_, None)) => Jump::Close(4408, "no answer came in time".to_owned()),
                            None => self.be_silent(silent),
                        }
                    }
                    Heard::Client(Input::Passes(_)) => unreachable!("nothing hears how time passes"),
                    Heard::Client(Input::Event(event)) => match self.listener(ask, &event) {
                        Some(place) => self.take_event(ask, place, &event),
                        None => return Ok(event.value()),
                    },
                    Heard::Client(Input::Reply(reply)) => match self.reply(ask, &reply, &mut refused) {
                        Ok(answer) => return Ok(answer),
                        Err(jump) => jump,
                    },
                };
                match happened {
                    Jump::Retry => continue 'prompt,
                    Jump::Back if self.past.is_first() => continue 'prompt,
                    Jump::Back => {
                        self.past.goes_back(self.rung());
                        return Err(Jump::Back);
                    }
                    // What was asked in between had a clock of its own.
                    Jump::Wait if !self.past.is_waiting(visit) => self.clock = self.wound(ask)?,
                    Jump::Wait => {}
                    Jump::Answer(value) => return Ok(value),
                    jump => return Err(jump),
                }
            }
        }
    }

    /// The clock of a question, wound back.
    fn wound(&mut self, ask: &'t Ask) -> Result<Clock> {
        Ok(match &ask.within {
            None => self.silence().map_or(Clock::None, |(.., seconds)| Clock::Starts(u64::from(seconds))),
            Some((duration, _)) => Clock::Starts(self.seconds(duration)?),
        })
    }

    pub(super) fn seconds(&mut self, duration: &'t Duration) -> Result<u64> {
        Ok(match duration {
            Duration::Seconds(seconds) => u64::from(*seconds),
            Duration::Of(value) => u64::from(self.value(value)?.number()) + 1,
        })
    }

    pub(super) fn unless(&mut self, unless: &'t Unless) -> Result<Option<Value>> {
        Ok(match unless {
            Unless::Take(name) => {
                let known = mem::replace(self.variable(name), Value::Maybe(None));
                known.maybe().map(Value::Number)
            }
            Unless::Spend(condition, value) => {
                let (condition, value) = (self.holds(condition)?, self.value(value)?);
                let fuel = &mut self.here().fuel;
                let spent = condition && *fuel > 0;
                *fuel -= u32::from(spent);
                spent.then_some(value)
            }
        })
    }

    /// Waits for what the client does.
    pub(super) fn wait(&mut self, ask: &'t Ask, visit: usize) -> Result<Heard> {
        self.past.wait(visit, ask.prompt.is_some());
        if let Some((heard, when, is_last)) = self.past.next() {
            self.now = when;
            // What was said on the way there was said.
            self.said = if is_last { mem::take(&mut self.said_before) } else { Vec::new() };
            return Ok(heard);
        }
        let outermost = self.contexts[0].running.unwrap_or(&ask.name).to_owned();
        self.turn(Then::Waits { question: outermost, clock: self.clock });
        let options = match &ask.among {
            Some(options) => self.value(options)?.numbers(),
            None => Vec::new(),
        };
        let around = self.contexts.iter().flat_map(|context| &context.ons).map(|listening| listening.on);
        let words = around.chain(&ask.ons).flat_map(On::words).map(String::as_str).collect();
        let pending = Pending {
            ty: ask.ty,
            options,
            words,
            has_clock: self.clock != Clock::None,
            has_timer: self.alarm().is_some(),
            hears: self.contexts.iter().filter_map(|context| context.hears).collect(),
            is_hear: ask.prompt.is_none(),
        };
        let heard = match self.next_kept(ask) {
            Some(event) => Heard::Client(Input::Event(event)),
            None => loop {
                if let Some((depth, index)) = self.ringing() {
                    break Heard::Timer(depth, index);
                }
                match (self.client)(&pending).ok_or(Jump::Out)? {
                    Input::Event(event) if !self.is_for(ask, &event) => self.kept.push(event),
                    Input::Passes(seconds) => self.now += u64::from(seconds),
                    input => break Heard::Client(input),
                }
            },
        };
        if self.clock != Clock::None {
            self.clock = if heard == Heard::Client(Input::Silence) { Clock::None } else { Clock::RunsOn };
        }
        self.past.hear(heard.clone(), self.now);
        Ok(heard)
    }

    /// A reply climbs the ladder.
    pub(super) fn reply(&mut self, ask: &'t Ask, reply: &str, refused: &mut u32) -> Result {
        if !ask.verbatim
            && let Some(jump) = self.hear(ask, &reply.trim().to_lowercase())
        {
            return Err(jump);
        }
        if ask.prompt.is_none() {
            *refused += 1;
            return Err(ask.refused.as_ref().map_or(Jump::Wait, |action| self.meanwhile(action, *refused)));
        }
        let options = ask.among.as_ref().map(|options| self.value(options)).transpose()?;
        let answer = match read::read(ask.ty, reply, ask.verbatim, options.map(Value::numbers)) {
            Ok(answer) => answer,
            Err(problem) => {
                return Err(match (self.exhausted(ask, refused), &ask.refused) {
                    (Some(jump), _) => jump,
                    (None, Some(action)) => self.action(action, *refused, Some(problem)),
                    (None, None) => Jump::Retry,
                });
            }
        };
        for (condition, action) in &ask.wheres {
            if !self.with(&ask.name, answer.clone(), |this| this.holds(condition))? {
                return Err(match self.exhausted(ask, refused) {
                    Some(jump) => jump,
                    None => self.with(&ask.name, answer, |this| Ok(this.action(action, *refused, None)))?,
                });
            }
        }
        Ok(answer)
    }

    /// Counts a refusal, and does what is done where it is the last.
    pub(super) fn exhausted(&mut self, ask: &'t Ask, refused: &mut u32) -> Option<Jump> {
        *refused += 1;
        let (most, action) = ask.tries.as_ref()?;
        match self.value(most).map(Value::number) {
            Ok(most) if *refused >= most => Some(self.action(action, 1, None)),
            Ok(_) => None,
            Err(jump) => Some(jump),
        }
    }

    /// What whoever listens for the reply does about it, the innermost first.
    pub(super) fn hear(&mut self, ask: &'t Ask, reply: &str) -> Option<Jump> {
        let hears = |on: &On| on.words().iter().any(|word| word.to_lowercase() == reply);
        if let Some(on) = ask.ons.iter().find(|on| hears(on)) {
            return Some(self.action(&on.action, 1, None));
        }
        let listening =
            self.contexts.iter().enumerate().rev().find_map(|(depth, context)| {
                Some((depth, context.ons.iter().rposition(|listening| hears(listening.on))?))
            });
        listening.map(|(depth, index)| self.take_up(depth, index, 1))
    }

    /// The innermost `on silence` hears of one, the `own` of the question so many.
    fn be_silent(&mut self, own: u32) -> Jump {
        let (depth, index, _) = self.silence().expect("something started the clock");
        if depth == self.contexts.len() - 1 {
            return self.take_up(depth, index, own);
        }
        // Around a conversation that is run, it counts from where the question that waits is another.
        let changes = self.past.changes();
        let silent = &mut self.contexts[depth].silent;
        *silent = if silent.0 == changes { (changes, silent.1 + 1) } else { (changes, 1) };
        let count = silent.1;
        self.take_up(depth, index, count)
    }

    /// The innermost `on silence`, and how long it waits.
    pub(super) fn silence(&self) -> Option<(usize, usize, u32)> {
        self.contexts.iter().enumerate().rev().find_map(|(depth, context)| {
            let mut ons = context.ons.iter().enumerate().rev();
            ons.find_map(|(index, listening)| match listening.on.what {
                Occasion::Silence(seconds) => Some((depth, index, seconds)),
                _ => None,
            })
        })
    }

    /// Takes the action of an `on` of the conversation at a depth. It sees what could be seen where the `on` stands, and
    /// nothing of what is run.
    pub(super) fn take_up(&mut self, depth: usize, index: usize, count: u32) -> Jump {
        let jump = self.seen_from(depth, index, |this, on| this.action(&on.action, count, None));
        self.outwards(depth, jump)
    }

    /// Does something where an `on` stands.
    pub(super) fn seen_from<T>(&mut self, depth: usize, index: usize, code: impl FnOnce(&mut Self, &'t On) -> T) -> T {
        let inner = self.contexts.split_off(depth + 1);
        let listening = self.here().ons[index];
        let here = self.here();
        let variables = here.variables.split_off(listening.variables);
        let (loops, ons) = (here.loops.split_off(listening.loops), here.ons.split_off(index));
        let (gaps, asked) = (here.gaps.split_off(listening.gaps), here.asked.clone());
        here.asked.retain(|asked| asked.variables < listening.variables);
        let running = if inner.is_empty() { here.running } else { here.running.take() };
        let done = code(self, listening.on);
        let here = self.here();
        here.variables.extend(variables);
        here.loops.extend(loops);
        here.ons.extend(ons);
        here.gaps.extend(gaps);
        here.asked = asked;
        here.running = running;
        self.contexts.extend(inner);
        done
    }

    /// What a jump in the conversation at a depth means to the one that waits.
    pub(super) fn outwards(&mut self, depth: usize, jump: Jump) -> Jump {
        let innermost = self.contexts.len() - 1;
        match jump {
            Jump::Out | Jump::Close(..) | Jump::Retry | Jump::Wait | Jump::Back => jump,
            jump if depth < innermost => Jump::Leave(depth, Box::new(jump)),
            jump => jump,
        }
    }

    /// Takes an action, of a list that whose turn it is. It always says what happens next.
    pub(super) fn action(&mut self, action: &'t Action, count: u32, problem: Option<String>) -> Jump {
        match action {
            Action::Say(template) => self.say(template).err().unwrap_or(Jump::Retry),
            Action::Verb(verb) => self.verb(verb),
            Action::Revise(name) => self.revise(name).err().unwrap_or(Jump::Retry),
            Action::List(actions) => {
                let turn = actions.len().min(count as usize) - 1;
                self.action(&actions[turn], 1, problem)
            }
            Action::Block { problem: bound, block } => {
                let result = match (bound, problem) {
                    (Some(name), Some(problem)) => self.with(name, Value::Text(problem), |this| this.block(block)),
                    _ => self.block(block),
                };
                result.expect_err("a block ends by a verb")
            }
        }
    }

    /// What is done about a reply where nothing was asked that a message could ask again.
    fn meanwhile(&mut self, action: &'t Action, count: u32) -> Jump {
        match action {
            Action::Say(template) => self.say(template).err().unwrap_or(Jump::Wait),
            Action::List(actions) => self.meanwhile(&actions[actions.len().min(count as usize) - 1], 1),
            action => self.action(action, count, None),
        }
    }

    pub(super) fn run(&mut self, run: &'t Run) -> Result {
        let arguments = run.arguments.iter().map(|value| self.value(value)).collect::<Result<Vec<_>>>()?;
        let depth = self.contexts.len() - 1;
        self.here().running = Some(&run.name);
        let result = self.conversation(&run.conversation, arguments);
        self.here().running = None;
        match result {
            Err(Jump::Leave(to, jump)) if to == depth => match *jump {
                Jump::Answer(value) => Ok(value),
                jump => Err(jump),
            },
            result => result,
        }
    }
}
