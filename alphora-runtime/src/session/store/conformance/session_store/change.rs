//! What the three kinds of commits leave.

use bytes::Bytes;

use super::super::Violation;
use super::super::bench::{Bench, append, replace};
use crate::session::store::{Change, Committed, Content};

/// More pieces than fit into one row, page or reply of a careless store.
const PIECES: usize = 200;

pub(in super::super) async fn replaces(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first")).await?;
    session.turn(append("a piece")).await?;
    session.turn(Change::Replace { format: 7, snapshot: "second".into() }).await?;
    let record = session.record().await?;
    bench.same("replaced a record: its snapshot", &record.snapshot, &Bytes::from("second"))?;
    bench.same("replaced a record: its format", &record.format, &7)?;
    bench.same("replaced a record: its pieces", &record.pieces, &Vec::new())?;
    session.turn(Change::Replace { format: u32::MAX, snapshot: Bytes::new() }).await?;
    let record = session.record().await?;
    bench.same("replaced a record by nothing", &(record.snapshot, record.format), &(Bytes::new(), u32::MAX))
}

pub(in super::super) async fn appends(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(Change::Replace { format: 3, snapshot: "all before".into() }).await?;
    let mut pieces = Vec::new();
    for number in 0..PIECES {
        let piece = if number == 11 { String::new() } else { format!("{{\"piece\":{number}}}") };
        session.turn(append(&piece)).await?;
        pieces.push(Bytes::from(piece));
    }
    let stored = session.stored().await?;
    bench.same("appended pieces: the snapshot", &stored.record.snapshot, &Bytes::from("all before"))?;
    bench.same("appended pieces: the format", &stored.record.format, &3)?;
    bench.same("appended pieces, one of them empty", &stored.record.pieces, &pieces)?;
    bench.same("counted the bytes of a record", &stored.summary.bytes, &stored.record.bytes())?;
    let (_, content) = session.lend().await?;
    bench.same("began after pieces were appended", &content, &Content::Stored(stored.record))
}

pub(in super::super) async fn touches(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first")).await?;
    session.turn(append("a piece")).await?;
    let before = session.record().await?;
    let stamp = session.turn(Change::Touch).await?;
    let after = session.record().await?;
    let expected = crate::session::store::Record { version: before.version + 1, stamp, ..before };
    bench.same("touched a session", &after, &expected)?;
    // There is nothing of a session that begins that could be touched.
    let session = bench.session()?;
    let lease = session.lend_anew().await?;
    session.commit(&lease, Change::Touch).await?;
    bench.same("touched a session that begins, and read it", &session.read().await?, &None)?;
    session.lend_anew().await?;
    Ok(())
}

pub(in super::super) async fn any_bytes(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    let all: Bytes = (0..=u8::MAX).cycle().take(70_000).collect();
    session.turn(Change::Replace { format: 0, snapshot: all.clone() }).await?;
    session.turn(Change::Append { piece: all.slice(1..) }).await?;
    session.turn(Change::Append { piece: "\u{0}{}:\r\n\"\u{1F600}".into() }).await?;
    let record = session.record().await?;
    bench.same("stored a snapshot of all bytes", &(record.snapshot == all), &true)?;
    let pieces = [all.slice(1..), "\u{0}{}:\r\n\"\u{1F600}".into()];
    bench.same("stored pieces of all bytes", &(record.pieces == pieces), &true)
}

pub(in super::super) async fn versions(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    let changes = [replace("a"), append("b"), Change::Touch, replace("c"), Change::Touch, append("d")];
    for (change, version) in changes.into_iter().zip(1..) {
        let (lease, _) = session.lend().await?;
        bench.same("looked at a lease's version", &lease.version, &(version - 1))?;
        let committed = session.commit(&lease, change).await?;
        bench.same("committed", &committed, &Committed { version, replayed: false })?;
        let stored = session.stored().await?;
        let found = (stored.record.version, stored.summary.version, stored.record.stamp);
        bench.same("read versions and stamp after a commit", &found, &(version, version, lease.fence))?;
    }
    Ok(())
}
