//! Telling systemd that the server serves, and that it stops (sd_notify(3)).

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram as Datagram};

use tokio::net::UnixDatagram;

pub(super) fn ready() {
    tell("READY=1\n");
}

pub(super) fn stopping() {
    tell("STOPPING=1\n");
}

/// Nothing happens where no `NOTIFY_SOCKET` is set, which is everywhere but in a unit with `Type=notify`.
fn tell(state: &'static str) {
    if let Some(Err(error)) = std::env::var_os("NOTIFY_SOCKET").map(|socket| send(&socket, state)) {
        warn(&error);
    }
}

/// Sends it, and waits for nobody: who does not read at present is told by and by.
fn send(socket: &OsStr, state: &'static str) -> io::Result<()> {
    let address = match socket.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(socket)?,
    };
    let datagram = Datagram::unbound()?;
    datagram.set_nonblocking(true)?;
    datagram.connect_addr(&address)?;
    match datagram.send(state.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            let datagram = UnixDatagram::from_std(datagram)?;
            tokio::spawn(async move {
                if let Err(error) = datagram.send(state.as_bytes()).await {
                    warn(&error);
                }
            });
            Ok(())
        }
        sent => sent.map(drop),
    }
}

fn warn(error: &io::Error) {
    tracing::warn!(%error, "systemd cannot be told about the server's state");
}
