//! From what a surface has rendered to events with ids.

use std::fmt::Write as _;

use bytes::{Bytes, BytesMut};
use memchr::memmem;

use crate::session::store::LoggedEvent;

/// What ends an event. Inside of one it cannot occur: what comes from an agent or a client is escaped as JSON.
const END: &[u8] = b"\n\n";

/// How many bytes `id: `, a number and the end of the line take at most.
const LONGEST_ID: usize = 25;

/// Numbers the events of a run, from 1.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    last: u64,
    /// The beginning of an event whose end was not rendered yet.
    rest: Bytes,
}

impl Numbering {
    /// The events that are whole with `rendered`, each with its id in front. They share one piece of memory.
    pub(super) fn number(&mut self, rendered: Bytes) -> Vec<LoggedEvent> {
        let rendered = if self.rest.is_empty() {
            rendered
        } else {
            [std::mem::take(&mut self.rest), rendered].concat().into()
        };
        let ends: Vec<usize> = memmem::find_iter(&rendered, END).map(|at| at + END.len()).collect();
        let mut numbered = BytesMut::with_capacity(rendered.len() + ends.len() * LONGEST_ID);
        let mut events = Vec::with_capacity(ends.len());
        let mut begin = 0;
        for end in ends {
            self.last += 1;
            // Writing to memory cannot fail.
            let _ = writeln!(numbered, "id: {}", self.last);
            numbered.extend_from_slice(&rendered[begin..end]);
            events.push(LoggedEvent { id: self.last, bytes: numbered.split().freeze() });
            begin = end;
        }
        self.rest = rendered.slice(begin..);
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(events: &[LoggedEvent]) -> Vec<(u64, &str)> {
        events.iter().map(|event| (event.id, std::str::from_utf8(&event.bytes).unwrap())).collect()
    }

    #[test]
    fn every_event_gets_the_next_number() {
        let mut numbering = Numbering::default();
        let first = numbering.number(Bytes::from_static(b"data: a\n\ndata: b\n\n"));
        assert_eq!(texts(&first), [(1, "id: 1\ndata: a\n\n"), (2, "id: 2\ndata: b\n\n")]);
        assert_eq!(numbering.number(Bytes::from_static(b"data: [DO")), []);
        assert_eq!(numbering.number(Bytes::from_static(b"NE]\n")), []);
        let last = numbering.number(Bytes::from_static(b"\n"));
        assert_eq!(texts(&last), [(3, "id: 3\ndata: [DONE]\n\n")]);
        assert_eq!(numbering.number(Bytes::new()), []);
    }
}
