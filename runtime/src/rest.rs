//! What is left of the items of a `for` that holds a question.

use std::vec;

/// The items that a `for` has yet to come to, which a conversation remembers while it waits inside of the loop.
#[derive(Clone, Debug)]
pub struct Rest<T>(vec::IntoIter<T>);

impl<T> Rest<T> {
    /// All of `items`.
    pub fn new(items: impl IntoIterator<Item = T>) -> Self {
        Rest(items.into_iter().collect::<Vec<T>>().into_iter())
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        self.0.as_slice()
    }
}

impl<T> Iterator for Rest<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.next()
    }
}
