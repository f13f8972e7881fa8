//! Randomness, which is the system's.

/// So many random bytes. Each call is one of the system, and none are taken in advance: where a process is copied, or a virtual
/// machine goes on twice from where it stood, only the system knows, and what waits here would be given out twice. From Linux 6.11
/// and glibc 2.41 on it is no call into the kernel any more.
///
/// # Panics
///
/// The system has no randomness: without it nothing here can be kept secret.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}
