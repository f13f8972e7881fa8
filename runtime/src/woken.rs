//! For tests: how often somebody was woken.

use std::array::from_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

/// Counts it.
#[derive(Default)]
pub(crate) struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Woken {
    /// So many, and what wakes each.
    pub(crate) fn some<const N: usize>() -> ([Arc<Self>; N], [Waker; N]) {
        let woken: [Arc<Self>; N] = from_fn(|_| Arc::default());
        let wakers = from_fn(|at| Waker::from(Arc::clone(&woken[at])));
        (woken, wakers)
    }

    /// How often it was until now.
    pub(crate) fn times(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// The same, counted anew from here.
    pub(crate) fn take(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}
