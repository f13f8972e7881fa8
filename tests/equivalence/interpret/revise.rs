//! A question that is asked once more, where other things are known than where it stands.

use super::{Interpreter, Result};
use crate::tree::Ask;

/// A question that has its answer, and how much could be seen where it stands.
#[derive(Clone, Copy)]
pub(super) struct Asked<'t> {
    pub(super) ask: &'t Ask,
    pub(super) variables: usize,
    pub(super) loops: usize,
}

/// What came between a question and where it is revised, which it does not see: from which one to before which.
pub(super) struct Gap {
    variables: (usize, usize),
    loops: (usize, usize),
}

impl Gap {
    pub(super) fn hides_variable(&self, index: usize) -> bool {
        (self.variables.0..self.variables.1).contains(&index)
    }

    pub(super) fn hides_loop(&self, index: usize) -> bool {
        (self.loops.0..self.loops.1).contains(&index)
    }
}

impl<'t> Interpreter<'t, '_> {
    pub(super) fn revise(&mut self, name: &str) -> Result<()> {
        let here = self.here();
        let Asked { ask, variables, loops } =
            *here.asked.iter().rfind(|asked| asked.ask.name == name).expect("it was asked");
        // Within itself, a question is not asked anew.
        if here.revised.contains(&ask.name.as_str()) {
            return Ok(());
        }
        here.revised.push(&ask.name);
        here.gaps.push(Gap { variables: (variables, here.variables.len()), loops: (loops, here.loops.len()) });
        let answer = self.visit(ask);
        let here = self.here();
        here.gaps.pop();
        here.revised.pop();
        here.variables[variables].1 = answer?;
        Ok(())
    }
}
