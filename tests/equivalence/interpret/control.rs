//! Control flow: what is done next, and what is jumped out of.

use super::{Context, Interpreter, Jump, Loop, Result, STEPS};
use crate::tree::{Arm, Condition, Control, Name, Pattern, Value, Verb};

impl<'t> Interpreter<'t, '_> {
    pub(super) fn control(&mut self, control: &'t Control) -> Result {
        match control {
            Control::If { condition, then, otherwise } => match (self.condition(condition)?, otherwise) {
                (Some(bound), _) => self.bound(bound, |this| this.block(then)),
                (None, Some(otherwise)) => self.block(otherwise),
                (None, None) => Ok(Value::Unit),
            },
            Control::Match { scrutinee, arms, .. } => {
                let scrutinee = self.value(scrutinee)?;
                for arm in arms {
                    if let Some(result) = self.arm(arm, &scrutinee)? {
                        return Ok(result);
                    }
                }
                unreachable!("no arm takes {scrutinee}")
            }
            Control::Loop { label, body } => self.repeat(label, |this| this.block(body).map(|_| None)),
            Control::While { label, condition, body } => {
                self.repeat(label, |this| match this.condition(condition)? {
                    Some(bound) => this.bound(bound, |this| this.block(body)).map(|_| None),
                    None => Ok(Some(Value::Unit)),
                })
            }
            Control::For { label, item, items, body, .. } => {
                let Value::Numbers(items) = self.value(items)? else { unreachable!("a `for` goes over numbers") };
                let mut items = items.into_iter();
                self.repeat(label, |this| match items.next() {
                    Some(number) => this.with(item, Value::Number(number), |this| this.block(body)).map(|_| None),
                    None => Ok(Some(Value::Unit)),
                })
            }
            Control::Block { label, body } => {
                let number = self.enter(label, false);
                let result = self.block(body);
                self.here().loops.pop();
                match result {
                    Err(Jump::Break(left, value)) if left == number => Ok(value),
                    result => result,
                }
            }
        }
    }

    fn enter(&mut self, label: &'t Option<Name>, is_loop: bool) -> usize {
        self.steps += 1;
        let number = self.steps;
        self.here().loops.push(Loop { label: label.as_deref(), is_loop, number });
        number
    }

    /// Does something again and again, until it says with what value to end.
    fn repeat(&mut self, label: &'t Option<Name>, mut round: impl FnMut(&mut Self) -> Result<Option<Value>>) -> Result {
        let number = self.enter(label, true);
        let result = loop {
            self.steps += 1;
            assert!(self.steps < STEPS, "it goes round without a wait");
            match round(self) {
                Ok(None) => {}
                Err(Jump::Continue(next)) if next == number => {}
                Ok(Some(value)) => break Ok(value),
                Err(Jump::Break(left, value)) if left == number => break Ok(value),
                Err(jump) => break Err(jump),
            }
        };
        self.here().loops.pop();
        result
    }

    /// What the condition binds, if it holds.
    fn condition(&mut self, condition: &'t Condition) -> Result<Option<Option<(&'t str, Value)>>> {
        Ok(match condition {
            Condition::Holds(value) => self.holds(value)?.then_some(None),
            Condition::IsSome(name, maybe) => match self.value(maybe)? {
                Value::Maybe(Some(number)) => Some(Some((name.as_str(), Value::Number(number)))),
                _ => None,
            },
        })
    }

    fn bound(&mut self, bound: Option<(&'t str, Value)>, code: impl FnOnce(&mut Self) -> Result) -> Result {
        match bound {
            Some((name, value)) => self.with(name, value, code),
            None => code(self),
        }
    }

    /// The arm's value, if it takes the scrutinee's.
    fn arm(&mut self, arm: &'t Arm, scrutinee: &Value) -> Result<Option<Value>> {
        let bound = match (&arm.pattern, scrutinee) {
            (Pattern::Anything, _) => None,
            (Pattern::Bind(name), value) => Some((name.as_str(), value.clone())),
            (Pattern::Is(expected), value) if expected == value => None,
            (Pattern::Some(name), Value::Maybe(Some(number))) => Some((name.as_str(), Value::Number(*number))),
            _ => return Ok(None),
        };
        let guarded = |this: &mut Self| match &arm.guard {
            Some(guard) if !this.holds(guard)? => Ok(None),
            _ => this.block(&arm.body).map(Some),
        };
        match bound {
            Some((name, value)) => self.with(name, value, guarded),
            None => guarded(self),
        }
    }

    pub(super) fn verb(&mut self, verb: &'t Verb) -> Jump {
        self.jump(verb).unwrap_or_else(|jump| jump)
    }

    fn jump(&mut self, verb: &'t Verb) -> Result<Jump> {
        Ok(match verb {
            Verb::Retry => Jump::Retry,
            Verb::Wait => Jump::Wait,
            Verb::Back => Jump::Back,
            Verb::Answer(value) => Jump::Answer(self.value(value)?),
            Verb::Goto(name) => Jump::Goto(name.clone()),
            Verb::Close(code, reason) => {
                let reason = reason.as_ref().map(|reason| self.format(reason)).transpose()?;
                Jump::Close(*code, reason.unwrap_or_default())
            }
            Verb::Return(variant, value) => Jump::Return(self.output(variant, value.as_ref())?),
            Verb::Break(label, value) => {
                let value = value.as_ref().map(|value| self.value(value)).transpose()?;
                Jump::Break(self.meant(label), value.unwrap_or(Value::Unit))
            }
            Verb::Continue(label) => Jump::Continue(self.meant(label)),
        })
    }

    /// The loop or block that a `break` or `continue` means.
    fn meant(&mut self, label: &Option<Name>) -> usize {
        let Context { loops, gaps, .. } = self.here();
        let mut seen =
            loops.iter().enumerate().rev().filter(|(index, _)| !gaps.iter().any(|gap| gap.hides_loop(*index)));
        let meant = seen.find(|(_, repeat)| match label {
            Some(label) => repeat.label == Some(label),
            None => repeat.is_loop,
        });
        meant.expect("there is a loop").1.number
    }
}
