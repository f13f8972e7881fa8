//! One connection of the load generator: frames made by hand, and every answer looked at.

use std::io::{Error, ErrorKind, IoSliceMut, Result};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::cmsg_space;
use nix::sys::socket::sockopt::ReceiveTimestampns;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, setsockopt};
use nix::sys::time::TimeSpec;
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::{TcpSocket, TcpStream};

/// The opcodes that are said here.
pub const TEXT: u8 = 1;
/// The end of a connection.
pub const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// The example of RFC 6455 and its answer: a server that is measured need not be surprised.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &[u8] = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// Where to go.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Where the server listens.
    pub address: SocketAddr,
    /// The route; without one it is plain TCP, which sends back the frames themselves.
    pub path: Option<&'static str>,
}

/// Messages that go out together, and what has to come back.
#[derive(Debug)]
pub struct Burst {
    sent: Vec<u8>,
    /// What they say; `None` of plain TCP, which says it frames and all.
    said: Option<Vec<u8>>,
    /// How many messages it is.
    pub messages: usize,
}

impl Burst {
    /// So many messages of so many bytes.
    pub fn new(target: &Target, messages: usize, bytes: usize) -> Self {
        let text: Vec<u8> = (b'a'..=b'z').cycle().take(bytes).collect();
        let said = target.path.map(|_| text.repeat(messages));
        Burst { sent: frame(TEXT, &text).repeat(messages), said, messages }
    }

    /// Whether all has come back; `None` if anything else has. A server may cut messages into several frames.
    fn has_come(&self, mut came: &[u8]) -> Option<bool> {
        let Some(mut left) = self.said.as_deref() else {
            return self.sent.starts_with(came).then_some(self.sent.len() == came.len());
        };
        let mut is_last = true;
        while let Some(next) = Frame::first(came) {
            left = left.strip_prefix(next.payload)?;
            (is_last, came) = (next.is_last, next.rest);
        }
        Some(left.is_empty() && is_last && came.is_empty())
    }
}

/// A frame as a server sends it, and what stands behind it.
struct Frame<'a> {
    is_last: bool,
    opcode: u8,
    payload: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The first of these bytes, if it is there as a whole.
    fn first(bytes: &'a [u8]) -> Option<Self> {
        let (&[head, short], rest) = bytes.split_first_chunk()?;
        let (length, rest) = match short {
            127 => rest.split_first_chunk().map(|(length, rest)| (u64::from_be_bytes(*length), rest))?,
            126 => rest.split_first_chunk().map(|(length, rest)| (u16::from_be_bytes(*length).into(), rest))?,
            length => (length.into(), rest),
        };
        let (payload, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        Some(Frame { is_last: head & 0x80 != 0, opcode: head & 0x0f, payload, rest })
    }
}

/// A connection to a server.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    /// Came with what was read before it.
    unread: Vec<u8>,
    /// By which it comes back, where it was given one.
    cookie: Option<String>,
}

impl Client {
    /// Connects, and shakes hands.
    ///
    /// # Errors
    ///
    /// If the server is not there, or answers otherwise than RFC 6455 says.
    pub async fn connect(target: &Target) -> Result<Self> {
        Client::come_back(target, None).await
    }

