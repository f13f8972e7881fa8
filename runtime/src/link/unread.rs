//! What a read has brought, taken from the front.

use bytes::{Buf, BytesMut};

use crate::limits;

/// What is left of it. Messages that come together share what they are kept in, each with no more than the
/// [smallest](limits::SMALL) counts for in a queue: so none keeps more than it counts for.
pub(super) struct Unread<'b> {
    left: &'b [u8],
    /// Where the next one is kept.
    shared: BytesMut,
}

impl<'b> Unread<'b> {
    pub(super) fn new(left: &'b [u8]) -> Self {
        Unread { left, shared: BytesMut::new() }
    }

    /// What is left.
    pub(super) fn left(&self) -> &'b [u8] {
        self.left
    }

    /// Passes over so many bytes, which are there.
    pub(super) fn skip(&mut self, bytes: usize) -> &'b [u8] {
        let (passed, left) = self.left.split_at(bytes);
        self.left = left;
        passed
    }

    /// Takes so many bytes, which are there, to keep them.
    #[inline]
    pub(super) fn take(&mut self, bytes: usize) -> BytesMut {
        let taken = self.skip(bytes);
        if self.left.is_empty() || bytes >= limits::SMALL || bytes == 0 {
            return taken.into();
        }
        // Text is read a word at a time where it begins with one.
        let before = self.shared.as_ptr().align_offset(size_of::<usize>());
        if self.shared.capacity() < before + bytes {
            self.shared = BytesMut::with_capacity(limits::SMALL.min(bytes + self.left.len()));
        } else {
            self.shared.resize(before, 0);
            self.shared.advance(before);
        }
        self.shared.extend_from_slice(taken);
        self.shared.split()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_what_came() {
        let came: Vec<u8> = (0..=u8::MAX).cycle().take(5_000).collect();
        let mut unread = Unread::new(&came);
        let mut at = 0;
        for (skipped, taken) in [(2, 6), (6, 0), (0, 700), (6, 400), (3, 1_024), (9, 2_000), (0, 1), (6, 837)] {
            assert_eq!(unread.skip(skipped), &came[at..at + skipped]);
            assert_eq!(unread.take(taken), came[at + skipped..at + skipped + taken]);
            at += skipped + taken;
            assert_eq!(unread.left(), &came[at..]);
        }
        assert!(unread.left().is_empty());
    }

    #[test]
    fn who_is_alone_shares_nothing() {
        let came = [7; 100];
        let mut unread = Unread::new(&came);
        unread.skip(50);
        assert_eq!(unread.take(50).capacity(), 50);
    }

    #[test]
    fn what_comes_together_is_kept_together_up_to_a_bound() {
        let came = [7; 10_000];
        let mut unread = Unread::new(&came);
        let kept: Vec<_> = (0..100).map(|_| unread.take(100)).collect();
        let places: Vec<_> = kept.iter().map(|kept| kept.as_ptr().addr()).collect();
        let shared = places.windows(2).filter(|places| places[0] + 104 == places[1]).count();
        assert_eq!(shared, 88, "nine have room in each, and the last is alone");
    }
}
