//! What expressions and messages come to.

use std::mem;

use super::{Interpreter, Jump, Result};
use crate::tree::{Expression, Outcome, Piece, Template, Type, Value};

impl<'t> Interpreter<'t, '_> {
    pub(super) fn say(&mut self, template: &'t Template) -> Result<()> {
        let words = self.format(template)?;
        self.said.push(words);
        Ok(())
    }

    pub(super) fn format(&mut self, template: &'t Template) -> Result<String> {
        let mut text = String::new();
        for piece in &template.0 {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Capture(name, ty) => text.push_str(&self.variable(name).clone().shown(*ty)),
                Piece::Argument(value, ty) => text.push_str(&self.value(value)?.shown(*ty)),
            }
        }
        Ok(text)
    }

    pub(super) fn holds(&mut self, condition: &'t Expression) -> Result<bool> {
        Ok(self.value(condition)? == Value::Flag(true))
    }

    pub(super) fn value(&mut self, value: &'t Expression) -> Result {
        Ok(match value {
            Expression::Literal(value) => value.clone(),
            Expression::Variable(name, _) => self.variable(name).clone(),
            Expression::Sum(left, right) => {
                let (left, right) = (self.value(left)?.number(), self.value(right)?.number());
                Value::Number((left + right) % 1000)
            }
            Expression::Less(left, right) => {
                let (left, right) = (self.value(left)?.number(), self.value(right)?.number());
                Value::Flag(left < right)
            }
            Expression::Equal(left, right) => Value::Flag(self.value(left)? == self.value(right)?),
            Expression::Not(value) => Value::Flag(!self.holds(value)?),
            Expression::Both(left, right) => Value::Flag(self.holds(left)? && self.holds(right)?),
            Expression::Length(Type::Text, value) => Value::Number(self.value(value)?.text().len() as u32),
            Expression::Length(_, value) => Value::Number(self.value(value)?.numbers().len() as u32),
            Expression::Format(template) => Value::Text(self.format(template)?),
            Expression::Some(value) => Value::Maybe(Some(self.value(value)?.number())),
            Expression::Or(maybe, value) => {
                let (maybe, value) = (self.value(maybe)?, self.value(value)?);
                Value::Number(maybe.maybe().unwrap_or(value.number()))
            }
            Expression::First(numbers) => Value::Maybe(self.value(numbers)?.numbers().first().copied()),
            Expression::List(values) => {
                let numbers = values.iter().map(|value| Ok(self.value(value)?.number()));
                Value::Numbers(numbers.collect::<Result<_>>()?)
            }
            Expression::Left(name) => match self.variable(name) {
                Value::Stock(left) => Value::Number(*left),
                value => unreachable!("{value} is no stock"),
            },
            Expression::Take(name) => mem::replace(self.variable(name), Value::Maybe(None)),
            Expression::Try(Outcome::Option, maybe) => match self.value(maybe)?.maybe() {
                Some(number) => Value::Number(number),
                None => return Err(Jump::Return(Value::Wrapped("None", None))),
            },
            Expression::Try(Outcome::Result, number) => match self.value(number)?.number() {
                number if number % 4 == 3 => {
                    let error = Box::new(Value::Text(format!("not {number}")));
                    return Err(Jump::Return(Value::Wrapped("Err", Some(error))));
                }
                number => Value::Number(number),
            },
        })
    }
}

/// What a value is known to be: trees are well-typed.
impl Value {
    pub(super) fn number(self) -> u32 {
        match self {
            Value::Number(number) => number,
            value => unreachable!("{value} is no number"),
        }
    }

    pub(super) fn text(self) -> String {
        match self {
            Value::Text(text) => text,
            value => unreachable!("{value} is no text"),
        }
    }

    pub(super) fn maybe(self) -> Option<u32> {
        match self {
            Value::Maybe(maybe) => maybe,
            value => unreachable!("{value} is no option"),
        }
    }

    pub(super) fn numbers(self) -> Vec<u32> {
        match self {
            Value::Numbers(numbers) => numbers,
            value => unreachable!("{value} are no numbers"),
        }
    }

    pub(super) fn shown(self, ty: Type) -> String {
        match (self, ty) {
            (Value::Text(text), Type::Text) => text,
            (value, _) => value.to_string(),
        }
    }
}
