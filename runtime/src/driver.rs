//! The task of a connection: it polls the link and the handler side by side.
//!
//! While the handler waits for something else, pings are answered and messages queue up. Nothing here awaits: what
//! cannot go on leaves its waker and lets the rest run.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::close::Close;
use crate::connection::{Connection, Outgoing, Settings};
use crate::link::{Event, Link};
use crate::registry::Place;

/// What runs beside the link: a handler, or a conversation's session.
pub(crate) type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs a connection to its end, and `work` to its own. As it holds each of these once, it is no `async fn`.
pub(crate) fn drive<IO>(mut link: Link<IO>, place: Place, work: Work) -> impl Future<Output = ()>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let connection = Arc::clone(place.connection());
    link.note_in(Arc::clone(connection.heard()));
    let mut driver = Driver { open: Some((link, place)), connection };
    let mut work = Some(work);
    let mut alarm = Box::pin(sleep_until(Instant::now()));
    poll_fn(move |cx| {
        if let Some((link, _)) = &mut driver.open {
            link.begin_turn();
        }
        loop {
            // The work comes first, so that what a handler sets up counts from the first byte.
            if let Some(running) = &mut work
                && is_done(running, &driver.connection, cx)
            {
                work = None;
            }
            let look = driver.advance(alarm.as_mut(), cx);
            match (&driver.open, &work) {
                (None, None) => return Poll::Ready(()),
                _ if !look => return Poll::Pending,
                _ => {}
            }
        }
    })
}

fn is_done(work: &mut Work, connection: &Connection, cx: &mut Context<'_>) -> bool {
    match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(poll) => poll.is_ready(),
        Err(_panic) => {
            tracing::error!("a WebSocket's handler panicked");
            connection.close(Close::new(Close::INTERNAL, ""));
            true
        }
    }
}

struct Driver<IO> {
    /// The link while it lasts, and the place that the connection has as long.
    open: Option<(Link<IO>, Place)>,
    connection: Arc<Connection>,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Driver<IO> {
    /// Goes as far as possible. Whether the work should look at what it brought.
    fn advance(&mut self, mut alarm: Pin<&mut Sleep>, cx: &mut Context<'_>) -> bool {
        let Some((link, _)) = &mut self.open else { return false };
        let connection = &*self.connection;
        link.wake(cx.waker());
        apply(link, connection.drive(cx.waker()));
        let mut look = false;
        loop {
            write(link, connection);
            while let Poll::Ready(event) = link.poll_read(connection.has_room()) {
                look |= match event {
                    Event::Message(message) => connection.deliver(message, cx),
                    end => connection.end(end, cx),
                };
                if look {
                    return true;
                }
            }
            // All that one read brought has been answered: now the answers leave, by one write.
            link.flush();
            if link.has_room() && connection.has_outgoing() {
                continue;
            }
            let due = [link.deadline(), connection.alarm()].into_iter().flatten().min();
            if link.is_over() || !rings(alarm.as_mut(), due, cx) {
                break;
            }
            let now = Instant::now();
            look |= connection.tick(now, cx);
            if let Some(end) = link.tick(now, connection.has_room()) {
                look |= connection.end(end, cx);
            }
        }
        if link.is_over() {
            link.observe();
            look |= connection.over(Some(cx));
            self.open = None;
        }
        look
    }
}

fn apply<IO: AsyncRead + AsyncWrite + Unpin>(link: &mut Link<IO>, settings: Settings) {
    if let Some(limits) = settings.limits {
        link.set_limits(limits);
    }
    if let Some(pings) = settings.pings {
        link.set_pings(pings);
    }
}

/// Gives the link what it has room for: what is in the outbox, and behind the last one the close.
fn write<IO: AsyncRead + AsyncWrite + Unpin>(link: &mut Link<IO>, connection: &Connection) {
    let close = connection.close_wanted();
    if close.is_some() {
        link.finish();
    }
    while link.has_room() {
        match (connection.next_to_write(), &close) {
            (Some(Outgoing::Message(message)), _) => link.write(message),
            (Some(Outgoing::Number(output)), _) => link.number(output),
            (None, Some(close)) => link.close(close),
            (None, None) => return,
        }
    }
}

/// Whether `due` has come; else the task is woken when it does.
fn rings(mut alarm: Pin<&mut Sleep>, due: Option<Instant>, cx: &mut Context<'_>) -> bool {
    let Some(due) = due else { return false };
    // Not left to the alarm: a peer that sends without end uses up all that tokio lets one task do at a time.
    if due <= Instant::now() {
        return true;
    }
    // Moving a timer costs more than waking up once for nothing, so it is moved only to ring earlier.
    if alarm.deadline() > due {
        alarm.as_mut().reset(due);
    }
    if alarm.as_mut().poll(cx).is_pending() {
        return false;
    }
    alarm.as_mut().reset(due);
    alarm.poll(cx).is_ready()
}
