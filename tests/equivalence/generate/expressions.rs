//! Random values: constants, expressions of a type, and what is said.

use super::{Generator, NAMES};
use crate::transcript::Note;
use crate::tree::{Expression, Name, Outcome, Output, Piece, SIZES, Template, Type, Value};

/// Few, so that comparisons hold now and then.
const TEXTS: [&str; 4] = ["", "x", "yes", "ab"];

impl Generator<'_> {
    /// A name for a variable, most of the time one that others have, too.
    pub(super) fn name(&mut self) -> Name {
        (*self.choices.pick(&NAMES)).to_owned()
    }

    pub(super) fn constant(&mut self, ty: Type) -> Value {
        match ty {
            Type::Number => Value::Number(self.choices.below(10) as u32),
            Type::Flag => Value::Flag(self.choices.chance(50)),
            Type::Text => Value::Text((*self.choices.pick(&TEXTS)).to_owned()),
            Type::Maybe => Value::Maybe(self.choices.chance(60).then(|| self.choices.below(10) as u32)),
            Type::Numbers => {
                let length = self.choices.below(4);
                Value::Numbers((0..length).map(|_| self.choices.below(10) as u32).collect())
            }
            Type::Size => Value::Size(self.choices.below(SIZES.len())),
            Type::Note if self.choices.chance(50) => Value::Note(Note::Left),
            Type::Note => Value::Note(Note::Paid([1, 5][self.choices.below(2)])),
            Type::Generic | Type::Stock => unreachable!("there is no constant of {ty}"),
        }
    }

    /// The types that something has or can have here.
    pub(super) fn types(&mut self) -> Vec<Type> {
        let known = [Type::Note, Type::Generic].into_iter();
        let known = known.filter(|ty| self.scope.visible().iter().any(|variable| variable.ty == *ty));
        Type::ALL.into_iter().chain(known).collect()
    }

    /// The name of a variable of the type, if there is one.
    pub(super) fn variable_of(&mut self, ty: Type) -> Option<Name> {
        let names: Vec<Name> = self
            .scope
            .visible()
            .iter()
            .filter(|variable| variable.ty == ty)
            .map(|variable| variable.name.clone())
            .collect();
        (!names.is_empty()).then(|| self.choices.pick(&names).clone())
    }

    pub(super) fn expression(&mut self, ty: Type) -> Expression {
        self.nested(ty, 2)
    }

    fn nested(&mut self, ty: Type, depth: usize) -> Expression {
        let variable = |this: &mut Self| this.variable_of(ty).map(|name| Expression::Variable(name, ty));
        match self.choices.below(10) {
            _ if ty == Type::Generic => return variable(self).expect("there is one"),
            2..6 if let Some(variable) = variable(self) => return variable,
            6.. if depth > 0 => {}
            _ => return Expression::Literal(self.constant(ty)),
        }
        let mut part = |ty| Box::new(self.nested(ty, depth - 1));
        match ty {
            Type::Number => match part(Type::Number) {
                _ if let Some(stock) = self.variable_of(Type::Stock)
                    && self.choices.chance(40) =>
                {
                    Expression::Left(stock)
                }
                number if matches!(*number, Expression::Literal(_)) => {
                    let ty = *self.choices.pick(&[Type::Text, Type::Numbers]);
                    Expression::Length(ty, Box::new(self.nested(ty, depth - 1)))
                }
                number if self.choices.chance(30) => {
                    Expression::Or(Box::new(self.nested(Type::Maybe, depth - 1)), number)
                }
                number => Expression::Sum(number, Box::new(self.nested(Type::Number, depth - 1))),
            },
            Type::Flag => match self.choices.below(4) {
                0 => Expression::Less(self.part(Type::Number, depth), self.part(Type::Number, depth)),
                1 => {
                    let ty = *self.choices.pick(&Type::ALL);
                    Expression::Equal(self.part(ty, depth), self.part(ty, depth))
                }
                2 => Expression::Not(self.part(Type::Flag, depth)),
                _ => Expression::Both(self.part(Type::Flag, depth), self.part(Type::Flag, depth)),
            },
            Type::Text => Expression::Format(self.template(true)),
            Type::Maybe if self.choices.chance(30) => Expression::First(self.part(Type::Numbers, depth)),
            Type::Maybe => Expression::Some(self.part(Type::Number, depth)),
            Type::Numbers => {
                let length = self.choices.below(3) + 1;
                Expression::List((0..length).map(|_| self.nested(Type::Number, depth - 1)).collect())
            }
            Type::Size | Type::Note => Expression::Literal(self.constant(ty)),
            Type::Generic | Type::Stock => unreachable!("{ty} is not made of anything"),
        }
    }

    fn part(&mut self, ty: Type, depth: usize) -> Box<Expression> {
        Box::new(self.nested(ty, depth - 1))
    }

    /// A condition, which most of the time looks at a variable.
    pub(super) fn condition(&mut self) -> Expression {
        match self.choices.below(4) {
            0 => self.expression(Type::Flag),
            1 if let Some(name) = self.variable_of(Type::Text) => {
                let text = Expression::Literal(self.constant(Type::Text));
                Expression::Equal(Box::new(Expression::Variable(name, Type::Text)), Box::new(text))
            }
            _ => {
                let number = self.variable_of(Type::Number).map(|name| Expression::Variable(name, Type::Number));
                let number = number.unwrap_or_else(|| self.expression(Type::Number));
                let bound = Expression::Literal(self.constant(Type::Number));
                Expression::Less(Box::new(number), Box::new(bound))
            }
        }
    }

    /// A guard about what a pattern binds.
    pub(super) fn below(&mut self, pattern: &str) -> Expression {
        let bound = Box::new(Expression::Variable(pattern.to_owned(), Type::Number));
        Expression::Less(bound, Box::new(Expression::Literal(self.constant(Type::Number))))
    }

    /// The value of a `let`, which may end the conversation.
    pub(super) fn value_or_end(&mut self, ty: Type) -> Expression {
        if ty == Type::Number
            && let Output::Fallible(outcome, _) = self.scope.output
            && self.choices.chance(40)
        {
            let ty = if outcome == Outcome::Option { Type::Maybe } else { Type::Number };
            return Expression::Try(outcome, Box::new(self.expression(ty)));
        }
        self.expression(ty)
    }

    /// What is said: words that nothing else says, and some variables.
    pub(super) fn template(&mut self, arguments: bool) -> Template {
        self.number += 1;
        let mut pieces = vec![Piece::Text(format!("w{}", self.number))];
        while pieces.len() < 7 && self.choices.chance(45) {
            pieces.push(Piece::Text(" ".to_owned()));
            let types = self.types();
            let ty = *self.choices.pick(&types);
            let variable = self.variable_of(ty);
            pieces.push(match variable {
                Some(name) if !arguments || self.choices.chance(70) => Piece::Capture(name, ty),
                _ if arguments => {
                    let ty = *self.choices.pick(&[Type::Number, Type::Flag, Type::Maybe]);
                    Piece::Argument(self.nested(ty, 1), ty)
                }
                _ => break,
            });
        }
        Template(pieces)
    }
}
