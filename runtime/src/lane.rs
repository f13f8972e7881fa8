//! A lane for those who have yet to say something: they go one after another, and those who talk pass by them.
//!
//! A runtime polls what is ready in the order in which it got ready, and tokio's for one thread looks for more only once
//! nothing is left, or 61 polls later. Whoever comes with a crowd of connections, or sends frames with which no message comes,
//! would have everybody wait behind all of that. In the lane one of them goes, then the runtime looks for I/O, and what has
//! come for others meanwhile goes before the next. Where there are several threads they look for each other, and nobody
//! is held back.

use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};

use tokio::runtime::{Handle, RuntimeFlavor};

use crate::line::{Line, Spot};

#[derive(Debug, Default)]
pub(crate) struct Lane(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Somebody has gone since the runtime has last looked for I/O.
    is_taken: bool,
    waiting: Line,
    /// Whose turn it is, who has yet to notice.
    called: Option<Spot>,
}

impl Lane {
    /// One for this runtime, where it has one thread.
    pub(crate) fn here() -> Option<Arc<Self>> {
        let runtime = Handle::try_current().ok()?;
        (runtime.runtime_flavor() == RuntimeFlavor::CurrentThread).then(Arc::default)
    }

    /// Whether it is a task's turn; else the task is woken when it is, and has a `ticket` until then.
    pub(crate) fn is_open(self: &Arc<Self>, ticket: &mut Option<Box<Ticket>>, cx: &Context<'_>) -> bool {
        let mut state = self.lock();
        match ticket {
            Some(ticket) if state.called == Some(ticket.spot) => state.called = None,
            Some(_) => return false,
            None if state.is_taken => {
                let spot = state.waiting.wait(None, cx.waker());
                *ticket = Some(Box::new(Ticket { lane: Arc::clone(self), spot }));
                return false;
            }
            None => state.is_taken = true,
        }
        drop(state);
        *ticket = None;
        // Who yields is woken behind the next look for I/O: here that is the lane.
        let lane = Waker::from(Arc::clone(self));
        let _pending = pin!(tokio::task::yield_now()).poll(&mut Context::from_waker(&lane));
        true
    }

    fn call_next(&self) {
        let mut state = self.lock();
        let next = state.waiting.take_first();
        (state.called, state.is_taken) = (next.as_ref().map(|(spot, _)| *spot), next.is_some());
        drop(state);
        if let Some((_, waker)) = next {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The runtime has looked for I/O.
impl Wake for Lane {
    fn wake(self: Arc<Self>) {
        self.call_next();
    }
}

/// What a task has that waits. In a box: most do not, and of each connection there is one.
#[derive(Debug)]
pub(crate) struct Ticket {
    lane: Arc<Lane>,
    spot: Spot,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.lane.lock();
        if state.waiting.leave(self.spot).is_none() && state.called == Some(self.spot) {
            drop(state);
            self.lane.call_next();
        }
    }
}

/// Has all of some work go through the lane, if there is one. What is to go on behind it does so in the same task.
pub(crate) fn through<F, N>(lane: Option<Arc<Lane>>, work: F) -> impl Future<Output = ()>
where
    F: Future<Output = Option<N>>,
    N: Future<Output = ()> + Unpin,
{
    Through::Within { lane, ticket: None, work: Box::pin(work) }
}

enum Through<F, N> {
    /// In a box: while the next goes on, nothing is kept of it.
    Within {
        lane: Option<Arc<Lane>>,
        ticket: Option<Box<Ticket>>,
        work: Pin<Box<F>>,
    },
    Behind(N),
}

impl<F, N> Future for Through<F, N>
where
    F: Future<Output = Option<N>>,
    N: Future<Output = ()> + Unpin,
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let (lane, ticket, work) = match &mut *self {
                Through::Within { lane, ticket, work } => (lane, ticket, work),
                Through::Behind(next) => return Pin::new(next).poll(cx),
            };
            if lane.as_ref().is_some_and(|lane| !lane.is_open(ticket, cx)) {
                return Poll::Pending;
            }
            match ready!(work.as_mut().poll(cx)) {
                Some(next) => *self = Through::Behind(next),
                None => return Poll::Ready(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Ready;

    use tokio::task::{JoinSet, yield_now};

    use super::*;

    #[cfg(unix)]
    #[tokio::test]
    async fn what_has_come_for_others_goes_before_the_next_in_the_lane() {
        let (lane, said) = (Lane::here(), Arc::new(Mutex::new(String::new())));
        let (here, there) = tokio::net::UnixStream::pair().expect("there can be a pair");
        here.writable().await.expect("it is open");
        let here = Arc::new(here);
        let mut all = JoinSet::new();
        for _ in 0..3 {
            let (here, said) = (Arc::clone(&here), Arc::clone(&said));
            all.spawn(through(lane.clone(), async move {
                yield_now().await;
                said.lock().expect("nobody panics").push('x');
                here.try_write(b"o").expect("there is room");
                None::<Ready<()>>
            }));
        }
        let heard = Arc::clone(&said);
        all.spawn(async move {
            for _ in 0..3 {
                there.readable().await.expect("it is open");
                there.try_read(&mut [0; 3]).expect("something has come");
                heard.lock().expect("nobody panics").push('o');
                while there.try_read(&mut [0]).is_ok() {}
            }
        });
        all.join_all().await;
        assert_eq!(*said.lock().expect("nobody panics"), "xoxoxo");
    }

    #[tokio::test]
    async fn whoever_leaves_the_lane_keeps_nobody_waiting() {
        let lane = Lane::here().expect("there is one thread");
        let [mut first, mut second, mut third] = [None, None, None];
        let cx = Context::from_waker(Waker::noop());
        assert!(lane.is_open(&mut first, &cx) && !lane.is_open(&mut second, &cx) && !lane.is_open(&mut third, &cx));
        yield_now().await;
        drop(second);
        assert!(lane.is_open(&mut third, &cx) && !lane.is_open(&mut first, &cx), "it was called in the other's place");
        drop(first);
        yield_now().await;
        assert!(lane.is_open(&mut third, &cx), "nobody waits");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn several_threads_need_no_lane() {
        assert!(Lane::here().is_none());
    }
}
