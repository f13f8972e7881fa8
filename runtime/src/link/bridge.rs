//! Asynchronous input and output under a codec that knows only `Read` and `Write`.

use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::frames::Frames;
use crate::limits;

/// Says [`WouldBlock`](io::ErrorKind::WouldBlock) where the I/O is pending, having left its waker there.
#[derive(Debug)]
pub(super) struct Bridge<IO> {
    io: IO,
    waker: Waker,
    /// How many bytes have come.
    pub(super) read: u64,
    /// How many bytes have gone.
    pub(super) written: u64,
    pub(super) frames: Frames,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Bridge<IO> {
    pub(super) fn new(io: IO) -> Self {
        Bridge { io, waker: Waker::noop().clone(), read: 0, written: 0, frames: Frames::default() }
    }

    /// Notes bytes that have come by another way.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        self.read += bytes.len() as u64;
        self.frames.pass(bytes);
    }

    /// Reads what is there, without a buffer that would have to wait for it.
    pub(super) fn read_some(&mut self) -> io::Result<Vec<u8>> {
        let mut scratch = [MaybeUninit::uninit(); limits::SCRATCH];
        let mut buffer = ReadBuf::uninit(&mut scratch);
        let mut cx = Context::from_waker(&self.waker);
        blocking(Pin::new(&mut self.io).poll_read(&mut cx, &mut buffer))?;
        self.pass(buffer.filled());
        // With room to read on, as the codec does where a message is longer.
        let mut bytes = Vec::with_capacity(limits::READ.max(buffer.filled().len()));
        bytes.extend_from_slice(buffer.filled());
        Ok(bytes)
    }

    /// Has `waker` woken by whatever is pending from now on.
    pub(super) fn wake(&mut self, waker: &Waker) {
        self.waker.clone_from(waker);
    }

    /// Has the waker woken at once.
    pub(super) fn come_again(&self) {
        self.waker.wake_by_ref();
    }

    /// Says to the peer that nothing more will come.
    pub(super) fn shutdown(&mut self) -> io::Result<()> {
        let mut cx = Context::from_waker(&self.waker);
        blocking(Pin::new(&mut self.io).poll_shutdown(&mut cx))
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Read for Bridge<IO> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut buffer = ReadBuf::new(buffer);
        let mut cx = Context::from_waker(&self.waker);
        blocking(Pin::new(&mut self.io).poll_read(&mut cx, &mut buffer))?;
        self.pass(buffer.filled());
        Ok(buffer.filled().len())
    }
}

impl<IO: AsyncWrite + Unpin> Write for Bridge<IO> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut cx = Context::from_waker(&self.waker);
        let written = blocking(Pin::new(&mut self.io).poll_write(&mut cx, bytes))?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut cx = Context::from_waker(&self.waker);
        blocking(Pin::new(&mut self.io).poll_flush(&mut cx))
    }
}

fn blocking<T>(poll: Poll<io::Result<T>>) -> io::Result<T> {
    match poll {
        Poll::Ready(result) => result,
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}
