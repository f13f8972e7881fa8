//! Plays a transcript over a WebSocket.

use std::path::Path;

use super::accept;
use super::check::{Failure, expected};
use super::client::{Came, Client, Place};
use super::play::{Blow, Played, message};
use super::report;
use super::transcript::{self, Line};
use super::wire::{App, Wire};

/// Whether it goes as it is written, and the same where the connection breaks and its client comes back.
pub(super) async fn survives(wire: &Wire, written: &[(usize, Line)], folder: &Path) -> Result<(), Failure> {
    let wrong = |error| (None, error);
    let (well, comes_back) = play(wire, written, folder, None).await.map_err(wrong)?;
    if let Some(difference) = report::difference(&expected(written), &well.lines) {
        let accepted = accept::merged(written, &well.lines);
        return Err((Some(accepted), report::went_otherwise(&difference)));
    }
    let many = if comes_back { well.waits.len() } else { 0 };
    for (at, (_, line)) in well.waits.iter().enumerate().take(many) {
        let (struck, _) = play(wire, written, folder, Some(at)).await.map_err(wrong)?;
        if let Some(difference) = report::unlike(&well, &struck) {
            return Err((None, report::did_not_survive(None, *line, Blow::Cut, &difference)));
        }
    }
    Ok(())
}

/// How it went, and whether its client can come back. It is cut off before it does something for the `cut`-th time, counted from
/// 0, or behind the last line.
async fn play(
    wire: &Wire,
    written: &[(usize, Line)],
    folder: &Path,
    cut: Option<usize>,
) -> Result<(Played, bool), String> {
    let app = match &wire.at {
        Place::Route { app, .. } => Some(app()),
        Place::Address(_) => None,
    };
    let client = Client::connect(wire, app.as_ref(), None).await?;
    let played = Played { lines: Vec::new(), waits: Vec::new(), wrong: None };
    let mut player =
        Player { wire, app, client, played, is_over: false, is_dry: false, last: 0, heard: 0, behind: 0, events: 0 };
    for (number, line) in written {
        match line {
            Line::Remark(_) => {}
            Line::Told(_) | Line::Ends(_) => player.hear().await,
            line => {
                player.wait(cut).await?;
                if player.is_over {
                    break;
                }
                player.put(line, folder).await.map_err(|error| format!("line {number}: {error}"))?;
                player.behind = *number;
            }
        }
    }
    player.wait(cut).await?;
    let comes_back = player.app.is_some() && player.client.cookie.is_some();
    player.client.cut().await;
    Ok((player.played, comes_back))
}

struct Player<'w> {
    wire: &'w Wire,
    app: Option<App>,
    client: Client,
    played: Played,
    is_over: bool,
    /// Whether something was waited for in vain, so that nothing more is.
    is_dry: bool,
    /// How many words have come since the client did something, and how many of them were waited for.
    last: usize,
    heard: usize,
    /// The line at which it did.
    behind: usize,
    events: u64,
}

impl Player<'_> {
    /// Hears what should come.
    async fn hear(&mut self) {
        self.heard += 1;
        // What is told while time passes comes before it is waited for.
        if self.is_over || self.is_dry || self.heard <= self.last {
            return;
        }
        match self.client.next().await {
            Some(came) => self.note(came),
            None => self.is_dry = true,
        }
    }

    /// Hears what comes besides, and is cut off where it is time for that.
    async fn wait(&mut self, cut: Option<usize>) -> Result<(), String> {
        while !self.is_over
            && let Some(came) = self.client.heard().await
        {
            self.note(came);
        }
        if self.is_over {
            return Ok(());
        }
        let is_struck = cut == Some(self.played.waits.len());
        self.played.waits.push((String::new(), self.behind));
        if is_struck { self.come_back().await } else { Ok(()) }
    }

    async fn put(&mut self, line: &Line, folder: &Path) -> Result<(), String> {
        (self.is_dry, self.last, self.heard) = (false, 0, 0);
        self.played.lines.push(line.clone());
        match line {
            Line::Says(text) => self.client.say(message(folder, text)?),
            Line::Event(event) => {
                self.events += 1;
                self.wire.send(self.app.as_ref(), format!("event {}", self.events), event).await?;
            }
            Line::Passes(time, _) => {
                self.client.pass(*time).await.into_iter().for_each(|came| self.note(came));
            }
            Line::Remark(_) | Line::Told(_) | Line::Ends(_) => {}
        }
        Ok(())
    }

    fn note(&mut self, came: Came) {
        if self.is_over {
            return;
        }
        match came {
            Came::Said(message) => {
                self.last += 1;
                self.played.lines.push(Line::Told(transcript::shown(&message)));
            }
            Came::Closed(close) => {
                self.is_over = true;
                self.played.lines.push(Line::Ends(transcript::ended(&close)));
            }
        }
    }

    /// Breaks the connection, and comes back. What it is told then was said before: it is what is not known to have arrived, and
    /// what was asked.
    async fn come_back(&mut self) -> Result<(), String> {
        let cookie = self.client.cookie.clone();
        self.client.cut().await;
        self.client = Client::connect(self.wire, self.app.as_ref(), cookie).await?;
        let mut again = Vec::new();
        let mut came = if self.last > 0 { self.client.next().await } else { self.client.heard().await };
        while let Some(Came::Said(message)) = came {
            again.push(Line::Told(transcript::shown(&message)));
            came = self.client.heard().await;
        }
        let mut before = self.played.lines.iter();
        let was_told = again.iter().all(|words| before.any(|line| line == words));
        if !was_told || (again.is_empty() && self.last > 0) {
            self.played.wrong = Some(report::said_otherwise(&again));
        }
        came.into_iter().for_each(|came| self.note(came));
        Ok(())
    }
}
