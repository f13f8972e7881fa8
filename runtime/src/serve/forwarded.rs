//! Which client a proxy says that it speaks for (RFC 7239), where that proxy is believed.

use std::net::{IpAddr, SocketAddr};

use axum::response::{IntoResponse, Response};
use http::header::{FORWARDED, HeaderName};
use http::{HeaderMap, StatusCode};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies that are believed.
#[derive(Debug)]
pub(crate) struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Reads addresses and networks; what is none of them is the error.
    pub(crate) fn read<P: AsRef<str>>(proxies: impl IntoIterator<Item = P>) -> Result<Self, String> {
        let proxies = proxies.into_iter().map(|proxy| {
            let proxy = proxy.as_ref();
            let network = proxy.parse().or_else(|_| proxy.parse().map(|address: IpAddr| IpNet::from(address)));
            network.map_err(|_| format!("`{proxy}` is neither an address nor a network like 10.0.0.0/8"))
        });
        proxies.collect::<Result<_, _>>().map(Proxies)
    }

    /// Whether the one at the other end is one of them. A socket at a path is: only this machine has it.
    pub(super) fn includes(&self, peer: Option<SocketAddr>) -> bool {
        peer.is_none_or(|peer| self.has(peer.ip()))
    }

    fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The client that one of them speaks for; none where no header says anything of it.
    ///
    /// Whatever a client sends of these headers itself comes through many a proxy, which adds to the one that it knows
    /// and leaves the other one alone: where they differ, nobody can tell which is which.
    pub(crate) fn client(&self, headers: &HeaderMap) -> Result<Option<SocketAddr>, Undecided> {
        let nodes = |name, node: fn(&str) -> Option<SocketAddr>| {
            headers.contains_key(&name).then(|| self.last_stranger(headers, &name, node))
        };
        match (nodes(FORWARDED, of_element), nodes(X_FORWARDED_FOR, of_node)) {
            (None, None) => Ok(None),
            (Some(client), None) | (None, Some(client)) => client.ok_or(Undecided::NoAddress).map(Some),
            (Some(None), Some(None)) => Err(Undecided::NoAddress),
            (Some(one), Some(other)) if one.map(|one| one.ip()) == other.map(|other| other.ip()) => Ok(one),
            _ => Err(Undecided::Two),
        }
    }

    /// Each proxy adds to the end whom it was asked by. The last one who is no proxy of ours said the rest, and may have
    /// said anything: what stands there need not even be text.
    fn last_stranger(
        &self,
        headers: &HeaderMap,
        name: &HeaderName,
        node: fn(&str) -> Option<SocketAddr>,
    ) -> Option<SocketAddr> {
        let mut client = None;
        for line in headers.get_all(name).into_iter().rev() {
            for element in line.as_bytes().rsplit(|byte| *byte == b',') {
                let address = node(str::from_utf8(element).ok()?)?;
                client = Some(address);
                if !self.has(address.ip()) {
                    return client;
                }
            }
        }
        client
    }
}

/// Why it cannot be told whom a proxy speaks for. Such a request is refused: taken for the proxy's own, it would be bounded as
/// the proxy is, which may be not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undecided {
    Two,
    NoAddress,
}

impl Undecided {
    pub(super) fn words(self) -> &'static str {
        match self {
            Undecided::Two => "the headers `Forwarded` and `X-Forwarded-For` name two clients",
            Undecided::NoAddress => "`Forwarded` or `X-Forwarded-For` does not end with the address of a client",
        }
    }
}

impl IntoResponse for Undecided {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, format!("{}\n", self.words())).into_response()
    }
}

/// `for=192.0.2.60;proto=https`, in which the order is free.
fn of_element(element: &str) -> Option<SocketAddr> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, node) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    of_node(node)
}

