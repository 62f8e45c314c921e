//! What a row says of a session.

use bytes::Bytes;
use tokio_postgres::Row;

use super::function::column;
use super::names;
use crate::session::SessionId;
use crate::session::store::{Record, SessionSummary, StoreError};

/// What is stored; the snapshot and the pieces stand in one column.
pub(super) fn record(
    row: &Row,
    version: u64,
    stamp: u64,
    format: u64,
    pieces: &str,
) -> Result<Record, StoreError> {
    let mut pieces = column::<Vec<&[u8]>>(row, pieces)?.into_iter().map(Bytes::copy_from_slice);
    let corrupt = |reason: &str| StoreError::Corrupt { reason: reason.to_owned() };
    Ok(Record {
        version,
        stamp,
        format: u32::try_from(format).map_err(|_| corrupt("the record's format is out of range"))?,
        snapshot: pieces.next().ok_or_else(|| corrupt("the record has no snapshot"))?,
        pieces: pieces.collect(),
    })
}

/// What is known.
pub(super) fn summary(row: &Row) -> Result<SessionSummary, StoreError> {
    let number = |name| column::<i64>(row, name);
    Ok(SessionSummary {
        id: SessionId::parse(column(row, "id")?)
            .map_err(|_| StoreError::Corrupt { reason: "a session's id is none".to_owned() })?,
        version: names::unsigned(number("version")?),
        bytes: names::unsigned(number("bytes")?),
        created: names::time(number("created")?),
        last_used: names::time(number("last_used")?),
        expires: names::time(number("expires")?),
    })
}