    /// Connects as one that was given this cookie.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    pub async fn come_back(target: &Target, cookie: Option<&str>) -> Result<Self> {
        // Ports are 28,000 for each address, and one that was used rests for a minute.
        static SOURCE: AtomicU8 = AtomicU8::new(0);
        let source = 2 + SOURCE.fetch_add(1, Ordering::Relaxed) % 200;
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from(([127, 0, 0, source], 0)))?;
        let stream = socket.connect(target.address).await?;
        stream.set_nodelay(true)?;
        let mut client = Client { stream, unread: Vec::new(), cookie: None };
        if let Some(path) = target.path {
            client.shake_hands(target.address, path, cookie).await?;
        }
        Ok(client)
    }

    /// The cookie that it was given.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    async fn shake_hands(&mut self, host: SocketAddr, path: &str, cookie: Option<&str>) -> Result<()> {
        let cookie = cookie.map_or(String::new(), |cookie| format!("Cookie: {cookie}\r\n"));
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{cookie}\
             Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        );
        self.stream.write_all(request.as_bytes()).await?;
        let end = loop {
            self.read().await?;
            if let Some(end) = self.unread.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let head: Vec<u8> = self.unread.drain(..end).collect();
        let is_accepted = head.starts_with(b"HTTP/1.1 101") && head.windows(ACCEPT.len()).any(|bytes| bytes == ACCEPT);
        if !is_accepted {
            return Err(wrong("the handshake", &head));
        }
        let lines = head.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
        let mut cookies = lines.filter_map(|line| line.strip_prefix("set-cookie: "));
        self.cookie = cookies.next().and_then(|cookie| Some(cookie.split_once(';')?.0.to_owned()));
        Ok(())
    }

    /// Sends a frame that [`frame`] has made.
    ///
    /// # Errors
    ///
    /// If the server is gone.
    pub async fn say(&mut self, frame: &[u8]) -> Result<()> {
        self.stream.write_all(frame).await
    }

    /// Waits for a frame. Pings are answered: that is how a conversation knows what has arrived.
    ///
    /// # Errors
    ///
    /// If the server is gone.
    pub async fn hear(&mut self) -> Result<(u8, Vec<u8>)> {
        loop {
            match self.next().await? {
                Some(heard) => return Ok(heard),
                None => self.read().await?,
            }
        }
    }

    /// The next frame that has come, but for pings.
    async fn next(&mut self) -> Result<Option<(u8, Vec<u8>)>> {
        while let Some(Frame { opcode, payload, rest, .. }) = Frame::first(&self.unread) {
            let (payload, rest) = (payload.to_vec(), rest.to_vec());
            self.unread = rest;
            if opcode != PING {
                return Ok(Some((opcode, payload)));
            }
            self.say(&frame(PONG, &payload)).await?;
        }
        Ok(None)
    }

    /// Has Linux note from now on when something came.
    ///
    /// # Errors
    ///
    /// If it does not do so.
    pub fn note_times(&self) -> Result<()> {
        Ok(setsockopt(&self.stream, ReceiveTimestampns, &true)?)
    }

    /// Says a frame, and waits for one; how long it took until that was there, however late we were told.
    ///
    /// # Errors
    ///
    /// If the server is gone, or [no times are noted](Self::note_times).
    pub async fn turn(&mut self, said: &[u8]) -> Result<(Duration, Vec<u8>)> {
        let began = SystemTime::now();
        self.say(said).await?;
        loop {
            self.stream.readable().await?;
            let came = self.stream.try_io(Interest::READABLE, || receive(&self.stream, &mut self.unread));
            let time = match came {
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                came => came?,
            };
            if let Some((_, heard)) = self.next().await? {
                return Ok((time.duration_since(began).unwrap_or_default(), heard));
            }
        }
    }

    /// Sends the messages of a burst, and waits until all have come back as they went, into a buffer that is kept for
    /// the next one.
    ///
    /// # Errors
    ///
    /// If the server is gone, or anything else came back.
    pub async fn echo(&mut self, burst: &Burst, buffer: &mut Vec<u8>) -> Result<()> {
        buffer.clear();
        // A server frame is shorter than ours, which has a mask.
        buffer.reserve(burst.sent.len());
        self.stream.write_all(&burst.sent).await?;
        loop {
            if self.stream.read_buf(buffer).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            match burst.has_come(buffer) {
                Some(true) => return Ok(()),
                Some(false) => {}
                None => return Err(wrong("the echo", buffer)),
            }
        }
    }

    /// Says goodbye, and waits for the server's.
    ///
    /// # Errors
    ///
    /// If it says anything else.
    pub async fn close(mut self) -> Result<()> {
        self.say(&frame(CLOSE, &1000_u16.to_be_bytes())).await?;
        match self.hear().await? {
            (CLOSE, _) => Ok(()),
            (_, said) => Err(wrong("the close", &said)),
        }
    }

    async fn read(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.unread).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// Reads what there is, behind what has come, and when that came.
fn receive(stream: &TcpStream, unread: &mut Vec<u8>) -> Result<SystemTime> {
    let mut buffer = [0; 4096];
    let mut parts = [IoSliceMut::new(&mut buffer)];
    let mut notes = cmsg_space!(TimeSpec);
    let received = recvmsg::<()>(stream.as_raw_fd(), &mut parts, Some(&mut notes), MsgFlags::empty())?;
    let time = received.cmsgs()?.find_map(|note| match note {
        ControlMessageOwned::ScmTimestampns(time) => Some(UNIX_EPOCH + Duration::from(time)),
        _ => None,
    });
    match received.bytes {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        bytes => {
            unread.extend_from_slice(&buffer[..bytes]);
            // Linux begins to note a moment after it was asked to. By now it has come in any case.
            Ok(time.unwrap_or_else(SystemTime::now))
        }
    }
}

/// A frame as a client sends it, masked.
pub fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![0x80 | opcode];
    match payload.len() {
        length @ ..126 => frame.push(0x80 | length as u8),
        length @ ..0x1_0000 => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&MASK);
    frame.extend(payload.iter().zip(MASK.into_iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

pub(crate) fn wrong(what: &str, came: &[u8]) -> Error {
    let came = String::from_utf8_lossy(&came[..came.len().min(80)]).into_owned();
    Error::new(ErrorKind::InvalidData, format!("{what} is not as it should be: {came:?}"))
}
