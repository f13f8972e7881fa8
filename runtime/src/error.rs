//! The error of everything here that can fail.

use std::fmt;
use std::io;

use tokio_tungstenite::tungstenite;

use crate::amiss::Amiss;
use crate::close::Close;
use crate::store::StoreError;

/// What a handler returns that drives its socket by hand.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// Why something could not be done. Its `Display` says it in one line; [`source`](std::error::Error::source) goes on.
pub struct Error(Box<Kind>);

enum Kind {
    /// The socket is closed, by whichever side.
    Closed,
    /// A value could not be written as JSON.
    Json(Amiss),
    /// The operating system refused.
    Io(io::Error),
    /// The address cannot be listened on.
    Listen(String, io::Error),
    /// The peer broke the protocol.
    Protocol(tungstenite::Error),
    /// A close code or reason that must not be sent.
    BadClose(&'static str),
    /// The identifier belongs to another connection.
    Taken,
    /// A handler's own error.
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An error of the caller's own, to return from a handler.
    ///
    /// ```
    /// let error = converse::Error::new("no such room");
    /// assert_eq!(error.to_string(), "no such room");
    /// ```
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Error(Box::new(Kind::Other(error.into())))
    }

    /// Whether the reason is that the socket is closed.
    pub fn is_closed(&self) -> bool {
        matches!(*self.0, Kind::Closed)
    }

    pub(crate) fn closed() -> Self {
        Error(Box::new(Kind::Closed))
    }

    /// Whether the reason is that the identifier belongs to another connection.
    pub fn is_taken(&self) -> bool {
        matches!(*self.0, Kind::Taken)
    }

    /// `which` says which address it is, and whose.
    pub(crate) fn listen(which: impl Into<String>, error: io::Error) -> Self {
        Error(Box::new(Kind::Listen(which.into(), error)))
    }

    pub(crate) fn protocol(error: tungstenite::Error) -> Self {
        Error(Box::new(Kind::Protocol(error)))
    }

    /// The close code that this error deserves (RFC 6455 §7.4.1).
    pub(crate) fn close_code(&self) -> u16 {
        match &*self.0 {
            Kind::Protocol(tungstenite::Error::Utf8(_)) => Close::INVALID_DATA,
            Kind::Protocol(_) => Close::PROTOCOL,
            _ => Close::INTERNAL,
        }
    }

    pub(crate) fn bad_close(why: &'static str) -> Self {
        Error(Box::new(Kind::BadClose(why)))
    }

    pub(crate) fn taken() -> Self {
        Error(Box::new(Kind::Taken))
    }

    pub(crate) fn json(error: serde_json::Error) -> Self {
        Error(Box::new(Kind::Json(error.into())))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Closed => f.write_str("the socket is closed"),
            Kind::Json(_) => f.write_str("the value cannot be written as JSON"),
            Kind::Io(_) => f.write_str("input or output failed"),
            Kind::Listen(which, _) => write!(f, "cannot listen on {which}"),
            Kind::Protocol(_) => f.write_str("the peer broke the WebSocket protocol"),
            Kind::BadClose(why) => f.write_str(why),
            Kind::Taken => f.write_str("the identifier belongs to another connection"),
            Kind::Other(error) => fmt::Display::fmt(error, f),
        }
    }
}

/// What a `main` that returns the error prints: the whole chain in one line.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            Kind::Closed | Kind::BadClose(_) | Kind::Taken => None,
            Kind::Protocol(error) => Some(error),
            Kind::Json(error) => Some(error),
            Kind::Io(error) | Kind::Listen(_, error) => Some(error),
            Kind::Other(error) => error.source(),
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error(Box::new(Kind::Io(error)))
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Error::new(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_main_prints_is_the_whole_chain() {
        let error = Error::listen("the address", io::Error::other("in use"));
        assert_eq!(
            (error.to_string().as_str(), format!("{error:?}").as_str()),
            ("cannot listen on the address", "cannot listen on the address: in use")
        );
        let error = Error::from(StoreError::Fatal("the file is of something else".into()));
        assert_eq!(format!("{error:?}"), "the store is broken: the file is of something else");
    }
}
