//! What a connection has only at times: of one that waits there is nothing of it.

use std::task::Waker;

use super::Settings;
use crate::aside::{self, Aside};
use crate::close::Close;
use crate::line::{Line, Spot};
use crate::link::End;

#[derive(Debug, Default)]
pub(super) struct Things {
    /// Who waits for room in the outbox.
    line: Option<Line>,
    /// The link took nothing of what is there when it could last have done so. Noted only where what is too much does not wait.
    stuck: Option<()>,
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

impl aside::Things for Things {
    fn are_gone(&self) -> bool {
        matches!(self, Things { line: None, stuck: None, farewell: None, settings: None, protocol: None })
    }
}

impl Aside<Things> {
    pub(super) fn speaking(protocol: Option<&'static str>) -> Self {
        let mut aside = Self::default();
        if protocol.is_some() {
            aside.things().protocol = protocol;
        }
        aside
    }

    pub(super) fn protocol(&self) -> Option<&'static str> {
        self.get()?.protocol
    }

    pub(super) fn has_changes(&self) -> bool {
        self.get().is_some_and(|things| things.settings.is_some())
    }

    pub(super) fn settings(&mut self) -> &mut Settings {
        self.things().settings.get_or_insert_default()
    }

    pub(super) fn take_settings(&mut self) -> Option<Settings> {
        self.take(|things| &mut things.settings)
    }

    pub(super) fn farewell(&self) -> Option<&Farewell> {
        self.get()?.farewell.as_ref()
    }

    pub(super) fn farewell_mut(&mut self) -> Option<&mut Farewell> {
        self.get_mut()?.farewell.as_mut()
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
        let line = self.get_mut()?.line.as_mut()?;
        let next = if line.leave(spot) == Some(0) { line.first() } else { None };
        if line.is_empty() {
            self.take(|things| &mut things.line);
        }
        next
    }

    pub(super) fn first(&self) -> Option<Waker> {
        self.line()?.first()
    }

    /// Notes that the link takes nothing. Whether that is news.
    pub(super) fn be_stuck(&mut self) -> bool {
        self.things().stuck.replace(()).is_none()
    }

    /// The link takes something again.
    pub(super) fn go_on(&mut self) {
        self.take(|things| &mut things.stuck);
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.get().is_some_and(|things| things.stuck.is_some())
    }

    fn line(&self) -> Option<&Line> {
        self.get()?.line.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_box_is_kept_for_nothing() {
        let mut aside = Aside::speaking(None);
        assert!(aside.get().is_none() && aside.take_settings().is_none() && aside.first().is_none());
        let spots = [(); 2].map(|()| aside.wait(None, Waker::noop()));
        aside.settings();
        assert!(aside.has_changes() && aside.take_settings().is_some() && !aside.has_changes());
        assert!(aside.leave(spots[0]).is_some() && aside.is_turn_of(Some(spots[1])), "another one is first now");
        assert!(aside.leave(spots[1]).is_none() && aside.get().is_none());
        assert!(aside.be_stuck() && aside.is_stuck() && !aside.be_stuck());
        aside.go_on();
        assert!(!aside.is_stuck() && aside.get().is_none());
    }

    #[test]
    fn what_was_agreed_on_and_how_it_ends_stays() {
        let mut aside = Aside::speaking(Some("chat"));
        aside.settings();
        aside.take_settings();
        assert_eq!(aside.protocol(), Some("chat"));
        let mut aside = Aside::<Things>::default();
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
