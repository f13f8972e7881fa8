//! A future in a box that is made in its place.

use std::pin::Pin;

/// As `Box::pin`, which makes it elsewhere and moves it: with all the room that it will have, though there is next to nothing
/// in it before it runs.
#[inline]
pub(crate) fn pinned<F>(make: impl FnOnce() -> F) -> Pin<Box<F>> {
    let place = Box::new_uninit();
    Box::into_pin(Box::write(place, make()))
}
