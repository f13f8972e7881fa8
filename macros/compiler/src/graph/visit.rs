//! Goes through the Rust in a graph that stays as it is.

use syn::visit::Visit;

use super::{End, Graph, Operation};

/// Shows `visitor` every statement and expression.
pub(super) fn rust<'g>(graph: &'g Graph<'_>, visitor: &mut impl Visit<'g>) {
    for block in &graph.blocks {
        for operation in &block.operations {
            match operation {
                Operation::Rust { statement, .. } => visitor.visit_stmt(&statement.code),
                Operation::Bind { value, .. } => visitor.visit_expr(&value.code),
                Operation::Say { .. } => {}
            }
        }
        match &block.end {
            End::If { condition: value, .. } | End::Match { scrutinee: value, .. } | End::Return(Some(value), _) => {
                visitor.visit_expr(&value.code);
            }
            End::Close(close) => visitor.visit_expr(&close.code.code),
            _ => {}
        }
    }
}
