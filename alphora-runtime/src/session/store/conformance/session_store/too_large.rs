//! Sessions that would take more than they may.

use bytes::Bytes;

use super::super::Violation;
use super::super::bench::{Bench, TTL, append, replace};
use crate::session::store::{Change, Committed, StoreError, StoredSession};

/// The sizes that are tried until one is too large; the first is more than the default of all stores. A store that
/// takes the last as well has no limit that could be checked.
const SIZES: [usize; 4] = [9 << 20, 18 << 20, 36 << 20, 72 << 20];

pub(in super::super) async fn refused(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first")).await?;
    let mut limit = None;
    for size in SIZES {
        let before = session.stored().await?;
        let (lease, _) = session.lend().await?;
        let change = Change::Replace { format: 2, snapshot: vec![b'x'; size].into() };
        let tried = session.try_commit(&lease, change, TTL).await;
        match tried {
            Ok(_) => continue,
            Err(StoreError::TooLarge { bytes, limit: most }) if bytes == size as u64 && most < bytes => {
                same(bench, "replaced by too much", &session.stored().await?, &before)?;
                // The lease is as it was, too.
                session.commit(&lease, Change::Touch).await?;
                limit = Some(most);
            }
            Err(other) => {
                return Err(bench.violation(
                    format!("replaced by {size} bytes"),
                    "TooLarge, above a limit",
                    other,
                ));
            }
        }
        break;
    }
    if let Some(limit) = limit {
        fill(bench, limit).await?;
    }
    // Nothing of so large a session is left.
    bench.done("deleted it", bench.store.delete(&session.key).await)?;
    Ok(())
}

/// Exactly as much as the limit is not too much, and one byte more is.
async fn fill(bench: &Bench, limit: u64) -> Result<(), Violation> {
    let session = bench.session()?;
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let snapshot = Bytes::from(vec![b'y'; size - size / 4]);
    session.turn(Change::Replace { format: 2, snapshot }).await?;
    session.turn(Change::Append { piece: vec![b'y'; size / 4].into() }).await?;
    let before = session.stored().await?;
    bench.same("filled a session up to its limit", &before.summary.bytes, &limit)?;
    let (lease, _) = session.lend().await?;
    let found = session.try_commit(&lease, append("z"), TTL).await;
    let expected = Err(StoreError::TooLarge { bytes: limit + 1, limit });
    bench.same("appended one byte to a session that is full", &found, &expected)?;
    same(bench, "appended too much", &session.stored().await?, &before)?;
    let committed = session.commit(&lease, replace("small")).await?;
    bench.same("replaced it by less", &committed, &Committed { version: 3, replayed: false })?;
    bench.done("deleted it", bench.store.delete(&session.key).await)?;
    Ok(())
}

/// Whether a session is as it was, but for the times that the lease has moved.
fn same(bench: &Bench, action: &str, found: &StoredSession, before: &StoredSession) -> Result<(), Violation> {
    bench.same(action, &(&found.record, found.summary.bytes), &(&before.record, before.summary.bytes))
}
