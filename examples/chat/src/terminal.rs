//! The terminal's mode, kept to be put back.
//!
//! The line editor waits for a key on a thread of its own, in raw mode. When the server closes, nothing can end that
//! wait: the program ends instead, and puts the mode back itself.

#[cfg(unix)]
pub(crate) use unix::Terminal;

#[cfg(unix)]
mod unix {
    use std::io::stdin;

    use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};

    #[derive(Debug)]
    pub(crate) struct Terminal(Option<Termios>);

    impl Terminal {
        pub(crate) fn remember() -> Self {
            Terminal(tcgetattr(stdin()).ok())
        }
    }

    impl Drop for Terminal {
        fn drop(&mut self) {
            if let Some(mode) = &self.0 {
                // If this fails the terminal is gone, and there is nobody to tell.
                let _ = tcsetattr(stdin(), SetArg::TCSADRAIN, mode);
            }
        }
    }
}

/// Elsewhere the shell puts the mode back.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Terminal;

#[cfg(not(unix))]
impl Terminal {
    pub(crate) fn remember() -> Self {
        Terminal
    }
}
