//! The error of everything here that can fail.

use std::fmt;
use std::io;

/// What a handler returns that drives its socket by hand.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

/// Why something could not be done. Its `Display` says it in one line; [`source`](std::error::Error::source) goes on.
pub struct Error(Box<Kind>);

#[derive(Debug)]
enum Kind {
    /// The socket is closed, by whichever side.
    Closed,
    /// A value could not be written as JSON.
    Json(serde_json::Error),
    /// The operating system refused.
    Io(io::Error),
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

    pub(crate) fn json(error: serde_json::Error) -> Self {
        Error(Box::new(Kind::Json(error)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Closed => f.write_str("the socket is closed"),
            Kind::Json(_) => f.write_str("the value cannot be written as JSON"),
            Kind::Io(_) => f.write_str("input or output failed"),
            Kind::Other(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            Kind::Closed => None,
            Kind::Json(error) => Some(error),
            Kind::Io(error) => Some(error),
            Kind::Other(error) => error.source(),
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error(Box::new(Kind::Io(error)))
    }
}
