//! What a turn makes of a session.

use std::time::Duration;

use bytes::Bytes;

/// What a turn has made of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Everything anew: the pieces are gone.
    Replace {
        /// The format of the snapshot; see [`Record::format`](super::Record::format).
        format: u32,
        /// The whole memory.
        snapshot: Bytes,
    },
    /// One more piece, in the record's format. A session that begins has nothing to append to; its first commit
    /// replaces, and an append is [`StoreError::Corrupt`](super::StoreError::Corrupt).
    Append {
        /// What was added.
        piece: Bytes,
    },
    /// Nothing but the time of the last use. The version grows all the same. For a session that begins it is the same
    /// as a release.
    Touch,
}

impl Change {
    /// How many bytes are written.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Replace { snapshot, .. } => snapshot.len(),
            Self::Append { piece } => piece.len(),
            Self::Touch => 0,
        }
    }
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// What is changed.
    pub change: Change,
    /// How long the session is kept from now on if nobody uses it.
    pub ttl: Duration,
}

/// A commit that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The session's version now.
    pub version: u64,
    /// Whether it had been made before, by the same turn, and was not made again.
    pub replayed: bool,
}
