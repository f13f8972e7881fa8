//! What a peer takes of what is written to it, and how long it may take nothing.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep};

use crate::limits;

/// A peer that takes nothing, though something waits for it.
#[derive(Debug, Default)]
pub(super) struct Stall(Option<(u64, Pin<Box<Sleep>>)>);

impl Stall {
    /// To be polled where something waits for the peer, with how much it has taken so far. It is over once that has stayed the
    /// same for too long.
    #[cold]
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, taken: u64) -> Poll<()> {
        let (before, over) = self.0.get_or_insert_with(|| (taken, Box::pin(sleep(limits::STALL))));
        if *before != taken {
            *before = taken;
            over.as_mut().reset(Instant::now() + limits::STALL);
        }
        over.as_mut().poll(cx)
    }
}

#[cfg(feature = "tls")]
pub(super) use self::counted::Counted;

#[cfg(feature = "tls")]
mod counted {
    use std::io::{self, IoSlice};
    use std::pin::Pin;
    use std::task::{Context, Poll, ready};

    use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

    /// Counts what is taken of what is written: beneath TLS, which takes some itself.
    #[derive(Debug)]
    pub(in crate::serve) struct Counted<IO> {
        io: IO,
        taken: u64,
    }

    impl<IO> Counted<IO> {
        pub(in crate::serve) fn new(io: IO) -> Self {
            Counted { io, taken: 0 }
        }

        pub(in crate::serve) fn taken(&self) -> u64 {
            self.taken
        }
    }

    impl<IO: AsyncRead + Unpin> AsyncRead for Counted<IO> {
        fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.io).poll_read(cx, buf)
        }
    }

    impl<IO: AsyncWrite + Unpin> AsyncWrite for Counted<IO> {
        fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
            let taken = ready!(Pin::new(&mut self.io).poll_write(cx, buf))?;
            self.taken += taken as u64;
            Poll::Ready(Ok(taken))
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.io).poll_flush(cx)
        }

        fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.io).poll_shutdown(cx)
        }

        fn poll_write_vectored(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            bufs: &[IoSlice<'_>],
        ) -> Poll<io::Result<usize>> {
            let taken = ready!(Pin::new(&mut self.io).poll_write_vectored(cx, bufs))?;
            self.taken += taken as u64;
            Poll::Ready(Ok(taken))
        }

        fn is_write_vectored(&self) -> bool {
            self.io.is_write_vectored()
        }
    }
}

#[cfg(all(test, feature = "testing"))] // time that stands still comes with it
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn whoever_takes_something_has_its_time_anew() {
        let mut stall = Stall::default();
        let begun = Instant::now();
        for taken in 0..3 {
            let over = tokio::time::timeout(Duration::from_secs(15), poll_fn(|cx| stall.poll(cx, taken)));
            over.await.expect_err("it has taken something");
        }
        poll_fn(|cx| stall.poll(cx, 2)).await;
        assert_eq!(begun.elapsed().as_secs(), 50);
    }
}
