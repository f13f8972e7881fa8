//! Conversations that one build has stored, and another one is to go on with: what the lock says of them is what becomes of
//! them.

mod changes;
mod older;
mod survival;
