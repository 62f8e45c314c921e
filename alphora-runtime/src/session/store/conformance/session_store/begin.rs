//! What a turn gets when it begins.

use super::super::Violation;
use super::super::bench::{Bench, replace};
use crate::session::store::Content;

pub(in super::super) async fn anew(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.lend_anew().await?;
    // A stamp that is known of a session that is not there says nothing about it.
    let other = bench.session()?;
    let claim = crate::session::store::Claim { known: Some(1), ..bench.claim()? };
    let (_, content) = other.grant(&claim).await?;
    bench.same("began a session that is not there and said a stamp", &content, &Content::New)
}

pub(in super::super) async fn stored(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    let first = session.lend_anew().await?;
    session.commit(&first, replace("first")).await?;
    let (lease, content) = session.lend().await?;
    bench.same("looked at the version of a session that was committed once", &lease.version, &1)?;
    let Content::Stored(record) = content else {
        return Err(bench.violation("began a session that is stored", "Stored", content));
    };
    bench.same("compared what a turn gets with what is read", &record, &session.record().await?)?;
    bench.same("looked at the snapshot", &record.snapshot.as_ref(), &b"first".as_slice())
}
