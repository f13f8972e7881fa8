//! What the server sends into a conversation.

use std::any::Any;
use std::fmt;

/// Something that the server sends into a conversation whose `hears` names its type.
///
/// ```
/// use converse::Event;
///
/// let event = Event::new(3u8);
/// let event = event.take::<String>().unwrap_err(); // of another type
/// assert_eq!(event.take::<u8>().unwrap(), 3);
/// ```
pub struct Event(Box<dyn Any + Send>);

impl Event {
    /// An event of any type.
    pub fn new<E: Send + 'static>(event: E) -> Self {
        Event(Box::new(event))
    }

    /// The event, if it is an `E`.
    ///
    /// # Errors
    ///
    /// Itself, where it is of another type.
    pub fn take<E: 'static>(self) -> Result<E, Event> {
        self.0.downcast().map(|event| *event).map_err(Event)
    }
}

/// Not what it is, which need not be for everybody to see.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Event(…)")
    }
}

/// The events of a conversation that hears none: there is no value of this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Never {}
