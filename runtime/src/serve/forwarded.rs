//! Which client a proxy says that it speaks for (RFC 7239), where that proxy is believed.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use http::header::{FORWARDED, HeaderName};
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

    /// The client that one of them speaks for; none where it does not say.
    ///
    /// Whatever a client sends of these headers itself comes through many a proxy, which adds to the one that it knows
    /// and leaves the other one alone: where they differ, nobody can tell which is which.
    pub(crate) fn client(&self, headers: &HeaderMap) -> Option<SocketAddr> {
        let nodes = |name, node: fn(&str) -> Option<SocketAddr>| {
            headers.contains_key(&name).then(|| self.last_stranger(headers, &name, node))
        };
        match (nodes(FORWARDED, of_element), nodes(X_FORWARDED_FOR, of_node)) {
            (Some(client), None) | (None, Some(client)) => client,
            (Some(one), Some(other)) if one.map(|one| one.ip()) == other.map(|other| other.ip()) => one,
            _ => None,
        }
    }

    /// Each proxy adds to the end whom it was asked by. The last one who is no proxy of ours said the rest, and may have
    /// said anything.
    fn last_stranger(
        &self,
        headers: &HeaderMap,
        name: &HeaderName,
        node: fn(&str) -> Option<SocketAddr>,
    ) -> Option<SocketAddr> {
        let mut client = None;
        for line in headers.get_all(name).into_iter().rev() {
            for element in line.to_str().ok()?.rsplit(',') {
                let address = node(element)?;
                client = Some(address);
                if !self.has(address.ip()) {
                    return client;
                }
            }
        }
        client
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

    fn client(headers: &[(&'static str, &'static str)]) -> Option<String> {
        let proxies = Proxies::read(["10.0.0.0/8", "2001:db8:1::/48", "192.0.2.1"]).expect("networks");
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        proxies.client(&map).map(|client| client.to_string())
    }

    fn forwarded(value: &'static str) -> Option<String> {
        client(&[("forwarded", value)])
    }

    fn x_forwarded_for(value: &'static str) -> Option<String> {
        client(&[("x-forwarded-for", value)])
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
        assert_eq!(x_forwarded_for("198.51.100.7").as_deref(), Some("198.51.100.7:0"));
        assert_eq!(x_forwarded_for("203.0.113.9, 198.51.100.7, 10.1.1.1,192.0.2.1").as_deref(), Some("198.51.100.7:0"));
        assert_eq!(forwarded("For=203.0.113.9, for=198.51.100.7;proto=https").as_deref(), Some("198.51.100.7:0"));
        assert_eq!(forwarded("proto=https;for=\"[2001:db8:2::1]:1\"").as_deref(), Some("[2001:db8:2::1]:1"));
        let lines = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "198.51.100.7, ::ffff:10.0.0.1")];
        assert_eq!(client(&lines).as_deref(), Some("198.51.100.7:0"));
        // One of ours that asks for itself.
        assert_eq!(x_forwarded_for("10.0.0.2, 10.0.0.1").as_deref(), Some("10.0.0.2:0"));
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        assert_eq!(client(&[]), None);
        // A stranger's word is not taken where a proxy of ours does not know more.
        assert_eq!(x_forwarded_for("203.0.113.9, unknown"), None);
        assert_eq!(forwarded("for=203.0.113.9, for=_hidden"), None);
        assert_eq!(forwarded("for=203.0.113.9, proto=https"), None);
        // One of the two was sent by the client itself.
        assert_eq!(client(&[("forwarded", "for=203.0.113.9"), ("x-forwarded-for", "198.51.100.7")]), None);
        let both = [("forwarded", "for=\"198.51.100.7:80\""), ("x-forwarded-for", "203.0.113.9, 198.51.100.7")];
        assert_eq!(client(&both).as_deref(), Some("198.51.100.7:80"));
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
