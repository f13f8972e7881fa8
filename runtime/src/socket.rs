//! A WebSocket that a handler drives by hand.

/// An open WebSocket connection.
#[derive(Debug)]
pub struct WebSocket(());
