//! A naive model of the store: a list, looked through each time.

use std::time::Duration;

use tokio::time::Instant;

use crate::session::SessionKey;
use crate::session::store::{
    Begun, Change, Claim, Commit, Committed, Content, Preemption, Record, StoreError, StoreLease, StoreLimits,
};

/// A session as the model has it.
#[derive(Debug, Clone)]
pub(super) struct Modelled {
    pub(super) key: SessionKey,
    pub(super) record: Option<Record>,
    committed: Option<u128>,
    /// Turn, fence, end of the lease, preemption.
    holder: Option<(u128, u64, Instant, Option<Preemption>)>,
    named: bool,
    pub(super) last_used: Instant,
    pub(super) expires: Instant,
}

/// All sessions, in the order in which they began.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) limits: StoreLimits,
    pub(super) sessions: Vec<Modelled>,
}

impl Modelled {
    pub(super) fn is_in_use(&self) -> bool {
        self.holder.is_some_and(|(_, _, until, _)| until > Instant::now())
    }

    pub(super) fn bytes(&self) -> u64 {
        self.record.as_ref().map_or(0, Record::bytes)
    }

    fn version(&self) -> u64 {
        self.record.as_ref().map_or(0, |record| record.version)
    }
}

impl Model {
    /// Forgets what is gone by now.
    pub(super) fn settle(&mut self) {
        let now = Instant::now();
        self.sessions
            .retain(|session| session.is_in_use() || (session.record.is_some() && session.expires > now));
    }

    pub(super) fn find(&mut self, key: &SessionKey) -> Option<&mut Modelled> {
        self.settle();
        self.sessions.iter_mut().find(|session| session.key == *key)
    }

    fn remove(&mut self, key: &SessionKey) {
        self.sessions.retain(|session| session.key != *key);
    }

    /// What a turn gets that is granted a lease with this fence if it is granted one.
    pub(super) fn begin(&mut self, key: &SessionKey, claim: &Claim, fence: u64) -> Begun {
        let now = Instant::now();
        if self.find(key).is_none() {
            self.sessions.push(Modelled {
                key: key.clone(),
                record: None,
                committed: None,
                holder: None,
                named: false,
                last_used: now,
                expires: now,
            });
        }
        let session = self.sessions.iter_mut().find(|session| session.key == *key).unwrap();
        if session.committed == Some(claim.turn) {
            return Begun::Replayed { version: session.version() };
        }
        let mut preemption = None;
        if let Some((turn, _, until, preempted)) = session.holder {
            if turn == claim.turn {
                preemption = preempted;
            } else if until > now {
                return Begun::Busy { remaining: until - now };
            }
        }
        session.holder = Some((claim.turn, fence, now + claim.lease, preemption));
        session.named |= claim.named;
        (session.last_used, session.expires) = (now, now + claim.ttl);
        let version = session.version();
        let content = match session.record.clone() {
            None => Content::New,
            Some(record) if Some(record.stamp) == claim.known => Content::Known,
            Some(record) => Content::Stored(record),
        };
        let lease = StoreLease { turn: claim.turn, fence, version, duration: claim.lease };
        Begun::Granted { lease, content }
    }

    fn held(&mut self, key: &SessionKey, lease: &StoreLease) -> Result<&mut Modelled, StoreError> {
        let session = self.find(key).ok_or(StoreError::Removed)?;
        match session.holder {
            Some((turn, fence, ..)) if (turn, fence) == (lease.turn, lease.fence) => Ok(session),
            _ => Err(StoreError::Fenced),
        }
    }

    pub(super) fn renew(
        &mut self,
        key: &SessionKey,
        lease: &StoreLease,
    ) -> Result<Option<Preemption>, StoreError> {
        let session = self.held(key, lease)?;
        let (.., until, preemption) = session.holder.as_mut().unwrap();
        *until = Instant::now() + lease.duration;
        Ok(*preemption)
    }

