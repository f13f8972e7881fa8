//! How an origin is written: in a route's `origins`, and in the list that a program makes while it runs.

use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

/// What is wrong with a text that should be an origin. As text it says what to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotAnOrigin<'a> {
    /// It is something else.
    Form,
    /// It is where a socket is, and not where a page is.
    Socket {
        /// The page's scheme.
        page: &'static str,
    },
    /// Its port is none, or not written as one.
    Port,
    /// Its port is the one that its scheme has anyway.
    OwnPort {
        /// The scheme.
        scheme: &'a str,
        /// The port.
        port: &'a str,
    },
}

/// Whether this is an origin as browsers write one (RFC 6454 §6.2): a scheme, a host, and a port where it is not the
/// scheme's own. No other text can be what a browser sends.
///
/// ```
/// use converse_flow::check_origin;
///
/// assert!(check_origin("https://app.example.org").is_ok());
/// assert!(check_origin("https://app.example.org/").is_err());
/// let error = check_origin("https://app.example.org:443").unwrap_err();
/// assert_eq!(error.to_string(), "leave out `:443`: browsers do not say the port that `https` has anyway");
/// ```
///
/// # Errors
///
/// What is wrong with it, if it is not.
pub fn check_origin(text: &str) -> Result<(), NotAnOrigin<'_>> {
    let (scheme, authority) =
        text.split_once("://").filter(|(scheme, _)| is_scheme(scheme)).ok_or(NotAnOrigin::Form)?;
    let of = |known: &[(&str, &'static str)]| {
        known.iter().find(|(known, _)| scheme.eq_ignore_ascii_case(known)).map(|(_, other)| *other)
    };
    if let Some(page) = of(&[("wss", "https"), ("ws", "http")]) {
        return Err(NotAnOrigin::Socket { page });
    }
    let (is_host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => (address.parse::<Ipv6Addr>().is_ok(), port),
        None => {
            let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
            (is_host(host), port)
        }
    };
    match port.strip_prefix(':') {
        None if is_host && port.is_empty() => Ok(()),
        Some(port) if is_host && port.bytes().all(|byte| byte.is_ascii_digit()) => match of(&OWN_PORTS) {
            _ if port.starts_with('0') || port.parse::<u16>().is_err() => Err(NotAnOrigin::Port),
            Some(own) if own == port => Err(NotAnOrigin::OwnPort { scheme, port }),
            _ => Ok(()),
        },
        _ => Err(NotAnOrigin::Form),
    }
}

const OWN_PORTS: [(&str, &str); 2] = [("https", "443"), ("http", "80")];

impl fmt::Display for NotAnOrigin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotAnOrigin::Form => {
                f.write_str("write a scheme and a host, and nothing behind them: `https://app.example.org`")
            }
            NotAnOrigin::Socket { page } => {
                write!(f, "write the origin of the page, and not of the socket: it begins with `{page}://`")
            }
            NotAnOrigin::Port => f.write_str("write a port from 1 to 65535, without zeros in front"),
            NotAnOrigin::OwnPort { scheme, port } => {
                write!(f, "leave out `:{port}`: browsers do not say the port that `{scheme}` has anyway")
            }
        }
    }
}

fn is_scheme(text: &str) -> bool {
    let is_one = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(is_one)
}

/// Whether this is a name, with or without the dot at its end, or an address of IPv4.
fn is_host(text: &str) -> bool {
    let is_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-_~".contains(&byte);
    let is_label = |label: &str| label.bytes().all(is_one) && label.bytes().any(|byte| byte.is_ascii_alphanumeric());
    let name = text.strip_suffix('.').unwrap_or(text);
    let is_number = name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    name.split('.').all(is_label) && (!is_number || text.parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::format;

    use super::*;

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        for origin in [
            "https://example.org",
            "https://Example.org.",
            "http://localhost:3000",
            "http://127.0.0.1:65535",
            "http://[::1]:8080",
            "http://example.org:443",
            "https://[2001:db8::1]",
            "app://a_b",
            "app://a_b:80",
        ] {
            assert_eq!(check_origin(origin), Ok(()), "{origin}");
        }
        for other in [
            "example.org",
            "https://",
            "https://example.org/",
            "https://a@b",
            "*",
            "null",
            "",
            "://a",
            "1://a",
            "https://a b",
            "https://a:b",
            "https://a:-1",
            "https://a:1:2",
            "https://a:8080/",
            "https://[::1",
            "https://[]",
            "https://[::1]80",
            "https://[1]",
            "https://*.example.org",
            "https://a..b",
            "https://.",
            "https://.a",
            "https://-",
            "https://a.-",
            "https://10.0.0.256",
            "https://1.2.3",
            "https://:8080",
        ] {
            assert_eq!(check_origin(other), Err(NotAnOrigin::Form), "{other}");
        }
    }

    #[test]
    fn a_port_is_one_that_browsers_say() {
        for port in ["", "99999", "65536", "0", "0080"] {
            for host in ["a.org", "[::1]"] {
                let origin = format!("https://{host}:{port}");
                assert_eq!(check_origin(&origin), Err(NotAnOrigin::Port), "{origin}");
            }
        }
        for (origin, scheme, port) in [
            ("https://example.org:443", "https", "443"),
            ("http://example.org:80", "http", "80"),
            ("HTTP://[::1]:80", "HTTP", "80"),
        ] {
            assert_eq!(check_origin(origin), Err(NotAnOrigin::OwnPort { scheme, port }), "{origin}");
        }
    }

    #[test]
    fn a_page_is_not_at_a_socket() {
        assert_eq!(check_origin("wss://example.org"), Err(NotAnOrigin::Socket { page: "https" }));
        assert_eq!(check_origin("ws://localhost:3000"), Err(NotAnOrigin::Socket { page: "http" }));
    }
}
