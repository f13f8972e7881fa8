//! What is rarely there, all in one box: where nothing of it is, it takes the room of a reference.

/// Nothing, or a box with what is there.
#[derive(Debug)]
pub(crate) struct Aside<T>(Option<Box<T>>);

/// Things that are rarely there.
pub(crate) trait Things: Default {
    /// Whether nothing is there, so that no box is needed.
    fn are_gone(&self) -> bool;
}

impl<T> Default for Aside<T> {
    fn default() -> Self {
        Aside(None)
    }
}

impl<T: Things> Aside<T> {
    pub(crate) fn things(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }

    /// Takes one of the things, if it is there.
    pub(crate) fn take<V>(&mut self, thing: impl FnOnce(&mut T) -> &mut Option<V>) -> Option<V> {
        let things = self.0.as_mut()?;
        let taken = thing(things).take();
        if things.are_gone() {
            self.0 = None;
        }
        taken
    }

    /// The things, if any is there.
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_deref()
    }

    /// The same, to change them in their place.
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Two(Option<u8>, Option<u8>);

    impl Things for Two {
        fn are_gone(&self) -> bool {
            matches!(self, Two(None, None))
        }
    }

    #[test]
    fn nothing_takes_no_room() {
        let mut aside = Aside::<Two>::default();
        assert_eq!(aside.take(|things| &mut things.0), None);
        *aside.things() = Two(Some(1), Some(2));
        assert_eq!(aside.take(|things| &mut things.0), Some(1));
        assert!(aside.get().is_some_and(|things| things.0.is_none()));
        assert_eq!(aside.take(|things| &mut things.1), Some(2));
        assert!(aside.get().is_none(), "no box is kept");
    }
}
