//! Messages that are handed on together, on their way in and out.
//!
//! A connection on which nothing happens holds nothing for them: what they are kept in is lent by the thread on which the first of
//! them comes, goes from hand to hand with them, and stays with the thread on which the last of them is taken.

use std::cell::Cell;
use std::collections::{VecDeque, vec_deque};
use std::mem;
use std::thread::LocalKey;

use super::Outgoing;
use crate::message::Message;

/// Some, in their order; nothing where there are none.
#[derive(Debug)]
pub(crate) struct Batch<T>(Option<Box<Ring<T>>>);

/// What they are kept in.
#[derive(Debug)]
pub(crate) struct Ring<T>(VecDeque<T>);

type Spare<T> = Cell<Option<Box<Ring<T>>>>;

/// What comes in batches.
pub(crate) trait Batched: Sized + 'static {
    /// What this thread lends next.
    fn spare() -> &'static LocalKey<Spare<Self>>;

    fn lent() -> Box<Ring<Self>> {
        // A thread that ends has nothing to lend any more.
        let spare = Self::spare().try_with(Cell::take).ok().flatten();
        spare.unwrap_or_else(|| Box::new(Ring(VecDeque::new())))
    }

    fn give_back(ring: Box<Ring<Self>>) {
        if ring.0.capacity() <= MANY {
            let _ = Self::spare().try_with(|spare| spare.set(Some(ring)));
        }
    }
}

impl Batched for Message {
    fn spare() -> &'static LocalKey<Spare<Self>> {
        thread_local!(static SPARE: Spare<Message> = const { Cell::new(None) });
        &SPARE
    }
}

impl Batched for Outgoing {
    fn spare() -> &'static LocalKey<Spare<Self>> {
        thread_local!(static SPARE: Spare<Outgoing> = const { Cell::new(None) });
        &SPARE
    }
}

/// For how many a thread keeps room.
const MANY: usize = 64;

impl<T: Batched> Batch<T> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn iter(&self) -> vec_deque::Iter<'_, T> {
        self.0.as_ref().map(|ring| ring.0.iter()).unwrap_or_default()
    }

    /// Puts one behind the others.
    #[inline(always)] // as is `pop`
    pub(crate) fn push(&mut self, item: T) {
        self.0.get_or_insert_with(T::lent).0.push_back(item);
    }

    /// Takes the first.
    #[inline(always)] // otherwise it depends on everything around it whether it is
    pub(crate) fn pop(&mut self) -> Option<T> {
        let ring = self.0.as_mut()?;
        let first = ring.0.pop_front();
        if ring.0.is_empty() {
            self.0.take().into_iter().for_each(T::give_back);
        }
        first
    }

    /// Takes the first so many.
    pub(crate) fn take_first(&mut self, many: usize) -> Self {
        match &self.0 {
            Some(ring) if ring.0.len() > many => (0..many).filter_map(|_| self.pop()).collect(),
            _ => mem::take(self),
        }
    }

    /// Puts others behind them.
    pub(crate) fn append(&mut self, mut others: Self) {
        if self.is_empty() {
            *self = others;
        } else {
            while let Some(next) = others.pop() {
                self.push(next);
            }
        }
    }
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Batch(None)
    }
}

impl<T: Batched> FromIterator<T> for Batch<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut batch = Batch::default();
        items.into_iter().for_each(|item| batch.push(item));
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(numbers: impl IntoIterator<Item = u64>) -> Batch<Outgoing> {
        numbers.into_iter().map(Outgoing::Number).collect()
    }

    fn numbers(mut batch: Batch<Outgoing>) -> Vec<u64> {
        let number = |outgoing| match outgoing {
            Outgoing::Number(number) => number,
            Outgoing::Message(message) => unreachable!("nobody said {message}"),
        };
        std::iter::from_fn(|| batch.pop().map(number)).collect()
    }

    #[test]
    fn they_keep_their_order_however_they_are_handed_on() {
        let mut all = batch(0..5);
        let first = all.take_first(3);
        all.append(batch(5..7));
        assert!(all.take_first(0).is_empty());
        assert_eq!((numbers(first), numbers(all.take_first(9))), (vec![0, 1, 2], vec![3, 4, 5, 6]));
        assert!(all.is_empty());
        all.append(batch(7..9));
        assert_eq!(numbers(all), [7, 8]);
    }

    #[test]
    fn what_they_were_kept_in_is_lent_again_unless_it_is_large() {
        let place = |batch: &Batch<Outgoing>| batch.0.as_ref().map(|ring| &raw const **ring);
        let mut small = batch(0..2);
        let first = place(&small);
        while small.pop().is_some() {}
        assert_eq!(place(&small), None, "nothing is held");
        let mut large = batch(0..2);
        assert_eq!(place(&large), first);
        large.append(batch(0..100));
        while large.pop().is_some() {}
        assert!(Outgoing::spare().take().is_none_or(|ring| ring.0.capacity() <= MANY));
    }
}
