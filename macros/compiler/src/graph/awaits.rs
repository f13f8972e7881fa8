//! Where a turn awaits something of its own.

use super::{Block, End, Operation};
use crate::opaque::Uses;
use crate::syntax::ast::Message;

impl Operation<'_> {
    pub(crate) fn awaits(&self) -> bool {
        match self {
            Operation::Rust { statement, .. } => Uses::of_statement(&statement.code).awaits,
            Operation::Bind { value, .. } => Uses::of_expression(&value.code).awaits,
            Operation::Say { message: Message::Format { tokens, .. }, .. } => Uses::of_tokens(tokens).awaits,
            Operation::Say { message: Message::Value(value), .. } => Uses::of_expression(value).awaits,
        }
    }
}

impl End {
    pub(crate) fn awaits(&self) -> bool {
        match self {
            End::Run { .. } => true,
            End::If { condition: value, .. } | End::Match { scrutinee: value, .. } | End::Return(Some(value), _) => {
                Uses::of_expression(&value.code).awaits
            }
            _ => false,
        }
    }
}

impl Block<'_> {
    pub(crate) fn awaits(&self) -> bool {
        self.operations.iter().any(Operation::awaits) || self.end.awaits()
    }
}
