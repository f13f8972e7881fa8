//! The servers, by what they are called in the tables and where their routes are.

/// A server, and one of its routes.
pub(crate) struct Kind {
    /// In the tables.
    pub(crate) name: &'static str,
    /// Of the program's first argument.
    pub(crate) server: &'static str,
    pub(crate) path: Option<&'static str>,
    pub(crate) is_ours: bool,
}

impl Kind {
    const fn peer(name: &'static str, server: &'static str, path: Option<&'static str>) -> Self {
        Kind { name, server, path, is_ours: false }
    }

    pub(crate) const fn ours(name: &'static str, path: &'static str) -> Self {
        Kind { name, server: SERVE, path: Some(path), is_ours: true }
    }
}

/// The argument with which this program is our server.
pub(crate) const SERVE: &str = "serve";

const ECHO: Option<&str> = Some("/echo");

/// The first is the one that the others are compared with.
pub(crate) const ECHOES: [Kind; 8] = [
    Kind::peer("axum `ws`", "axum", ECHO),
    Kind::peer("axum `ws`, 4 KiB buffers", "axum-4k", ECHO),
    Kind::peer("tokio-tungstenite", "tungstenite", ECHO),
    Kind::peer("fastwebsockets", "fastwebsockets", ECHO),
    Kind::peer("tokio-websockets", "tokio-websockets", ECHO),
    Kind::peer("actix-ws", "actix", ECHO),
    Kind::ours("**converse**", "/echo"),
    Kind::peer("plain TCP", "raw", None),
];

/// The same of these.
pub(crate) const DIALOGUES: [Kind; 5] = [
    Kind::peer("by hand on axum `ws`", "axum", Some("/introduce")),
    Kind::peer("by hand on axum `ws`, 4 KiB buffers", "axum-4k", Some("/introduce")),
    Kind::ours("by hand on **converse**", "/introduce-by-hand"),
    Kind::ours("by hand on **converse**, each turn kept", "/introduce-by-hand-kept"),
    Kind::ours("**`conversation!`**", "/introduce"),
];
/// Of these, the one by hand on ours.
pub(crate) const BY_HAND: usize = 2;
