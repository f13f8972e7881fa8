//! A lane for those who have yet to say something: few of them go at a time, and those who talk pass by them.
//!
//! A runtime polls what is ready in the order in which it got ready, and tokio's for one thread looks for more only once
//! nothing is left, or 61 polls later. Whoever comes with a crowd of connections, or sends frames with which no message comes,
//! would have everybody wait behind all of that. In the lane a few of them go, then the runtime looks for I/O, and what has
//! come for others meanwhile goes before the next. Of a crowd it is one at a time: it is there to stay, and each look is
//! dear to those who come in ones and twos. Where there are several threads they look for each other, and nobody is held back.

use std::mem;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};

use tokio::runtime::{Handle, RuntimeFlavor};

use crate::line::{Line, Spot};

/// How many go before the runtime looks for I/O, and from how many on that wait only one does.
const TOGETHER: usize = 4;
const CROWD: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Lane(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// How many have gone since the runtime has last looked, or were called then.
    gone: usize,
    /// The lane is told of the next look.
    is_told: bool,
    waiting: Line,
    /// Who was called last: whoever stood there or before may go.
    called: Spot,
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
            Some(ticket) if ticket.spot.is_some_and(|spot| spot <= state.called) => ticket.spot = None,
            Some(_) => return false,
            None if state.gone < TOGETHER && state.waiting.is_empty() => state.gone += 1,
            None => {
                let spot = Some(state.waiting.wait(None, cx.waker()));
                *ticket = Some(Box::new(Ticket { lane: Arc::clone(self), spot }));
                return false;
            }
        }
        let is_told = mem::replace(&mut state.is_told, true);
        drop(state);
        *ticket = None;
        if !is_told {
            // Who yields is woken behind the next look for I/O: here that is the lane.
            let lane = Waker::from(Arc::clone(self));
            let _pending = pin!(tokio::task::yield_now()).poll(&mut Context::from_waker(&lane));
        }
        true
    }

    /// Calls so many of those who wait.
    fn call(&self, many: usize) {
        for _ in 0..many {
            let mut state = self.lock();
            let Some((spot, waker)) = state.waiting.take_first() else { return };
            state.called = spot;
            drop(state);
            waker.wake();
        }
    }

    /// Has the next go in the place of one that was called and has left.
    fn replace(&self) {
        let mut state = self.lock();
        let many = state.waiting.len().min(1);
        state.gone = state.gone.saturating_sub(1) + many;
        drop(state);
        self.call(many);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The runtime has looked for I/O.
impl Wake for Lane {
    fn wake(self: Arc<Self>) {
        let mut state = self.lock();
        let many = state.waiting.len();
        let many = if many > CROWD { 1 } else { many.min(TOGETHER) };
        (state.is_told, state.gone) = (false, many);
        drop(state);
        self.call(many);
    }
}

/// What a task has that waits. In a box: most do not, and of each connection there is one.
#[derive(Debug)]
pub(crate) struct Ticket {
    lane: Arc<Lane>,
    /// Until it goes.
    spot: Option<Spot>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let Some(spot) = self.spot else { return };
        let was_waiting = self.lane.lock().waiting.leave(spot).is_some();
        if !was_waiting {
            self.lane.replace();
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

    /// Who goes when so many come at once: an `x` for each of them, and an `o` whenever something has come for somebody else.
    #[cfg(unix)]
    fn order(many: usize) -> String {
        // It looks for I/O only once nothing is left.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().event_interval(u32::MAX).build();
        runtime.expect("there can be a runtime").block_on(come(many))
    }

    #[cfg(unix)]
    async fn come(many: usize) -> String {
        let (lane, said) = (Lane::here(), Arc::new(Mutex::new(String::new())));
        let (here, there) = tokio::net::UnixStream::pair().expect("there can be a pair");
        here.writable().await.expect("it is open");
        let here = Arc::new(here);
        let mut all = JoinSet::new();
        for _ in 0..many {
            let (here, said) = (Arc::clone(&here), Arc::clone(&said));
            all.spawn(through(lane.clone(), async move {
                said.lock().expect("nobody panics").push('x');
                here.try_write(b"o").expect("there is room");
                None::<Ready<()>>
            }));
        }
        drop(here);
        let heard = Arc::clone(&said);
        all.spawn(async move {
            loop {
                there.readable().await.expect("it was open");
                match there.try_read(&mut [0; 64]) {
                    Ok(0) => break,
                    Ok(_) => heard.lock().expect("nobody panics").push('o'),
                    Err(_) => {}
                }
            }
        });
        all.join_all().await;
        Arc::into_inner(said).expect("all have gone").into_inner().expect("nobody panics")
    }

    #[cfg(unix)]
    #[test]
    fn what_has_come_for_others_goes_before_the_next_in_the_lane() {
        assert_eq!(order(2 * TOGETHER + 1), "xxxxoxxxxoxo");
    }

    #[cfg(unix)]
    #[test]
    fn of_a_crowd_one_goes_at_a_time() {
        let few = "xxxxo".repeat(CROWD / TOGETHER);
        assert_eq!(order(TOGETHER + 2 + CROWD), format!("xxxxoxoxo{few}"));
    }

    #[tokio::test]
    async fn whoever_leaves_the_lane_keeps_nobody_waiting() {
        let lane = Lane::here().expect("there is one thread");
        let cx = Context::from_waker(Waker::noop());
        let come = || {
            let mut ticket = None;
            let goes = lane.is_open(&mut ticket, &cx);
            (ticket, goes)
        };
        assert!((0..TOGETHER).all(|_| come().1));
        let [second, mut third, mut fourth] = [(); 3].map(|()| come().0);
        yield_now().await;
        assert!(lane.is_open(&mut third, &cx), "all of them were called");
        drop(second);
        drop(fourth.take());
        for _ in 1..TOGETHER {
            assert!(come().1, "two have left");
        }
        assert!(!come().1, "as many have gone");
        yield_now().await;
        assert!(come().1, "nobody waits");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn several_threads_need_no_lane() {
        assert!(Lane::here().is_none());
    }
}
