//! What of an expansion only an editor reads. Whether one does is asked here, so that no crate that uses the macro has to
//! know of the question.

/// The conversation as plain Rust, in which the words are calls.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __editor {
    ($($shadow:tt)*) => {
        const _: () = {
            use $crate::__private::words::*;
            $($shadow)*
        };
    };
}

/// Nothing, for compilers.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __editor {
    ($($shadow:tt)*) => {};
}
