//! Randomness, which is the system's.

/// So many random bytes. Each call is one of the system.
///
/// # Panics
///
/// The system has no randomness: without it nothing here can be kept secret.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}
