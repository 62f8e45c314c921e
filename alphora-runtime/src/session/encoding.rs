//! A typed memory as what a store keeps: a snapshot, and pieces that were added to it since.

use std::any::type_name;
use std::cmp::Ordering;

use bytes::Bytes;
use serde_json::Value;

use super::store::{Change, Record};
use super::{Memory, SessionError};
use crate::error::Error;
use crate::hidden::json_problem;

/// How long pieces may be together, however short the snapshot is.
const PIECES: u64 = 16 << 10;

/// What a piece costs a store and a reader besides its bytes. So a snapshot of 16 KiB has at most 64 pieces, and
/// a larger one has more in proportion: were their number fixed, every so many turns would write a snapshot that
/// grows and grows.
const PIECE: u64 = 256;

/// The memory that is stored.
///
/// # Errors
/// [`SessionError::Unreadable`].
pub(crate) fn decode<M: Memory>(record: &Record) -> Result<M, SessionError> {
    let format = record.format;
    let no_snapshot = |error: serde_json::Error| unreadable::<M>(format, &json_problem(&error));
    let mut memory: M = match format.cmp(&M::VERSION) {
        Ordering::Equal => serde_json::from_slice(&record.snapshot).map_err(no_snapshot)?,
        Ordering::Less => {
            let old: Value = serde_json::from_slice(&record.snapshot).map_err(no_snapshot)?;
            M::migrate(format, old).map_err(|error| unreadable::<M>(format, &error))?
        }
        Ordering::Greater => {
            return Err(unreadable::<M>(format, &"a newer one has stored it: update this server"));
        }
    };
    for (nth, piece) in (1..).zip(&record.pieces) {
        let no_piece = |error: Error| {
            unreadable::<M>(format, &format_args!("piece {nth} of {}: {error}", record.pieces.len()))
        };
        memory.apply(format, piece).map_err(no_piece)?;
    }
    Ok(memory)
}

fn unreadable<M: Memory>(format: u32, problem: &dyn std::fmt::Display) -> SessionError {
    let (memory, version) = (type_name::<M>(), M::VERSION);
    SessionError::Unreadable {
        reason: format!("a `{memory}` of version {format}, read by version {version}: {problem}"),
    }
}

/// How what is stored of a session is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    /// How many pieces there are.
    pub(crate) pieces: usize,
    /// What they take together.
    pub(crate) piece_bytes: u64,
    /// What the snapshot takes.
    pub(crate) snapshot_bytes: u64,
    format: u32,
}

impl Written {
    pub(crate) fn of(record: &Record) -> Self {
        let snapshot_bytes = record.snapshot.len() as u64;
        Self {
            pieces: record.pieces.len(),
            piece_bytes: record.bytes() - snapshot_bytes,
            snapshot_bytes,
            format: record.format,
        }
    }

    /// What is stored once a piece was added; nothing if it is time to store everything anew.
    ///
    /// Pieces may become as long as the snapshot. So what is read is at most twice as long as it must be, and what is
    /// written is a multiple of what was added, however long the session is.
    fn with(self, piece: &[u8]) -> Option<Self> {
        let added =
            Self { pieces: self.pieces + 1, piece_bytes: self.piece_bytes + piece.len() as u64, ..self };
        let cost = added.piece_bytes + added.pieces as u64 * PIECE;
        (cost <= self.snapshot_bytes.max(PIECES)).then_some(added)
    }
}

/// What makes `memory` of what is stored, which is `before`, and what is stored then.
///
/// # Errors
/// [`SessionError::Unwritable`].
pub(crate) fn encode<M: Memory>(
    before: Option<(&M, Written)>,
    memory: &M,
) -> Result<(Change, Written), SessionError> {
    if let Some((before, written)) = before {
        if !memory.changed(before) {
            return Ok((Change::Touch, written));
        }
        if written.format == M::VERSION
            && let Some(piece) = memory.appended(before)
            && let Some(written) = written.with(&piece)
        {
            return Ok((Change::Append { piece: piece.into() }, written));
        }
    }
    let snapshot: Bytes = serde_json::to_vec(memory)
        .map_err(|error| SessionError::Unwritable { reason: format!("a `{}`: {error}", type_name::<M>()) })?
        .into();
    let format = M::VERSION;
    let written = Written { pieces: 0, piece_bytes: 0, snapshot_bytes: snapshot.len() as u64, format };
    Ok((Change::Replace { format, snapshot }, written))
}

#[cfg(test)]
mod tests;
