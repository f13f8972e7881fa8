//! The task of a connection: it polls the link and the handler side by side.
//!
//! While the handler waits for something else, pings are answered and messages queue up. Nothing here awaits: what
//! cannot go on leaves its waker and lets the rest run.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite};

use crate::alarm::Alarm;
use crate::close::Close;
use crate::connection::{Batch, Outgoing, Settings, Wants};
use crate::lane::Ticket;
use crate::link::{Event, Link, Taken};
use crate::moment::Moment;
use crate::open::restart;
use crate::registry::Place;

/// What runs beside the link: a handler, or a conversation's session.
pub(crate) type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs a connection to its end, and a work to its own. It is a task, or a part of one, that is woken by the same waker all the
/// time.
pub(crate) struct Driver<IO> {
    /// While it lasts.
    link: Option<Link<IO>>,
    work: Option<Work>,
    alarm: Alarm,
    place: Place,
    /// While it waits in its server's lane.
    ticket: Option<Box<Ticket>>,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Future for Driver<IO> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.is_open(cx) {
            return Poll::Pending;
        }
        // The first time the work comes first, so that what a handler sets up counts from the first byte. From then on it is
        // mostly the client that has woken this task, and what it has sent is there by when the work runs.
        let mut has_run = self.link.as_mut().is_some_and(Link::begin_turn);
        if has_run {
            self.run_work(cx);
        }
        while self.advance(cx) || !has_run {
            has_run = true;
            self.run_work(cx);
        }
        if self.link.is_none() && self.work.is_none() { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Driver<IO> {
    pub(crate) fn new(link: Link<IO>, place: Place, work: Work) -> Self {
        Driver { link: Some(link), work: Some(work), alarm: Alarm::default(), place, ticket: None }
    }

    /// Whether it need not give way to anybody.
    fn is_open(&mut self, cx: &Context<'_>) -> bool {
        let gives_way = self.link.as_ref().is_some_and(Link::gives_way);
        let lane = self.place.connection().server().and_then(|server| server.lane.as_ref());
        match lane {
            Some(lane) if gives_way => lane.is_open(&mut self.ticket, cx),
            _ => true,
        }
    }

    fn run_work(&mut self, cx: &mut Context<'_>) {
        let Some(work) = &mut self.work else { return };
        let connection = self.place.connection();
        // A session is asked whether it waits for its client, each time that it has gone as far as it can.
        let is_leaving = connection.has_yet_to_leave();
        if is_leaving {
            connection.forget_reader();
        }
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
            Ok(Poll::Ready(())) => self.work = None,
            // In a turn it waits for something else. What it has said goes out ahead of the close.
            Ok(Poll::Pending) if is_leaving && connection.is_awaited() => connection.leave(restart()),
            Ok(Poll::Pending) => {}
            Err(_panic) => {
                tracing::error!("a WebSocket's handler panicked");
                connection.close(Close::new(Close::INTERNAL, ""));
                self.work = None;
            }
        }
    }

    /// Goes as far as possible. Whether the work should look at what it brought.
    fn advance(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(link) = &mut self.link else { return false };
        let connection = &**self.place.connection();
        let mut look = false;
        loop {
            let wants = connection.drive(cx.waker(), link.room());
            let Wants { outbox, bytes, is_all, alarm, has_rung, mut has_room, has_reader, awaits, has_changes, closes } =
                wants;
            if has_rung {
                self.alarm.has_rung();
            }
            if has_changes && let Some(settings) = connection.changes() {
                apply(link, settings);
            }
            write(link, outbox, bytes);
            if closes {
                if is_all
                    && link.has_room()
                    && let Some(close) = connection.asked_close()
                {
                    link.close(&close);
                } else {
                    link.finish();
                }
            }
            let mut came = Batch::default();
            link.read(cx, has_room, |event| {
                match event {
                    Event::Message(message) if has_reader => {
                        has_room = connection.take_in(&mut came, message);
                        look |= awaits;
                    }
                    Event::Message(_) => {}
                    Event::Heard(output) => connection.note_heard(output),
                    Event::End(end) => {
                        look |= connection.deliver(mem::take(&mut came));
                        look |= connection.end(end);
                    }
                }
                Taken { looks: look, has_room }
            });
            look |= connection.deliver(came);
            if look {
                return true;
            }
            // All that one read brought has been answered: now the answers leave, by one write.
            link.flush_together(cx);
            if link.has_room() && (!is_all || closes) || link.has_failed() {
                continue;
            }
            let due = [link.deadline(), alarm].into_iter().flatten().min();
            let Some(due) = due.filter(|due| !link.is_over() && !self.alarm.rings_by(*due)) else { break };
            // Where one is set that rings later, this is news and in time; if it is not, it rings at once.
            let Some(now) = self.alarm.is_off().then(Moment::now).filter(|now| due <= *now) else {
                self.alarm.set(due, self.place.connection());
                break;
            };
            look |= connection.tick(now);
            if let Some(end) = link.tick(now, has_room) {
                look |= connection.end(end);
            }
        }
        if link.is_over() {
            link.observe();
            look |= connection.over();
            self.link = None;
            self.alarm.cancel(self.place.connection());
            self.place.give_up();
        }
        look
    }
}

impl<IO> Drop for Driver<IO> {
    fn drop(&mut self) {
        self.alarm.cancel(self.place.connection());
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

/// Gives the link what it has room for, which is so many bytes.
fn write<IO: AsyncRead + AsyncWrite + Unpin>(link: &mut Link<IO>, mut outbox: Batch<Outgoing>, bytes: usize) {
    link.expect(bytes);
    while let Some(next) = outbox.pop() {
        match next {
            Outgoing::Message(message) => link.write(message),
            Outgoing::Number(output) => link.number(output),
        }
    }
}
