//! A WebSocket that a handler drives by hand.

use std::borrow::Cow;
use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::close::Close;
use crate::connection::{Batch, Connection, Settings};
use crate::error::{Error, Result};
use crate::keepalive::PingPolicy;
use crate::limits::Limits;
use crate::message::{IntoMessage, Message};
use crate::moment::Moment;
use crate::registry::{self, ConnectionId, Taken};

/// An open WebSocket connection.
///
/// The connection runs by itself: pings are answered, messages queue up, what was sent leaves, whatever the handler is
/// waiting for. Up to 256 KiB of messages queue up in either direction, each counting for 1 KiB at least. When the
/// inbox is full nothing more is read from the network, so that the peer has to wait; nothing is ever thrown away.
/// The peer's pings and its close are then seen once the handler has received something, and no deadline for its pongs
/// runs meanwhile.
///
/// Dropping a `WebSocket` closes the connection with 1000, behind everything that was sent; with 1011 if the handler
/// returned an error or panicked. It may be moved to another task; the connection lives as long as it does.
///
/// ```
/// use std::time::Duration;
/// use converse::{Received, WebSocket};
///
/// async fn echo(mut ws: WebSocket) -> converse::Result {
///     while let Received::Message(message) = ws.receive_within(Duration::from_secs(30)).await {
///         ws.send(message).await?;
///     }
///     ws.close().await;
///     Ok(())
/// }
/// ```
pub struct WebSocket {
    connection: Arc<Connection>,
    /// What has come and is received next.
    batch: Batch<Message>,
}

/// What a [`WebSocket`] received.
#[derive(Debug)]
#[non_exhaustive]
pub enum Received {
    /// A message.
    Message(Message),
    /// Nothing came in time. The socket is as it was before; [`WebSocket::receive`] never says so.
    Silence,
    /// The connection has ended; from now on nothing else is said.
    ///
    /// [`Close::NO_STATUS`] where the peer closed without a code, [`Close::ABNORMAL`] where it was lost, or did not
    /// answer a close or a ping.
    Closed(Close),
    /// The peer's message is bigger than this many bytes: the connection was closed with 1009.
    TooBig {
        /// [`Limits::max_message_size`]
        limit: usize,
    },
    /// The peer broke the protocol, or sent text that is not UTF-8: the connection was closed with 1002 or 1007.
    Failed(Error),
}

impl WebSocket {
    pub(crate) fn new(connection: Arc<Connection>) -> Self {
        WebSocket { connection, batch: Batch::default() }
    }

    /// Waits for the next message, in the order they came.
    ///
    /// This can be dropped half-way, as `tokio::select!` does, without losing a message.
    pub async fn receive(&mut self) -> Received {
        poll_fn(|cx| self.poll_receive(None, cx)).await
    }

    /// Waits for the next message, but not longer than `patience`. A message that is there already is received
    /// whatever `patience` is.
    ///
    /// This can be dropped half-way, as `tokio::select!` does, without losing a message.
    pub async fn receive_within(&mut self, patience: Duration) -> Received {
        // A time too long to be a date is as good as none.
        let deadline = Moment::after(patience);
        poll_fn(|cx| self.poll_receive(deadline, cx)).await
    }

    pub(crate) fn poll_receive(&mut self, deadline: Option<Moment>, cx: &mut Context<'_>) -> Poll<Received> {
        self.connection.poll_receive(&mut self.batch, deadline, cx)
    }

    /// Sends a message: text, [`Binary`](crate::Binary), [`Json`](crate::Json). Returns once it is queued, waiting
    /// while the queue is full; messages leave in the order in which they were queued.
    ///
    /// # Errors
    ///
    /// If the connection has ended or is being closed ([`Error::is_closed`]), or the value cannot be written as JSON.
    pub async fn send(&self, message: impl IntoMessage) -> Result<()> {
        self.connection.send(message.into_message()?).await
    }

    /// A handle to send with while this one waits for a message.
    ///
    /// ```
    /// use std::time::Duration;
    /// use converse::{Received, WebSocket};
    ///
    /// async fn clock(mut ws: WebSocket) {
    ///     let sender = ws.sender();
    ///     tokio::spawn(async move {
    ///         while sender.send("tick").await.is_ok() {
    ///             tokio::time::sleep(Duration::from_secs(1)).await;
    ///         }
    ///     });
    ///     while let Received::Message(_) = ws.receive().await {}
    /// }
    /// ```
    pub fn sender(&self) -> Sender {
        Sender::new(Arc::clone(&self.connection))
    }

