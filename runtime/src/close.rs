//! Close codes and reasons (RFC 6455 §7.4).

use std::borrow::Cow;
use std::fmt;

use crate::error::Error;

/// A close code and its reason (RFC 6455 §7.1.5, §7.1.6).
///
/// ```
/// use converse::Close;
///
/// let close = Close::new(4001, "no longer welcome");
/// assert_eq!((close.code, &*close.reason), (4001, "no longer welcome"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Close {
    /// The code; [`Close::NO_STATUS`] and [`Close::ABNORMAL`] are never sent, they say that none came.
    pub code: u16,
    /// The reason, at most 123 bytes of UTF-8 on the wire (RFC 6455 §5.5).
    pub reason: Cow<'static, str>,
}

impl Close {
    /// 1000: done.
    pub const NORMAL: u16 = 1000;
    /// 1001: the peer goes away.
    pub const GOING_AWAY: u16 = 1001;
    /// 1002: the peer broke the protocol.
    pub const PROTOCOL: u16 = 1002;
    /// 1005, never sent: the peer's close had no code.
    pub const NO_STATUS: u16 = 1005;
    /// 1006, never sent: the connection ended without a close.
    pub const ABNORMAL: u16 = 1006;
    /// 1007: text that is not UTF-8.
    pub const INVALID_DATA: u16 = 1007;
    /// 1008: a policy refuses what came.
    pub const POLICY: u16 = 1008;
    /// 1009: a message that is too big.
    pub const TOO_BIG: u16 = 1009;
    /// 1011: an error on our side.
    pub const INTERNAL: u16 = 1011;
    /// 1012: the service restarts.
    pub const RESTART: u16 = 1012;
    /// 1013: try again later.
    pub const TRY_AGAIN: u16 = 1013;
    /// 4408: no answer came within the question's time.
    pub const SILENCE: u16 = 4408;
    /// 4409: another connection has taken this one's place.
    pub const REPLACED: u16 = 4409;

    /// A code and a reason.
    pub fn new(code: u16, reason: impl Into<Cow<'static, str>>) -> Self {
        Close { code, reason: reason.into() }
    }

    /// Whether a peer may close with this code (RFC 6455 §7.4).
    pub(crate) fn is_receivable(&self) -> bool {
        matches!(self.code, 1000..=1003 | 1007..=1014 | 3000..=4999)
    }

    /// The same, if it may be sent (RFC 6455 §5.5, §7.4).
    pub(crate) fn sendable(self) -> Result<Self, Error> {
        if !matches!(self.code, 1000..=1003 | 1007..=1009 | 1011..=1014 | 3000..=4999) {
            return Err(Error::bad_close("a server closes with 1000-1003, 1007-1009, 1011-1014 or 3000-4999"));
        }
        if self.reason.len() > 123 {
            return Err(Error::bad_close("a close has a reason of at most 123 bytes"));
        }
        Ok(self)
    }
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.reason {
            "" => write!(f, "{}", self.code),
            reason => write!(f, "{} ({reason})", self.code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_closes_with_what_is_registered_or_its_own() {
        for code in [1000, 1003, 1007, 1010, 1013, 1014, 3000, 4999] {
            assert!(Close::new(code, "").is_receivable(), "{code}");
        }
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, u16::MAX] {
            assert!(!Close::new(code, "").is_receivable(), "{code}");
        }
    }

    #[test]
    fn only_codes_and_reasons_that_may_be_sent_are() {
        for code in [1000, 1003, 1007, 1009, 1011, 1012, 1013, 1014, 3000, 4999] {
            assert!(Close::new(code, "x".repeat(123)).sendable().is_ok(), "{code}");
        }
        for code in [0, 999, 1004, 1005, 1006, 1010, 1015, 1016, 2999, 5000, u16::MAX] {
            assert!(Close::new(code, "").sendable().is_err(), "{code}");
        }
        assert!(Close::new(1000, "ü".repeat(62)).sendable().is_err());
    }
}
