//! Where everything random comes from: a tape of numbers. The same tape gives the same conversation, a shorter tape or
//! smaller numbers give a simpler one, and every tape gives one that is valid. So failures are shrunk by their tapes.

/// A tape that is read, and written where it ends.
#[derive(Debug)]
pub(crate) struct Choices {
    tape: Vec<u32>,
    at: usize,
    /// What is written where the tape ends; zeros if there is none.
    random: Option<Random>,
    /// The parts of the tape that made something which could as well not be there.
    parts: Vec<(usize, usize)>,
}

impl Choices {
    /// A tape that is still empty.
    pub(crate) fn new(random: Random) -> Self {
        Choices { tape: Vec::new(), at: 0, random: Some(random), parts: Vec::new() }
    }

    /// A tape that was written before.
    pub(crate) fn replay(tape: Vec<u32>) -> Self {
        Choices { tape, at: 0, random: None, parts: Vec::new() }
    }

    /// The tape as far as it was read, and its parts.
    pub(crate) fn into_tape(mut self) -> (Vec<u32>, Vec<(usize, usize)>) {
        self.tape.truncate(self.at);
        (self.tape, self.parts)
    }

    /// A number below `end`. Zero is the simplest.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        if self.at == self.tape.len() {
            self.tape.push(self.random.as_mut().map_or(0, |random| (random.next() >> 40) as u32));
        }
        let drawn = self.tape[self.at] as usize % end;
        // What is on the tape is what it means, so that a smaller number is another one.
        self.tape[self.at] = drawn as u32;
        self.at += 1;
        drawn
    }

    /// Whether something happens that does so in so many of 100 cases. That it does not is simpler.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    pub(crate) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    /// One of some alternatives, each as often as its weight says.
    pub(crate) fn weighted<T: Copy>(&mut self, from: &[(usize, T)]) -> T {
        let mut drawn = self.below(from.iter().map(|(weight, _)| weight).sum());
        for (weight, alternative) in from {
            match drawn.checked_sub(*weight) {
                Some(rest) => drawn = rest,
                None => return *alternative,
            }
        }
        unreachable!("it is below the sum of the weights")
    }

    /// Where a part begins that could as well not be there; it ends with [`end`](Self::end).
    pub(crate) fn begin(&mut self) -> usize {
        self.at
    }

    pub(crate) fn end(&mut self, began: usize) {
        self.parts.push((began, self.at));
    }
}

/// SplitMix64: small, and good enough.
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
