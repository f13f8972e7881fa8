//! Finding a connection by its identifier.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use crate::close::Close;
use crate::connection::Connection;
use crate::error::Error;
use crate::observe;
use crate::open::{Open, restart};
use crate::socket::Sender;

/// What a connection is found by: a number that no other connection of this process ever has, or a name that the
/// application chose with [`WebSocket::identify`](crate::WebSocket::identify). The two never meet.
///
/// ```
/// use converse::ConnectionId;
///
/// let ada = ConnectionId::from("ada");
/// assert_eq!(ada, ConnectionId::from(String::from("ada")));
/// assert_eq!(ada.to_string(), "ada");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ConnectionId(Id);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Id {
    Number(u64),
    Name(Arc<str>),
}

impl ConnectionId {
    pub(crate) fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        ConnectionId(Id::Number(NEXT.fetch_add(1, Ordering::Relaxed)))
    }
}

impl From<&str> for ConnectionId {
    fn from(name: &str) -> Self {
        ConnectionId(Id::Name(name.into()))
    }
}

impl From<String> for ConnectionId {
    fn from(name: String) -> Self {
        ConnectionId(Id::Name(name.into()))
    }
}

impl From<&ConnectionId> for ConnectionId {
    fn from(id: &ConnectionId) -> Self {
        id.clone()
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Id::Number(number) => write!(f, "#{number}"),
            Id::Name(name) => f.write_str(name),
        }
    }
}

impl fmt::Debug for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Id::Number(number) => write!(f, "#{number}"),
            Id::Name(name) => fmt::Debug::fmt(name, f),
        }
    }
}

/// What happens where an identifier belongs to another connection already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The other connection keeps it, and this one is told with an error.
    Refuse,
    /// This connection gets it, and the other one is closed with this.
    Replace(Close),
}

impl Taken {
    /// [`Taken::Replace`] with [`Close::REPLACED`], 4409.
    pub const REPLACE: Self =
        Taken::Replace(Close { code: Close::REPLACED, reason: std::borrow::Cow::Borrowed("replaced") });
}

/// The open connections of this process, of all its servers.
#[derive(Debug)]
pub struct Connections(());

impl Connections {
    /// The connection with this identifier, to send to it or to close it. One that has ended, or is being closed, is
    /// not found.
    ///
    /// ```
    /// use converse::Connections;
    ///
    /// async fn tell(user: &str) -> converse::Result {
    ///     match Connections::get(user) {
    ///         Some(connection) => connection.send("Dinner is ready.").await,
    ///         None => Ok(()), // not at home
    ///     }
    /// }
    /// ```
    pub fn get(id: impl Into<ConnectionId>) -> Option<Sender> {
        let connection = Arc::clone(register().get(&id.into())?);
        (!connection.is_ending()).then(|| Sender::new(connection))
    }

    /// How many connections are open.
    pub fn count() -> usize {
        let register = register();
        register.numbered.len() + register.named.len()
    }
}

/// Most have a number, which takes less room than a name.
#[derive(Debug, Default)]
struct Register {
    numbered: HashMap<u64, Arc<Connection>>,
    named: HashMap<Arc<str>, Arc<Connection>>,
}

static REGISTER: LazyLock<Mutex<Register>> = LazyLock::new(Mutex::default);

fn register() -> MutexGuard<'static, Register> {
    REGISTER.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Register {
    fn get(&self, id: &ConnectionId) -> Option<&Arc<Connection>> {
        match &id.0 {
            Id::Number(number) => self.numbered.get(number),
            Id::Name(name) => self.named.get(name),
        }
    }

    fn insert(&mut self, id: ConnectionId, connection: Arc<Connection>) {
        match id.0 {
            Id::Number(number) => self.numbered.insert(number, connection),
            Id::Name(name) => self.named.insert(name, connection),
        };
    }

    /// Takes out the connection that has this identifier, unless the name is another one's by now.
    fn remove(&mut self, id: ConnectionId, connection: &Arc<Connection>) {
        match id.0 {
            Id::Number(number) => drop(self.numbered.remove(&number)),
            Id::Name(name) => {
                if let Entry::Occupied(entry) = self.named.entry(name)
                    && Arc::ptr_eq(entry.get(), connection)
                {
                    entry.remove();
                }
            }
        }
    }
}

/// The open connections of a server.
pub(crate) fn connections_of(server: &Open) -> Vec<Arc<Connection>> {
    let is_its = |connection: &&Arc<Connection>| connection.server().is_some_and(|its| ptr::eq(&**its, server));
    let register = register();
    register.numbered.values().chain(register.named.values()).filter(is_its).cloned().collect()
}

/// A connection's place among the open ones, of the process and of its server. Given up when dropped; but the server waits
/// for as long as it is there.
#[derive(Debug)]
pub(crate) struct Place {
    connection: Arc<Connection>,
}

impl Place {
    pub(crate) fn take(connection: Arc<Connection>) -> Self {
        register().insert(connection.id(), Arc::clone(&connection));
        if connection.server().is_some_and(|server| server.enter()) {
            connection.close(restart());
        }
        observe::opened();
        Place { connection }
    }

    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// Gives it up: the connection has ended, and what goes on beside it does so without one.
    pub(crate) fn give_up(&self) {
        if !self.connection.lose_place() {
            return;
        }
        observe::gone();
        if let Some(server) = self.connection.server() {
            server.leave();
        }
        // Under one lock, so that no `identify` comes between the name and its removal.
        let mut register = register();
        register.remove(self.connection.id(), &self.connection);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connection.over();
        self.give_up();
        if let Some(server) = self.connection.server() {
            server.forget();
        }
    }
}

/// Gives a connection an identifier of the application's.
pub(crate) fn identify(connection: &Arc<Connection>, id: ConnectionId, taken: Taken) -> Result<(), Error> {
    let replaced = {
        let mut register = register();
        let holder = register.get(&id).filter(|holder| !Arc::ptr_eq(holder, connection));
        let replaced = match (holder.filter(|holder| !holder.is_ending()), taken) {
            (None, _) => None,
            (Some(_), Taken::Refuse) => return Err(Error::taken()),
            (Some(holder), Taken::Replace(close)) => Some((Arc::clone(holder), close.sendable()?)),
        };
        // One that has ended has left, or is about to: then it must not come in again.
        let before = connection.rename(id.clone()).ok_or_else(Error::closed)?;
        register.remove(before, connection);
        register.insert(id, Arc::clone(connection));
        replaced
    };
    if let Some((holder, close)) = replaced {
        holder.close(close);
    }
    Ok(())
}
