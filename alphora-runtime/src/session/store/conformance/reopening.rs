//! What a durable store still has when it is opened again.

use std::sync::Arc;
use std::time::Instant;

use super::bench::{Bench, SHORT, append, replace};
use super::session_store::expired_lease::take_over;
use super::{Report, Violation};
use crate::session::SessionKey;
use crate::session::store::{Begun, Change, Claim, Committed, Content, Record, SessionStore, StoreLease};

const NAME: &str = "survives_reopening";
const PROMISE: &str = "what a commit has acknowledged is there when the store is opened again";

/// How often the store is opened again.
const LIVES: u64 = 3;

/// Checks that a durable store has everything that was committed when it is closed and opened again.
///
/// `open` opens the same store each time. The one before was [closed](SessionStore::close) and dropped by then.
///
/// # Errors
/// Something that was committed is gone, or something is there that was not.
pub async fn survives_reopening(open: impl Fn() -> Arc<dyn SessionStore>) -> Result<Report, Violation> {
    let begun = Instant::now();
    let mut past = {
        let bench = Bench::of(NAME, PROMISE, open())?;
        let past = Past::begin(&bench).await?;
        bench.done("closed the store", bench.store.close().await)?;
        past
    };
    for _ in 0..LIVES {
        let bench = Bench::of(NAME, PROMISE, open())?;
        bench.done("checked the store after it was opened again", bench.store.check().await)?;
        past.look(&bench).await?;
        bench.done("closed the store", bench.store.close().await)?;
    }
    let mut report = Report::default();
    report.passed.push((NAME, begun.elapsed()));
    Ok(report)
}

/// What was done before. It holds no handle of the store.
struct Past {
    /// A session that is there, what is stored of it, and the turn that was committed last.
    kept: SessionKey,
    record: Record,
    last: (Claim, StoreLease, Change),
    /// A session that was deleted, and its last stamp.
    deleted: (SessionKey, u64),
    /// A session whose turn was never committed.
    abandoned: (SessionKey, StoreLease),
}

impl Past {
    async fn begin(bench: &Bench) -> Result<Self, Violation> {
        let kept = bench.session()?;
        kept.turn(replace("first")).await?;
        kept.turn(append("second")).await?;
        let claim = bench.claim()?;
        let (lease, _) = kept.grant(&claim).await?;
        kept.commit(&lease, append("third")).await?;
        let deleted = bench.session()?;
        let stamp = deleted.turn(replace("first life")).await?;
        bench.done("deleted a session", bench.store.delete(&deleted.key).await)?;
        let abandoned = bench.session()?;
        abandoned.turn(replace("before")).await?;
        let (left, _) = abandoned.grant(&Claim { lease: SHORT, ..bench.claim()? }).await?;
        Ok(Self {
            record: kept.record().await?,
            kept: kept.key,
            last: (claim, lease, append("third")),
            deleted: (deleted.key, stamp),
            abandoned: (abandoned.key, left),
        })
    }

    async fn look(&mut self, bench: &Bench) -> Result<(), Violation> {
        self.look_at_the_kept(bench).await?;

        let (key, stamp) = &mut self.deleted;
        let deleted = bench.session_of(key.clone());
        bench.same("read what was deleted before", &deleted.read().await?, &None)?;
        let lease = deleted.lend_anew().await?;
        bench.holds(
            "compared fences of both lives",
            "a higher one",
            (&stamp, &lease),
            lease.fence > *stamp,
        )?;
        deleted.commit(&lease, replace("second life")).await?;
        let (lease, content) = deleted.grant(&Claim { known: Some(*stamp), ..bench.claim()? }).await?;
        let is_sent = matches!(content, Content::Stored(_));
        bench.holds("began with the stamp of an earlier life", "Stored", content, is_sent)?;
        *stamp = lease.fence;
        bench.done("deleted it again", bench.store.delete(&deleted.key).await)?;

        let (key, left) = &mut self.abandoned;
        let abandoned = bench.session_of(key.clone());
        bench.same("read what a turn never committed", &abandoned.record().await?.version, &1)?;
        let (lease, _) = take_over(&abandoned).await?;
        bench.holds("compared fences", "a higher one", (&*left, &lease), lease.fence > left.fence)?;
        abandoned.is_lost("a lease from before the store was closed, which another took over", left).await?;
        abandoned.release(&lease).await?;
        let (lease, _) = abandoned.grant(&Claim { lease: SHORT, ..bench.claim()? }).await?;
        *left = lease;
        Ok(())
    }

    /// Finds the record as it was, repeats the last turn's commit, and makes another.
    async fn look_at_the_kept(&mut self, bench: &Bench) -> Result<(), Violation> {
        let kept = bench.session_of(self.kept.clone());
        bench.same("read what was committed before", &kept.record().await?, &self.record)?;
        let (claim, lease, change) = &self.last;
        let version = self.record.version;
        let again = kept.begin(claim).await?;
        bench.same("began a turn that was committed before", &again, &Begun::Replayed { version })?;
        let again = kept.commit(lease, change.clone()).await?;
        bench.same("committed it again", &again, &Committed { version, replayed: true })?;
        let claim = Claim { known: Some(self.record.stamp), ..bench.claim()? };
        let (lease, content) = kept.grant(&claim).await?;
        bench.same("began with a stamp from before", &content, &Content::Known)?;
        let change = append(&format!("after version {version}"));
        kept.commit(&lease, change.clone()).await?;
        self.last = (claim, lease, change);
        self.record = kept.record().await?;
        bench.same("counted the pieces", &(self.record.pieces.len() as u64), &version)
    }
}