    /// Closes with 1000, behind everything that was sent, and waits for the peer to close too: at most 10 s for what
    /// was sent to leave, 5 s for the peer's answer, 1 s for it to hang up.
    pub async fn close(&self) {
        self.connection.close(Close::new(Close::NORMAL, ""));
        self.connection.closed().await;
    }

    /// As [`close`](Self::close), with a code and a reason. If the connection is being closed already, the first
    /// close is the one that counts.
    ///
    /// # Errors
    ///
    /// If a server must not send the code (RFC 6455 §7.4: 1000-1003, 1007-1009, 1011-1014, 3000-4999 are its own), or
    /// the reason is longer than 123 bytes. The connection then stays open.
    pub async fn close_with(&self, code: u16, reason: impl Into<Cow<'static, str>>) -> Result<()> {
        self.connection.close(Close::new(code, reason).sendable()?);
        self.connection.closed().await;
        Ok(())
    }

    /// Changes how a lost peer is found out.
    pub fn ping_policy(&mut self, policy: PingPolicy) {
        self.connection.change(Settings { pings: Some(policy), limits: None });
    }

    /// Changes how big a message may be. Set before the handler first waits for anything, this holds for the first
    /// message too.
    pub fn limits(&mut self, limits: Limits) {
        self.connection.change(Settings { limits: Some(limits), pings: None });
    }

    /// The subprotocol that was agreed on, of those that the route [speaks](crate::Upgrade::protocols).
    pub fn protocol(&self) -> Option<&str> {
        self.connection.protocol()
    }

    /// What the connection is found by: [`Connections::get`](crate::Connections::get).
    pub fn id(&self) -> ConnectionId {
        self.connection.id()
    }

    /// Gives the connection an identifier of the application's choice, in place of the one it has. Of any number of
    /// connections that ask for the same at the same time, exactly one has it in the end.
    ///
    /// ```
    /// use converse::{Connections, Taken, WebSocket};
    ///
    /// async fn join(ws: WebSocket) -> converse::Result {
    ///     ws.identify("ada", Taken::REPLACE)?; // one connection a user: the latest
    ///     assert!(Connections::get("ada").is_some());
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// If another connection has it and is not to be replaced ([`Error::is_taken`]), if this connection has ended
    /// ([`Error::is_closed`]), or if the close in [`Taken::Replace`] cannot be sent.
    pub fn identify(&self, id: impl Into<ConnectionId>, taken: Taken) -> Result<()> {
        registry::identify(&self.connection, id.into(), taken)
    }

    /// Asks the peer to say when it has got what was sent so far, which is everything up to the output of this number.
    pub(crate) async fn number(&self, output: u64) {
        self.connection.number(output).await;
    }

    /// The number of the last output that the peer is known to have got; 0 before that.
    pub(crate) fn heard(&self) -> &AtomicU64 {
        self.connection.heard()
    }

    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// Closes without waiting.
    pub(crate) fn leave(&self, close: Close) {
        self.connection.close(close);
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        self.connection.drop_reader();
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WebSocket").field(&self.id()).finish()
    }
}

/// Sends to a connection whose [`WebSocket`] is somewhere else. Cheap to clone; it does not keep the connection open.
#[derive(Clone)]
pub struct Sender {
    connection: Arc<Connection>,
}

impl Sender {
    pub(crate) fn new(connection: Arc<Connection>) -> Self {
        Sender { connection }
    }

    /// Sends a message, as [`WebSocket::send`] does.
    ///
    /// # Errors
    ///
    /// If the connection has ended or is being closed ([`Error::is_closed`]), or the value cannot be written as JSON.
    pub async fn send(&self, message: impl IntoMessage) -> Result<()> {
        self.connection.send(message.into_message()?).await
    }

    /// Closes with 1000, as [`WebSocket::close`] does. The handler's next receive ends with
    /// [`Received::Closed`], behind the messages that have come.
    pub async fn close(&self) {
        self.connection.close(Close::new(Close::NORMAL, ""));
        self.connection.closed().await;
    }

    /// Closes with a code and a reason, as [`WebSocket::close_with`] does.
    ///
    /// # Errors
    ///
    /// If the code or the reason must not be sent.
    pub async fn close_with(&self, code: u16, reason: impl Into<Cow<'static, str>>) -> Result<()> {
        self.connection.close(Close::new(code, reason).sendable()?);
        self.connection.closed().await;
        Ok(())
    }

    /// What the connection is found by: [`Connections::get`](crate::Connections::get).
    pub fn id(&self) -> ConnectionId {
        self.connection.id()
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&self.id()).finish()
    }
}
