//! What a connection has only at times, all in one box: of one that waits there is nothing of it, and no room for it either.

use std::task::Waker;

use super::Settings;
use crate::close::Close;
use crate::line::{Line, Spot};
use crate::link::End;

#[derive(Debug, Default)]
pub(super) struct Aside(Option<Box<Things>>);

#[derive(Debug, Default)]
struct Things {
    /// Who waits for room in the outbox.
    line: Option<Line>,
    /// How the connection ends; from then on nothing can be sent.
    farewell: Option<Farewell>,
    /// Changes that the driver has yet to make.
    settings: Option<Settings>,
    /// The subprotocol that was agreed on, for a handler that asks.
    protocol: Option<&'static str>,
}

#[derive(Debug, Default)]
pub(super) struct Farewell {
    /// The close that this side asks for.
    pub(super) close: Option<Close>,
    /// How the connection ended; said behind the inbox's last message.
    pub(super) end: Option<End>,
    /// Nothing is left: no task, no I/O.
    pub(super) over: bool,
    /// Who waits for that.
    pub(super) closers: Vec<Waker>,
}

impl Aside {
    pub(super) fn speaking(protocol: Option<&'static str>) -> Self {
        Aside(protocol.map(|protocol| Box::new(Things { protocol: Some(protocol), ..Things::default() })))
    }

    pub(super) fn protocol(&self) -> Option<&'static str> {
        self.0.as_ref()?.protocol
    }

    pub(super) fn has_changes(&self) -> bool {
        self.0.as_ref().is_some_and(|things| things.settings.is_some())
    }

    pub(super) fn settings(&mut self) -> &mut Settings {
        self.things().settings.get_or_insert_default()
    }

    pub(super) fn take_settings(&mut self) -> Option<Settings> {
        let settings = self.0.as_mut()?.settings.take();
        self.tidy();
        settings
    }

    pub(super) fn farewell(&self) -> Option<&Farewell> {
        self.0.as_ref()?.farewell.as_ref()
    }

    pub(super) fn farewell_mut(&mut self) -> Option<&mut Farewell> {
        self.0.as_mut()?.farewell.as_mut()
    }

    /// Begins to end. Whoever waits for room is to be woken, as there will be none.
    pub(super) fn part(&mut self) -> (&mut Farewell, Option<Line>) {
        let things = self.things();
        (things.farewell.get_or_insert_default(), things.line.take())
    }

    /// Whether nobody waits for room ahead of whoever has this spot, or would come now.
    pub(super) fn is_turn_of(&self, spot: Option<Spot>) -> bool {
        self.line().is_none_or(|line| line.is_turn_of(spot))
    }

    pub(super) fn wait(&mut self, spot: Option<Spot>, waker: &Waker) -> Spot {
        self.things().line.get_or_insert_default().wait(spot, waker)
    }

    /// Leaves the line. Who is first now, where that was the first.
    pub(super) fn leave(&mut self, spot: Spot) -> Option<Waker> {
        let waiting = &mut self.0.as_mut()?.line;
        let line = waiting.as_mut()?;
        let next = if line.leave(spot) == Some(0) { line.first() } else { None };
        if line.is_empty() {
            *waiting = None;
            self.tidy();
        }
        next
    }

    pub(super) fn first(&self) -> Option<Waker> {
        self.line()?.first()
    }

    fn line(&self) -> Option<&Line> {
        self.0.as_ref()?.line.as_ref()
    }

    fn things(&mut self) -> &mut Things {
        self.0.get_or_insert_default()
    }

    /// Keeps no box for nothing.
    fn tidy(&mut self) {
        if let Some(Things { line: None, farewell: None, settings: None, protocol: None }) = self.0.as_deref() {
            self.0 = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_box_is_kept_for_nothing() {
        let mut aside = Aside::speaking(None);
        assert!(aside.0.is_none() && aside.take_settings().is_none() && aside.first().is_none());
        let spots = [(); 2].map(|()| aside.wait(None, Waker::noop()));
        aside.settings();
        assert!(aside.has_changes() && aside.take_settings().is_some() && !aside.has_changes());
        assert!(aside.leave(spots[0]).is_some() && aside.is_turn_of(Some(spots[1])), "another one is first now");
        assert!(aside.leave(spots[1]).is_none() && aside.0.is_none());
    }

    #[test]
    fn what_was_agreed_on_and_how_it_ends_stays() {
        let mut aside = Aside::speaking(Some("chat"));
        aside.settings();
        aside.take_settings();
        assert_eq!(aside.protocol(), Some("chat"));
        let mut aside = Aside::default();
        let spot = aside.wait(None, Waker::noop());
        let (farewell, line) = aside.part();
        farewell.over = true;
        assert!(
            line.is_some_and(|line| line.is_turn_of(Some(spot))) && aside.leave(spot).is_none(),
            "the line is dissolved"
        );
        assert!(aside.farewell().is_some_and(|farewell| farewell.over));
    }
}
