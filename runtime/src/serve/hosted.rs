//! What a server of ours says to its routes beside what every server does.

use std::sync::Arc;

use super::cork::Cork;
use super::stream::Client;
use crate::open::Open;
use crate::sessions::Sessions;

/// Requests carry it as an extension: one for everything, since each has its price. Nothing of it is there where another
/// server serves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosted {
    pub(crate) sockets: Option<Arc<Open>>,
    /// A router with sessions of its own keeps its conversations there.
    pub(crate) sessions: Option<Sessions>,
    /// Where a WebSocket's place is kept that is one stream of many.
    pub(crate) client: Option<Client>,
    /// Keeps the answer to a handshake back, and has the connection go on from there.
    pub(crate) cork: Option<Cork>,
}
