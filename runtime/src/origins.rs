//! From which pages a browser may open a socket.

use http::header::{HOST, HeaderMap, ORIGIN};

use crate::error::{Error, Result};
use crate::flow::check_origin;

/// From which pages browsers may open a WebSocket: those of the same host, unless this says otherwise.
///
/// Browsers open WebSockets for any page, and send the user's cookies along; no other check of theirs stands in between. All
/// they do is to say by `Origin` whose page it is (RFC 6455 §10.2). A handshake from elsewhere is refused with 403, before
/// the route's handler runs. One without an `Origin` is from no page, and is let in.
///
/// `#[ws_route("/chat", origins = ["https://app.example.org"])]` says it for one route, and is checked by the compiler. As an
/// extension it holds for every route below it that does not:
///
/// ```
/// use axum::Extension;
/// use converse::{Origins, prelude::*};
///
/// # conversation! { pub Greeting { let name: String = ask "Who are you?"; say "{name}"; } }
/// #[ws_route("/greet")]
/// async fn greet() -> Greeting { Greeting }
///
/// # fn app() -> converse::Result<axum::Router> {
/// let pages = Origins::allow(["https://app.example.org", "https://localhost:8443"])?;
/// let app = routes![greet].layer(Extension(pages));
/// # Ok(app)
/// # }
/// # app().unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Origins(Rule);

#[derive(Clone, Debug, Default)]
enum Rule {
    #[default]
    SameHost,
    Listed(Vec<String>),
    Static(&'static [&'static str]),
    Any,
}

/// What the `Origin` of a handshake is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// It is from no page, or from one that is trusted as if it were ours.
    Own,
    /// Anybody is let in, and nobody trusted for that.
    Stranger,
    Refused,
}

impl Origins {
    /// Pages of the same host, and no others.
    pub fn same_host() -> Self {
        Origins::default()
    }

    /// Pages of the same host, and those of these origins: each a scheme and a host, and a port where it is not the scheme's
    /// own.
    ///
    /// # Errors
    ///
    /// If one is not written as browsers write them, `https://app.example.org` or `http://localhost:3000`: it would let nobody in.
    pub fn allow(origins: impl IntoIterator<Item = impl Into<String>>) -> Result<Self> {
        let origins: Vec<String> = origins.into_iter().map(Into::into).collect();
        for origin in &origins {
            check_origin(origin).map_err(|wrong| Error::new(format!("`{origin}` is not an origin: {wrong}")))?;
        }
        Ok(Origins(Rule::Listed(origins)))
    }

    /// Any page at all, of whoever makes one: for sockets that know nobody by a cookie.
    pub fn dangerous_any() -> Self {
        Origins(Rule::Any)
    }

    /// Those that the compiler has looked at.
    #[doc(hidden)]
    pub const fn listed(origins: &'static [&'static str]) -> Self {
        Origins(Rule::Static(origins))
    }

    pub(crate) fn trust(&self, headers: &HeaderMap) -> Trust {
        let mut origins = headers.get_all(ORIGIN).iter();
        let origin = match (origins.next(), origins.next()) {
            (None, _) => return Trust::Own,
            (Some(origin), None) => origin.to_str().unwrap_or_default(),
            (Some(_), Some(_)) => return Trust::Refused,
        };
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let is_it = |known: &str| origin.eq_ignore_ascii_case(known);
        match &self.0 {
            _ if is_of_host(origin, host) => Trust::Own,
            Rule::Any => Trust::Stranger,
            Rule::Listed(known) if known.iter().any(|known| is_it(known)) => Trust::Own,
            Rule::Static(known) if known.iter().any(|known| is_it(known)) => Trust::Own,
            Rule::SameHost | Rule::Listed(_) | Rule::Static(_) => Trust::Refused,
        }
    }
}

/// Whether a page of this origin is one of this host. By which scheme the request has come only a proxy may know, so the page's own
/// says which port it is that neither of them has to name (RFC 6454 §4).
fn is_of_host(origin: &str, host: &str) -> bool {
    let Some((scheme, at)) = origin.split_once("://") else { return false };
    let port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => "",
    };
    let (at, host) = (without(at, port), without(host, port));
    !host.is_empty() && at.eq_ignore_ascii_case(host)
}

fn without<'a>(at: &'a str, port: &str) -> &'a str {
    at.strip_suffix(port).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn trust(origins: &Origins, origin: &'static [&'static str]) -> Trust {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("example.org:8080"));
        for origin in origin {
            headers.append(ORIGIN, HeaderValue::from_static(origin));
        }
        origins.trust(&headers)
    }

    #[test]
    fn a_page_of_another_host_is_another_origin() {
        let same = Origins::same_host();
        assert_eq!(trust(&same, &[]), Trust::Own);
        assert_eq!(trust(&same, &["https://example.org:8080"]), Trust::Own);
        assert_eq!(trust(&same, &["http://EXAMPLE.org:8080"]), Trust::Own);
        for other in ["https://example.org", "https://evil.org", "null", "", "https://example.org:8080.evil.org"] {
            assert_eq!(trust(&same, Box::leak(Box::new([other]))), Trust::Refused, "{other}");
        }
        assert_eq!(trust(&same, &["https://example.org:8080", "https://evil.org"]), Trust::Refused);
    }

    #[test]
    fn a_scheme_s_own_port_may_be_left_out() {
        for (origin, host, expected) in [
            ("https://example.org", "example.org", true),
            ("https://example.org", "Example.org:443", true),
            ("http://example.org", "example.org:80", true),
            ("http://[::1]", "[::1]:80", true),
            ("https://example.org:443", "example.org", true),
            ("https://example.org", "example.org:80", false),
            ("http://example.org", "example.org:443", false),
            ("https://example.org", "example.org:8443", false),
            ("https://example.org:8443", "example.org", false),
            ("app://example.org", "example.org:443", false),
            ("app://example.org", "example.org", true),
            ("example.org", "example.org", false),
            ("https://example.org/", "example.org", false),
            ("https://", "", false),
            ("https://:443", "", false),
        ] {
            assert_eq!(is_of_host(origin, host), expected, "{origin} at {host}");
        }
    }

    #[test]
    fn who_is_listed_is_trusted_and_anybody_is_not() {
        let listed = Origins::allow(["https://app.example.org"]).expect("it is one");
        assert_eq!(trust(&listed, &["https://app.example.org"]), Trust::Own);
        assert_eq!(trust(&listed, &["http://app.example.org"]), Trust::Refused);
        assert_eq!(trust(&listed, &["https://example.org:8080"]), Trust::Own);
        assert_eq!(trust(&Origins::dangerous_any(), &["https://evil.org"]), Trust::Stranger);
    }

    #[test]
    fn what_is_not_an_origin_is_told() {
        let expected = "write a scheme and a host, and nothing behind them: `https://app.example.org`";
        for wrong in ["example.org", "https://", "https://example.org/", "*", "https://a@b"] {
            let error = Origins::allow([wrong]).expect_err(wrong).to_string();
            assert_eq!(error, format!("`{wrong}` is not an origin: {expected}"));
        }
        let error = Origins::allow(["https://a.org", "https://b.org:443"]).expect_err("a port too many").to_string();
        let expected = "leave out `:443`: browsers do not say the port that `https` has anyway";
        assert_eq!(error, format!("`https://b.org:443` is not an origin: {expected}"));
    }
}
