//! What the standard says, what any split must not change, what another parser says, and what stays bounded.

mod bounds;
mod oracle;
mod properties;
mod standard;

use bytes::Bytes;

use super::{Parser, SseError};

/// An event as it is compared: its name and its data.
type Told = (Option<String>, String);

/// All that a parser says about a body: its events, and how it ended.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    events: Vec<Told>,
    end: Result<(), SseError>,
}

/// Gives the pieces to a parser one after the other.
fn parse<'a>(limit: usize, pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut parser = Parser::new(limit);
    let mut events = Vec::new();
    for piece in pieces {
        let mut piece = Bytes::copy_from_slice(piece);
        while let Some(event) = parser.next(&mut piece) {
            match event {
                Ok(event) => events.push((event.name.map(Into::into), event.data.into())),
                Err(error) => return Outcome { events, end: Err(error) },
            }
        }
        assert!(piece.is_empty(), "a parser that wants more has used up what it had");
    }
    Outcome { events, end: parser.finish() }
}

/// Gives a body in one piece.
fn whole(body: &[u8]) -> Outcome {
    parse(usize::MAX, [body])
}
