//! Letting connections in: a crowd has its turn little by little, and those that are there have theirs in between.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Host, Peer};
use crate::lane;
use crate::serve::listener::Listener;
use crate::serve::stream::{Client, Stream};

/// How many connections are accepted before those that are there have their turn, and how many of them begin by then. More
/// than begin, so that a crowd waits here, and not where Linux turns it away.
const ACCEPTED: usize = 8;
const BEGUN: usize = 2;
/// Between two attempts to accept a connection where the process has no file descriptor left for one.
const BREATH: Duration = Duration::from_millis(100);

/// A connection that has its place, and no task yet.
struct Newcomer {
    stream: Stream,
    peer: Peer,
    told: watch::Receiver<()>,
}

impl Host {
    /// Accepts connections until it is time to stop, and closes the listener.
    pub(in crate::serve) async fn accept_until(
        self: &Arc<Self>,
        stop: impl Future<Output = ()>,
        listener: impl Listener,
    ) {
        let host = Arc::clone(self);
        let accept = async move { host.accept(&listener).await };
        if self.sockets.lane.is_none() {
            return tokio::select! {
                () = stop => {}
                () = accept => {}
            };
        }
        // In a task it goes behind those for whom something has come. What a runtime of one thread is started with goes ahead
        // of them, each time.
        let mut accepting = JoinSet::new();
        accepting.spawn(accept);
        stop.await;
        accepting.shutdown().await;
    }

    /// Accepts connections, without end. What one of them needs is done by a task of its own: nothing here waits for a
    /// peer.
    async fn accept(self: &Arc<Self>, listener: &impl Listener) {
        let mut lobby = VecDeque::new();
        let mut failures = 0_u64;
        loop {
            for _ in 0..ACCEPTED {
                let accepted = match lobby.is_empty() {
                    true => listener.accept().await,
                    false => match at_once(listener.accept()).await {
                        Some(accepted) => accepted,
                        None => break,
                    },
                };
                match accepted {
                    Ok((stream, peer)) => lobby.extend(self.admit(stream, peer)),
                    Err(error) if is_peers(&error) => {}
                    Err(error) => {
                        failures += 1;
                        // As with those that are refused: what goes on for long must not fill the log.
                        if failures.is_power_of_two() {
                            tracing::warn!(%error, count = failures, "connections cannot be accepted");
                        }
                        lobby.drain(..).for_each(|newcomer| self.begin(newcomer));
                        tokio::time::sleep(BREATH).await;
                    }
                }
            }
            let next = lobby.len().min(BEGUN);
            lobby.drain(..next).for_each(|newcomer| self.begin(newcomer));
            if !lobby.is_empty() {
                match self.sockets.lane {
                    // What has come for those who talk goes first, as in the lane.
                    Some(_) => tokio::task::yield_now().await,
                    None => give_way().await,
                }
            }
        }
    }

    /// Gives a connection its place; where there is none, it is told.
    fn admit(self: &Arc<Self>, stream: Stream, address: Option<SocketAddr>) -> Option<Newcomer> {
        // What comes over a proxy's connections is counted for whom it speaks for.
        let is_proxy = self.proxies.as_ref().is_some_and(|proxies| proxies.includes(address));
        let from = address.filter(|_| !is_proxy).map(|address| address.ip());
        match self.bounds.enter(from) {
            Ok(permit) => {
                let peer = Peer { address, is_proxy, client: is_proxy.then(Client::default) };
                // Before its task is there, so that a server that stops waits for that, too.
                let told = self.connections.subscribe();
                Some(Newcomer { stream: stream.keep(permit), peer, told })
            }
            Err(full) => {
                let host = Arc::clone(self);
                if let Some(refusal) = self.refusals.begin(full) {
                    tokio::spawn(refusal.tell(async move { host.secure(stream).await }));
                }
                None
            }
        }
    }

    fn begin(self: &Arc<Self>, Newcomer { stream, peer, told }: Newcomer) {
        let lane = self.sockets.lane.clone();
        tokio::spawn(lane::through(lane, Arc::clone(self).hold(stream, peer, told)));
    }
}

/// What comes of it without waiting, if anything does.
async fn at_once<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// Goes behind the tasks that are ready, and no further: behind `yield_now` one also waits until a thread has looked for I/O.
async fn give_way() {
    let mut has_given = false;
    poll_fn(|cx| {
        if mem::replace(&mut has_given, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Whether the connection, rather than the listener, is what failed.
fn is_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