    pub(super) fn release(&mut self, key: &SessionKey, lease: &StoreLease) {
        if let Ok(session) = self.held(key, lease) {
            session.holder = None;
        }
        self.settle();
    }

    pub(super) fn preempt(&mut self, key: &SessionKey, preempted: Preemption) {
        if let Some((.., preemption)) = self.find(key).and_then(|session| session.holder.as_mut()) {
            *preemption = Some(preempted);
        }
    }

    pub(super) fn delete(&mut self, key: &SessionKey) -> bool {
        let was_there = self.find(key).is_some_and(|session| session.record.is_some());
        self.remove(key);
        was_there
    }

    pub(super) fn commit(
        &mut self,
        key: &SessionKey,
        lease: &StoreLease,
        commit: &Commit,
    ) -> Result<Committed, StoreError> {
        if let Some(session) = self.find(key)
            && session.committed == Some(lease.turn)
        {
            return Ok(Committed { version: session.version(), replayed: true });
        }
        let session = self.held(key, lease)?;
        let mut changed = session.clone();
        let version = session.version() + 1;
        match (&commit.change, &mut changed.record) {
            (Change::Touch, None) => {
                self.remove(key);
                return Ok(Committed { version: 0, replayed: false });
            }
            (Change::Append { .. }, None) => {
                let reason = "a piece was to be appended to a session that has no snapshot".to_owned();
                return Err(StoreError::Corrupt { reason });
            }
            (Change::Replace { format, snapshot }, record) => {
                let (format, snapshot) = (*format, snapshot.clone());
                *record = Some(Record { version, stamp: lease.fence, format, snapshot, pieces: vec![] });
            }
            (change, Some(record)) => {
                (record.version, record.stamp) = (version, lease.fence);
                if let Change::Append { piece } = change {
                    record.pieces.push(piece.clone());
                }
            }
        }
        changed.committed = Some(lease.turn);
        changed.holder = None;
        (changed.last_used, changed.expires) = (Instant::now(), Instant::now() + commit.ttl);
        self.admit(&changed)?;
        *self.find(key).unwrap() = changed;
        Ok(Committed { version, replayed: false })
    }

    /// Makes room for this session, or says why there is none.
    fn admit(&mut self, session: &Modelled) -> Result<(), StoreError> {
        let limits = self.limits;
        let is_owned = session.key.owner().name().is_some();
        let owner_bytes = limits.owner_bytes.filter(|_| is_owned);
        let limit =
            [Some(limits.session_bytes), limits.bytes, owner_bytes].into_iter().flatten().min().unwrap();
        if session.bytes() > limit {
            return Err(StoreError::TooLarge { bytes: session.bytes(), limit });
        }
        let before = self.sessions.clone();
        let mut scopes = vec![(false, limits.sessions, limits.bytes)];
        if is_owned {
            scopes.insert(0, (true, limits.owner_sessions, limits.owner_bytes));
        }
        for (of_owner, sessions, bytes) in scopes {
            let is_within = |other: &Modelled| {
                other.key != session.key
                    && other.record.is_some()
                    && (!of_owner || other.key.owner() == session.key.owner())
            };
            loop {
                let others = self.sessions.iter().filter(|other| is_within(other));
                let (count, total) = others
                    .fold((1, session.bytes()), |(count, total), other| (count + 1, total + other.bytes()));
                if sessions.is_none_or(|most| count <= most) && bytes.is_none_or(|most| total <= most) {
                    break;
                }
                let victim = self
                    .sessions
                    .iter()
                    .enumerate()
                    .filter(|(_, other)| {
                        is_within(other) && !other.is_in_use() && (session.named || !other.named)
                    })
                    .min_by_key(|(at, other)| (other.named, other.last_used, *at));
                let Some((at, _)) = victim else {
                    self.sessions = before;
                    return Err(StoreError::Capacity { retry_after: Duration::from_secs(5) });
                };
                self.sessions.remove(at);
            }
        }
        Ok(())
    }
}
