//! Tickets, for clients that can give nothing but a URL.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Sessions;
use super::token::{Hash, NoToken, Token};
use crate::store::{Id, Status, StoreError, Time, commit_surely};

/// How long a ticket is good.
const LIVES: Duration = Duration::from_secs(60);

/// What the text of a ticket begins with: it is no token, and a token is no ticket.
const KIND: &str = "t1";

/// Lets one client into a conversation, once and within 60 s: what [`Sessions::ticket`] issues.
///
/// Its text goes into the URL, as `?ticket=…`.
#[derive(Clone)]
pub struct Ticket(Token);

impl Ticket {
    /// The text, which needs no escapes in a URL. Whoever has it has the conversation: it belongs into no log.
    pub fn expose(&self) -> String {
        self.0.text(KIND)
    }

    /// The ticket in the query of a URL, if there is something that is meant to be one.
    pub(super) fn of(query: Option<&str>) -> Option<Result<Self, NoToken>> {
        let text = query?.split('&').find_map(|pair| pair.strip_prefix("ticket="))?;
        Some(Token::read(KIND, text).map(Ticket))
    }

    pub(super) fn id(&self) -> Id {
        self.0.id()
    }
}

/// It is in no log.
impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket({KIND}.{}.***)", self.id())
    }
}

/// What is stored of a ticket that was issued.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Issued {
    hash: Hash,
    /// Until when it is good, in milliseconds since 1970.
    until: u64,
}

impl Issued {
    fn new(ticket: &Ticket, now: Time) -> Self {
        Issued { hash: ticket.0.hash(), until: (now + LIVES).as_millis() }
    }

    /// Whether this is that ticket, and still good.
    pub(super) fn is_of(&self, ticket: &Ticket, now: Time) -> bool {
        self.hash.is_of(&ticket.0) && now.as_millis() < self.until
    }
}

impl Sessions {
    /// Issues a ticket to a conversation, for a client that can give nothing but a URL: it lets in the first who comes with it
    /// as `?ticket=…` within 60 s. One that was issued before is void from then on. Nothing where there is no such
    /// conversation. It is for the application to say who gets one.
    ///
    /// # Errors
    ///
    /// The store cannot be reached.
    ///
    /// ```
    /// # use converse::{Sessions, prelude::*, store::StoreError};
    /// # conversation! { pub Approval { let yes: bool = ask "May I?"; say "{yes}"; } }
    /// /// What is put behind a QR code, so that somebody goes on by telephone.
    /// async fn link(sessions: Sessions, user: &str) -> Result<Option<String>, StoreError> {
    ///     let Some(approval) = sessions.find::<Approval>(user).await? else { return Ok(None) };
    ///     let ticket = sessions.ticket(approval.id).await?;
    ///     Ok(ticket.map(|ticket| format!("wss://example.org/approve?ticket={}", ticket.expose())))
    /// }
    /// ```
    pub async fn ticket(&self, id: Id) -> Result<Option<Ticket>, StoreError> {
        let ticket = Ticket(Token::random(id));
        loop {
            let record = self.0.store.load(id).await?.filter(|record| record.status != Status::Parked);
            let Some(record) = record else { return Ok(None) };
            let mut saved = self.0.take(&record).map_err(StoreError::Fatal)?;
            let mut next = record.next();
            saved.access.to_mut().ticket = Some(Box::new(Issued::new(&ticket, next.updated)));
            next.expires = Some(self.0.expires(&next));
            self.0.put(&mut next, &saved).map_err(StoreError::Fatal)?;
            match commit_surely(&*self.0.store, &next, &[]).await {
                Ok(()) => {
                    // Who is in it goes on from this write.
                    self.0.live.tell(id);
                    return Ok(Some(ticket));
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_in_a_query_and_shows_nothing() {
        let ticket = Ticket(Token::random(Id::random()));
        let text = ticket.expose();
        for query in [format!("ticket={text}"), format!("a=b&ticket={text}&c"), format!("ticket={text}&ticket=x")] {
            let found = Ticket::of(Some(&query)).expect("there is one").expect("it is one");
            assert_eq!(found.expose(), text);
        }
        assert!(Ticket::of(None).is_none() && Ticket::of(Some("a=b&tickets=1")).is_none());
        let token = ticket.0.expose();
        for other in ["", "x", &text[1..], &format!("{text}A"), &token] {
            assert!(Ticket::of(Some(&format!("ticket={other}"))).expect("it is meant to be one").is_err(), "{other}");
        }
        assert!(text.parse::<Token>().is_err(), "it is no token");
        assert!(!format!("{ticket:?}").contains(text.rsplit('.').next().expect("it has three parts")));
    }

    #[test]
    fn it_is_good_for_a_minute() {
        let ticket = Ticket(Token::random(Id::random()));
        let issued = Issued::new(&ticket, Time::from_millis(1000));
        let json = serde_json::to_string(&issued).expect("it can be stored");
        let issued: Issued = serde_json::from_str(&json).expect("it was stored");
        assert!(issued.is_of(&ticket, Time::from_millis(60_999)));
        assert!(!issued.is_of(&ticket, Time::from_millis(61_000)));
        assert!(!issued.is_of(&Ticket(Token::random(ticket.id())), Time::from_millis(1000)));
    }
}
