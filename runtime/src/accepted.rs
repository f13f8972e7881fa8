//! A handshake that was accepted: once HTTP has let go of its connection, a task runs that.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;
use tracing::instrument::Instrumented;
use tracing::{Instrument, Span};

use crate::connection::Settings;
use crate::driver::{Driver, Work};
use crate::limits;
use crate::link::Link;
use crate::registry::Place;
use crate::serve::{Client, Corked, Stream};

/// What is there of a WebSocket before it has its connection.
pub(crate) struct Accepted {
    pub(crate) upgraded: OnUpgrade,
    /// Where its place is kept, where it is one stream of many.
    pub(crate) client: Option<Client>,
    pub(crate) settings: Settings,
    pub(crate) place: Place,
    pub(crate) work: Work,
    pub(crate) span: Span,
}

impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Accepted {
    /// Waits for the connection in a task of its own, where no server of ours does. Another one runs it: what the handshake has
    /// needed is not kept for as long as it lasts.
    pub(crate) fn wait(mut self) {
        tokio::spawn(async move {
            match tokio::time::timeout(limits::HANDSHAKE, &mut self.upgraded).await {
                Ok(upgraded) => drop(self.connect(upgraded).map(tokio::spawn)),
                Err(_elapsed) => tracing::debug!(parent: &self.span, "the handshake took too long"),
            }
        });
    }

    /// Has the connection at once, where HTTP is done with it.
    pub(crate) fn connect_now(mut self) -> Option<Running> {
        let upgraded = (&mut self.upgraded).now_or_never()?;
        self.connect(upgraded)
    }

    fn connect(self, upgraded: hyper::Result<Upgraded>) -> Option<Running> {
        let Accepted { client, settings, place, work, span, .. } = self;
        let upgraded = match upgraded {
            Ok(upgraded) => upgraded,
            Err(error) => {
                tracing::debug!(parent: &span, %error, "the handshake failed");
                return None;
            }
        };
        let Bare { stream, early, kept } = bare(upgraded, client);
        let limits = settings.limits.unwrap_or_default();
        let pings = settings.pings.unwrap_or_default();
        let ends_by_drop = stream.is_socket();
        let link = Link::new(stream, early, limits, pings).behind(kept).ending_by_drop(ends_by_drop);
        let driver = Driver::new(link, place, work);
        Some(match span.is_disabled() {
            true => Running::Unseen(driver),
            false => Running::Seen(Box::pin(driver.instrument(span))),
        })
    }
}

/// A WebSocket until its end, in its span if anybody looks at that: it would be kept for as long as the connection lasts.
pub(crate) enum Running {
    Unseen(Driver<Stream>),
    Seen(Pin<Box<Instrumented<Driver<Stream>>>>),
}

impl Future for Running {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.get_mut() {
            Running::Unseen(driver) => Pin::new(driver).poll(cx),
            Running::Seen(driver) => driver.as_mut().poll(cx),
        }
    }
}

/// A connection without its HTTP wrapping.
struct Bare {
    stream: Stream,
    /// What has been read of it already.
    early: Bytes,
    /// What has yet to be written to it, ahead of everything else.
    kept: Vec<u8>,
}

/// Our server's is wrapped once, that of `axum::serve`, which is hyper-util's, twice; one stream of many, and what another
/// server has, is what HTTP makes of it.
fn bare(upgraded: Upgraded, client: Option<Client>) -> Bare {
    let upgraded = match upgraded.downcast::<TokioIo<Corked>>() {
        Ok(parts) => {
            let (stream, kept) = parts.io.into_inner().take_over();
            return Bare { stream, early: parts.read_buf, kept };
        }
        Err(upgraded) => upgraded,
    };
    match auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded) {
        Ok(parts) => Bare { stream: parts.io.into_inner().into(), early: parts.read_buf, kept: Vec::new() },
        Err(upgraded) => {
            Bare { stream: Stream::from(upgraded).keep_for(client), early: Bytes::new(), kept: Vec::new() }
        }
    }
}
