//! One stored session: a snapshot, and what was appended to it since.

use bytes::Bytes;

/// What is stored of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// How often the session was committed. From 1.
    pub version: u64,
    /// The fence of the lease that was committed last. Unlike the version it is never another record's of the same
    /// session, even if that was deleted and began anew.
    pub stamp: u64,
    /// The [`VERSION`](crate::session::Memory::VERSION) of the memory's type in which snapshot and pieces are written.
    pub format: u32,
    /// The memory at the last commit that replaced it, as JSON.
    pub snapshot: Bytes,
    /// What commits have appended since, the earliest first, each as JSON.
    pub pieces: Vec<Bytes>,
}

impl Record {
    /// How many bytes the record counts for against the limits: its snapshot and its pieces.
    pub fn bytes(&self) -> u64 {
        let pieces: u64 = self.pieces.iter().map(|piece| piece.len() as u64).sum();
        self.snapshot.len() as u64 + pieces
    }
}
