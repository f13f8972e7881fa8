//! Telling systemd that the server serves, and that it stops.

use sd_notify::NotifyState;

pub(super) fn ready() {
    tell(NotifyState::Ready);
}

pub(super) fn stopping() {
    tell(NotifyState::Stopping);
}

/// Nothing happens where no `NOTIFY_SOCKET` is set, which is everywhere but in a unit with `Type=notify`.
fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd cannot be told about the server's state");
    }
}