/// An address, with a port or without, in brackets and quotes as they come. Port 0 is one that nobody has said.
fn of_node(node: &str) -> Option<SocketAddr> {
    let node = node.trim().trim_matches('"');
    let alone = || node.trim_start_matches('[').trim_end_matches(']').parse().ok().map(|ip: IpAddr| (ip, 0).into());
    node.parse().ok().or_else(alone)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    /// What they say of the client; where it cannot be told, why.
    fn client(headers: &[(&'static str, &[u8])]) -> String {
        let proxies = Proxies::read(["10.0.0.0/8", "2001:db8:1::/48", "192.0.2.1"]).expect("networks");
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_bytes(value).expect("a header's value"));
        }
        match proxies.client(&map) {
            Ok(client) => client.map_or("nobody".to_owned(), |client| client.to_string()),
            Err(why) => format!("{why:?}"),
        }
    }

    fn forwarded(value: &str) -> String {
        client(&[("forwarded", value.as_bytes())])
    }

    fn x_forwarded_for(value: &str) -> String {
        client(&[("x-forwarded-for", value.as_bytes())])
    }

    #[test]
    fn a_node_is_written_in_many_ways() {
        for (node, address) in [
            ("198.51.100.7", "198.51.100.7:0"),
            (" 198.51.100.7:80 ", "198.51.100.7:80"),
            ("2001:db8::1", "[2001:db8::1]:0"),
            ("\"[2001:db8::1]\"", "[2001:db8::1]:0"),
            ("\"[2001:db8::1]:4711\"", "[2001:db8::1]:4711"),
        ] {
            assert_eq!(of_node(node).map(|node| node.to_string()).as_deref(), Some(address), "{node}");
        }
        for node in ["", "unknown", "_hidden", "198.51.100", "198.51.100.7:x"] {
            assert_eq!(of_node(node), None, "{node}");
        }
    }

    #[test]
    fn the_client_is_the_last_one_who_is_no_proxy_of_ours() {
        assert_eq!(x_forwarded_for("198.51.100.7"), "198.51.100.7:0");
        assert_eq!(x_forwarded_for("203.0.113.9, 198.51.100.7, 10.1.1.1,192.0.2.1"), "198.51.100.7:0");
        assert_eq!(forwarded("For=203.0.113.9, for=198.51.100.7;proto=https"), "198.51.100.7:0");
        assert_eq!(forwarded("proto=https;for=\"[2001:db8:2::1]:1\""), "[2001:db8:2::1]:1");
        let lines: [(_, &[u8]); 2] =
            [("x-forwarded-for", b"203.0.113.9"), ("x-forwarded-for", b"198.51.100.7, ::ffff:10.0.0.1")];
        assert_eq!(client(&lines), "198.51.100.7:0");
        // One of ours that asks for itself.
        assert_eq!(x_forwarded_for("10.0.0.2, 10.0.0.1"), "10.0.0.2:0");
    }

    #[test]
    fn whatever_a_client_says_is_followed_by_who_it_is() {
        for said in [&b"\xff"[..], b"\xff, \"", b",,,", b"for=\"a", b"\t", b"\xe2\x80\xa8"] {
            let line = |addition: &[u8]| [said, b", ", addition].concat();
            assert_eq!(client(&[("x-forwarded-for", &line(b"198.51.100.7"))]), "198.51.100.7:0", "{said:?}");
            assert_eq!(client(&[("forwarded", &line(b"for=198.51.100.7"))]), "198.51.100.7:0", "{said:?}");
            assert_eq!(client(&[("x-forwarded-for", said), ("x-forwarded-for", b"198.51.100.7")]), "198.51.100.7:0");
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        assert_eq!(client(&[]), "nobody");
        // A stranger's word is not taken where a proxy of ours does not know more.
        assert_eq!(x_forwarded_for("203.0.113.9, unknown"), "NoAddress");
        assert_eq!(forwarded("for=203.0.113.9, for=_hidden"), "NoAddress");
        assert_eq!(forwarded("for=203.0.113.9, proto=https"), "NoAddress");
        assert_eq!(client(&[("x-forwarded-for", b"203.0.113.9, \xff")]), "NoAddress");
        assert_eq!(client(&[("forwarded", b"for=_hidden"), ("x-forwarded-for", b"unknown")]), "NoAddress");
        // One of the two was sent by the client itself.
        assert_eq!(client(&[("forwarded", b"for=203.0.113.9"), ("x-forwarded-for", b"198.51.100.7")]), "Two");
        assert_eq!(client(&[("forwarded", b"\xff"), ("x-forwarded-for", b"198.51.100.7")]), "Two");
        let both: [(_, &[u8]); 2] =
            [("forwarded", b"for=\"198.51.100.7:80\""), ("x-forwarded-for", b"203.0.113.9, 198.51.100.7")];
        assert_eq!(client(&both), "198.51.100.7:80");
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        let proxies = Proxies::read(["127.0.0.1", "2001:db8::/32"]).expect("networks");
        let includes = |peer: &str| proxies.includes(Some(peer.parse().expect("an address")));
        assert!(includes("127.0.0.1:1") && includes("[::ffff:127.0.0.1]:1") && includes("[2001:db8::1]:1"));
        assert!(!includes("127.0.0.2:1") && !includes("[::1]:1") && proxies.includes(None));
        let error = Proxies::read(["10.0.0/8"]).expect_err("it is no network");
        assert_eq!(error, "`10.0.0/8` is neither an address nor a network like 10.0.0.0/8");
    }
}
