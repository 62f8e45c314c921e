//! A store of one's own, in front of one in memory, that breaks one promise.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use alphora::session::store::{
    Begun, Claim, Commit, Committed, Content, InMemoryStore, Page, PageRequest, Preemption, Record,
    SessionStore, StoreError, StoreFuture, StoreLease, StoreStatistics, StoredSession,
};
use alphora::{Owner, SessionId, SessionKey};

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    GrantsWhatIsInUse,
    AcknowledgesWhatIsFenced,
    ForgetsTheLastTurn,
    SaysKnownToAll,
    RepeatsFences,
    ReversesPieces,
    TouchesWhenRead,
    KeepsForLonger,
    KeepsPreemptions,
    SharesAmongOwners,
    ListsBackwards,
    NeverHasMore,
    CountsTwice,
    SweepsInSilence,
    ForgetsWhatWasTooLarge,
    DeletesInSilence,
}

#[derive(Debug)]
pub(super) struct Faulty {
    fault: Fault,
    inner: InMemoryStore,
    preempted: Mutex<Option<Preemption>>,
    /// The fences that were given out of a turn's leases, and what they are inside.
    fences: Mutex<HashMap<(u128, u64), u64>>,
}

impl Faulty {
    pub(super) fn new(fault: Fault) -> Self {
        Self { fault, inner: InMemoryStore::default(), preempted: Mutex::default(), fences: Mutex::default() }
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn key(&self, key: &SessionKey) -> SessionKey {
        let owner = if self.is(Fault::SharesAmongOwners) { Owner::anonymous() } else { key.owner().clone() };
        SessionKey::new(key.agent(), owner, key.id().clone())
    }

    fn ttl(&self, ttl: Duration) -> Duration {
        if self.is(Fault::KeepsForLonger) { ttl.saturating_mul(10) } else { ttl }
    }

    fn record(&self, mut record: Record) -> Record {
        if self.is(Fault::ReversesPieces) {
            record.pieces.reverse();
        }
        record
    }

    /// The lease as the store inside knows it.
    fn lease(&self, lease: &StoreLease) -> StoreLease {
        let fences = self.fences.lock().unwrap();
        let fence = fences.get(&(lease.turn, lease.fence)).copied();
        StoreLease { fence: fence.unwrap_or(lease.fence), ..lease.clone() }
    }
}

impl SessionStore for Faulty {
    fn begin<'a>(&'a self, key: &'a SessionKey, claim: &'a Claim) -> StoreFuture<'a, Begun> {
        Box::pin(async move {
            let claim = Claim { ttl: self.ttl(claim.ttl), ..claim.clone() };
            Ok(match self.inner.begin(&self.key(key), &claim).await? {
                Begun::Busy { .. } if self.is(Fault::GrantsWhatIsInUse) => {
                    let lease =
                        StoreLease { turn: claim.turn, fence: u64::MAX, version: 0, duration: claim.lease };
                    Begun::Granted { lease, content: Content::New }
                }
                Begun::Replayed { .. } if self.is(Fault::ForgetsTheLastTurn) => {
                    Begun::Busy { remaining: Duration::from_secs(1) }
                }
                Begun::Granted { mut lease, content } => {
                    if self.is(Fault::RepeatsFences) {
                        let fence = lease.fence;
                        lease.fence /= 4;
                        self.fences.lock().unwrap().insert((lease.turn, lease.fence), fence);
                    }
                    let content = match content {
                        Content::Stored(_) if self.is(Fault::SaysKnownToAll) && claim.known.is_some() => {
                            Content::Known
                        }
                        Content::Stored(record) => Content::Stored(self.record(record)),
                        other => other,
                    };
                    Begun::Granted { lease, content }
                }
                other => other,
            })
        })
    }

    fn renew<'a>(
        &'a self,
        key: &'a SessionKey,
        lease: &'a StoreLease,
    ) -> StoreFuture<'a, Option<Preemption>> {
        Box::pin(async move {
            let heard = self.inner.renew(&self.key(key), &self.lease(lease)).await?;
            let kept = *self.preempted.lock().unwrap();
            Ok(heard.or(kept.filter(|_| self.is(Fault::KeepsPreemptions))))
        })
    }

    fn commit<'a>(
        &'a self,
        key: &'a SessionKey,
        lease: &'a StoreLease,
        commit: &'a Commit,
    ) -> StoreFuture<'a, Committed> {
        Box::pin(async move {
            let commit = Commit { change: commit.change.clone(), ttl: self.ttl(commit.ttl) };
            match self.inner.commit(&self.key(key), &self.lease(lease), &commit).await {
                Err(StoreError::Fenced) if self.is(Fault::AcknowledgesWhatIsFenced) => {
                    Ok(Committed { version: lease.version + 1, replayed: false })
                }
                Err(error @ StoreError::TooLarge { .. }) if self.is(Fault::ForgetsWhatWasTooLarge) => {
                    self.inner.delete(&self.key(key)).await?;
                    Err(error)
                }
                Ok(Committed { replayed: true, .. }) if self.is(Fault::ForgetsTheLastTurn) => {
                    Err(StoreError::Fenced)
                }
                other => other,
            }
        })
    }

    fn release<'a>(&'a self, key: &'a SessionKey, lease: &'a StoreLease) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.inner.release(&self.key(key), &self.lease(lease)).await })
    }

    fn preempt<'a>(&'a self, key: &'a SessionKey, preemption: Preemption) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            *self.preempted.lock().unwrap() = Some(preemption);
            self.inner.preempt(&self.key(key), preemption).await
        })
    }

    fn read<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, Option<StoredSession>> {
        Box::pin(async move {
            let key = self.key(key);
            if self.is(Fault::TouchesWhenRead) {
                let (lease, ttl) = (Duration::from_secs(1), Duration::from_secs(900));
                let claim = Claim { turn: a_turn(), lease, ttl, known: None, named: false };
                if let Begun::Granted { lease, .. } = self.inner.begin(&key, &claim).await? {
                    self.inner.release(&key, &lease).await?;
                }
            }
            let stored = self.inner.read(&key).await?;
            Ok(stored.map(|stored| StoredSession { record: self.record(stored.record), ..stored }))
        })
    }

    fn delete<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let was_there = self.inner.delete(&self.key(key)).await?;
            Ok(was_there && !self.is(Fault::DeletesInSilence))
        })
    }

    fn list<'a>(&'a self, agent: &'a str, owner: &'a Owner, page: &'a PageRequest) -> StoreFuture<'a, Page> {
        Box::pin(async move {
            let id = SessionId::parse("any").map_err(StoreError::unavailable)?;
            let owner = self.key(&SessionKey::new(agent, owner.clone(), id)).owner().clone();
            let mut page = self.inner.list(agent, &owner, page).await?;
            if self.is(Fault::ListsBackwards) {
                page.sessions.reverse();
            }
            page.more &= !self.is(Fault::NeverHasMore);
            Ok(page)
        })
    }

    fn statistics(&self) -> StoreFuture<'_, StoreStatistics> {
        Box::pin(async move {
            let StoreStatistics { sessions, bytes } = self.inner.statistics().await?;
            let times = if self.is(Fault::CountsTwice) { 2 } else { 1 };
            Ok(StoreStatistics { sessions: sessions * times, bytes })
        })
    }

    fn sweep(&self) -> StoreFuture<'_, u64> {
        Box::pin(async move {
            let swept = self.inner.sweep().await?;
            Ok(if self.is(Fault::SweepsInSilence) { 0 } else { swept })
        })
    }

    fn check(&self) -> StoreFuture<'_, ()> {
        self.inner.check()
    }
}

/// A turn that nobody else has.
fn a_turn() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    u128::from_ne_bytes(bytes)
}
