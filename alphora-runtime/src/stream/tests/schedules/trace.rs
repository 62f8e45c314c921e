//! What the threads did, in the order in which they had the output's lock, and whether the reader's text fits.

use std::sync::Mutex;

use crate::sync::sections;

#[derive(Debug)]
pub(super) enum Event {
    Sent(String),
    /// The sender has gone away; the piece may have been sent.
    GivenUp(String),
    /// It was too late to send.
    Refused,
    Stopped,
    Ended(&'static str),
    Abandoned,
    /// What the reader's text does not depend on.
    Other,
}

/// Forgets the holds of the lock that the thread has had, before a call that matters.
pub(super) fn forget() {
    drop(sections());
}

#[derive(Debug, Default)]
pub(super) struct Trace(Mutex<Vec<(u64, Event)>>);

impl Trace {
    /// Notes what the last hold of the lock has decided.
    pub(super) fn note(&self, event: Event) {
        let section = *sections().last().unwrap();
        self.0.lock().unwrap().push((section.order, event));
    }

    pub(super) fn check(&self, read: &str) {
        let mut events = std::mem::take(&mut *self.0.lock().unwrap());
        events.sort_by_key(|(order, _)| *order);
        let mut rest = read;
        let mut open = true;
        let mut closed = false;
        // Once the reader has left, what it did not take is gone.
        let abandoned = events.iter().any(|(_, event)| matches!(event, Event::Abandoned));
        for (_, event) in &events {
            let (text, required) = match event {
                Event::Sent(piece) => {
                    assert!(open, "{piece:.5} was sent after the end: {events:.5?}");
                    (piece.as_str(), true)
                }
                Event::GivenUp(piece) => (piece.as_str(), false),
                Event::Refused => {
                    assert!(!open, "refused before the end: {events:.5?}");
                    continue;
                }
                Event::Stopped => {
                    open = false;
                    continue;
                }
                Event::Ended(ending) => {
                    open = false;
                    if std::mem::replace(&mut closed, true) {
                        continue;
                    }
                    (*ending, true)
                }
                Event::Abandoned => {
                    (open, closed) = (false, true);
                    continue;
                }
                Event::Other => continue,
            };
            match rest.strip_prefix(text) {
                Some(after) => rest = after,
                None if abandoned && rest.is_empty() => {}
                None => assert!(!required, "{text:.5} was not read: {rest:.40} of {events:.40?}"),
            }
        }
        assert_eq!(rest, "", "read although it was not sent");
    }
}
