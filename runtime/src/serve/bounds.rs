//! How many connections there may be: of everybody together, and of one address.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What one address may have, unless the server says otherwise: more than a household or a small office needs.
const EACH: usize = 128;

/// Counts connections. A place is taken before a byte is read, and kept until the connection is closed, WebSocket
/// included.
#[derive(Debug)]
pub(super) struct Bounds {
    all: Option<usize>,
    each: Option<usize>,
    /// Nobody has said how many: this machine may have any number, where a proxy stands for everybody.
    spares_loopback: bool,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    each: HashMap<Origin, usize>,
}

/// Whom connections are counted for: an IPv4 address, or the 64 bits in front of an IPv6 address, behind which one
/// customer of a provider has as many addresses as it likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Origin {
    V4(u32),
    V6(u64),
}

/// Which of the bounds is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    Server,
    Address,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { all: most(), each: Some(EACH), spares_loopback: true, taken: Mutex::default() }
    }
}

impl Bounds {
    pub(super) fn set_all(&mut self, all: Option<usize>) {
        self.all = all;
    }

    pub(super) fn set_each(&mut self, each: Option<usize>) {
        (self.each, self.spares_loopback) = (each, false);
    }

    /// Says so where there may be more connections than files: they would not be refused, but wait without a word.
    pub(super) fn check(&self) {
        if let (Some(connections), Some(files)) = (self.all, files())
            && connections > files
        {
            tracing::warn!(connections, files, "there may be more connections than the process may open files");
        }
    }

    /// A place for a connection; one of nobody's address counts for the server alone.
    pub(super) fn enter(self: &Arc<Self>, from: Option<IpAddr>) -> Result<Permit, Full> {
        let mut taken = self.lock();
        if self.all.is_some_and(|most| taken.all >= most) {
            return Err(Full::Server);
        }
        let origin = self.count(&mut taken, from)?;
        taken.all += 1;
        Ok(Permit { bounds: Arc::clone(self), is_connection: true, origin })
    }

    /// A place for a client of a proxy, whose connection has one already.
    pub(super) fn enter_behind_proxy(self: &Arc<Self>, from: IpAddr) -> Result<Permit, Full> {
        let origin = self.count(&mut self.lock(), Some(from))?;
        Ok(Permit { bounds: Arc::clone(self), is_connection: false, origin })
    }

    fn count(&self, taken: &mut Taken, from: Option<IpAddr>) -> Result<Option<Origin>, Full> {
        let from = from.filter(|from| !(self.spares_loopback && from.to_canonical().is_loopback()));
        let (Some(most), Some(origin)) = (self.each, from.map(Origin::of)) else { return Ok(None) };
        let count = taken.each.entry(origin).or_default();
        if *count >= most {
            if most == 0 {
                taken.each.remove(&origin);
            }
            return Err(Full::Address);
        }
        *count += 1;
        Ok(Some(origin))
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Origin {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Origin::V4(address.to_bits()),
            IpAddr::V6(address) => Origin::V6((address.to_bits() >> 64) as u64),
        }
    }
}

/// A place among the connections, given up when dropped.
#[derive(Debug)]
pub(super) struct Permit {
    bounds: Arc<Bounds>,
    is_connection: bool,
    origin: Option<Origin>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut taken = self.bounds.lock();
        taken.all -= usize::from(self.is_connection);
        // What nobody has a connection from is forgotten, or strangers could fill the table.
        if let Some(Entry::Occupied(mut count)) = self.origin.map(|origin| taken.each.entry(origin)) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

/// What the process can have open, but for a reserve: files, stores, connections to other servers, and those that are
/// told that there are too many.
fn most() -> Option<usize> {
    files().map(below)
}

/// How many files the process may have open.
fn files() -> Option<usize> {
    #[cfg(unix)]
    {
        use nix::sys::resource::{Resource, getrlimit};
        let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
        Some(usize::try_from(soft).unwrap_or(usize::MAX))
    }
    #[cfg(not(unix))]
    None
}

fn below(descriptors: usize) -> usize {
    descriptors - (descriptors / 16).max(64).min(descriptors / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(all: usize, each: usize) -> Arc<Bounds> {
        Arc::new(Bounds { all: Some(all), each: Some(each), spares_loopback: false, taken: Mutex::default() })
    }

    fn from(address: &str) -> Option<IpAddr> {
        Some(address.parse().expect("an address"))
    }

    #[test]
    fn a_place_that_is_given_up_is_free_again() {
        let bounds = bounds(2, 9);
        let first = bounds.enter(None).expect("a place");
        let _second = bounds.enter(from("192.0.2.1")).expect("another one");
        assert_eq!(bounds.enter(None).unwrap_err(), Full::Server);
        drop(first);
        bounds.enter(None).expect("the first one's");
    }

    #[test]
    fn an_address_is_an_ipv4_address_or_a_network_of_ipv6() {
        let bounds = bounds(9, 1);
        for (first, same, other) in [
            ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
            ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"),
        ] {
            let place = bounds.enter(from(first)).expect("a place");
            assert_eq!(bounds.enter(from(same)).unwrap_err(), Full::Address, "{same}");
            drop(bounds.enter(from(other)).expect("a place for another one"));
            drop(place);
            drop(bounds.enter(from(same)).expect("a place again"));
        }
    }

    #[test]
    fn by_default_it_is_other_machines_that_are_bounded() {
        let bounds = Arc::new(Bounds { all: None, ..Bounds::default() });
        let places: Vec<_> = (0..EACH).map(|_| bounds.enter(from("192.0.2.1")).expect("a place")).collect();
        assert_eq!(bounds.enter(from("192.0.2.1")).unwrap_err(), Full::Address);
        for own in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"] {
            let _places: Vec<_> = (0..=EACH).map(|_| bounds.enter(from(own)).expect("a place")).collect();
        }
        drop(places);
    }

    #[test]
    fn nothing_is_remembered_of_who_has_left() {
        let bounds = bounds(9, 0);
        assert_eq!(bounds.enter(from("192.0.2.1")).unwrap_err(), Full::Address);
        assert!(bounds.lock().each.is_empty());
        let bounds = self::bounds(9, 1);
        drop(bounds.enter(from("192.0.2.1")));
        assert!(bounds.lock().each.is_empty() && bounds.lock().all == 0);
    }

    #[test]
    fn some_descriptors_are_left_for_the_rest_of_the_program() {
        assert_eq!([below(64), below(1024), below(1 << 20)], [32, 960, 983_040]);
    }
}
