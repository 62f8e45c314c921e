//! A store on the bench: keys that nobody else has, and calls whose failures are violations.

use std::sync::Arc;
use std::time::Duration;

use super::Violation;
pub(super) use super::subject::LONG;
use super::subject::{Subject, shortened};
use crate::session::store::{
    Begun, Change, Claim, Commit, Committed, Content, Record, SessionStore, StoreError, StoreLease,
    StoredSession,
};
use crate::session::{SessionId, SessionKey};

/// A lease or a time to live that is waited for.
pub(super) const SHORT: Duration = Duration::from_millis(200);

/// How long a session of a check is kept.
pub(super) const TTL: Duration = Duration::from_secs(600);

/// A store on the bench.
pub(super) type Bench = Subject<dyn SessionStore>;

/// A session of a store on the bench.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) bench: Bench,
    pub(super) key: SessionKey,
}

impl Bench {
    /// A session that nobody has used.
    pub(super) fn session(&self) -> Result<Session, Violation> {
        let id = SessionId::generate().map_err(|error| self.violation("generated an id", "an id", error))?;
        Ok(self.session_of(SessionKey::new(Arc::clone(&self.agent), self.owner.clone(), id)))
    }

    /// The session of this check that has this id.
    pub(super) fn named(&self, id: &str) -> Result<Session, Violation> {
        let id = SessionId::parse(id).map_err(|error| self.violation("chose an id", "an id", error))?;
        Ok(self.session_of(SessionKey::new(Arc::clone(&self.agent), self.owner.clone(), id)))
    }

    pub(super) fn session_of(&self, key: SessionKey) -> Session {
        Session { bench: self.clone(), key }
    }

    /// How a turn of its own asks for a session that it knows nothing about.
    pub(super) fn claim(&self) -> Result<Claim, Violation> {
        Ok(Claim { turn: self.random()?, lease: LONG, ttl: TTL, known: None, named: true })
    }
}

/// A commit that replaces by a text.
pub(super) fn replace(text: &str) -> Change {
    Change::Replace { format: 1, snapshot: text.to_owned().into() }
}

/// A commit that appends a text.
pub(super) fn append(text: &str) -> Change {
    Change::Append { piece: text.to_owned().into() }
}

impl Session {
    /// A turn of its own begins.
    pub(super) async fn begin(&self, claim: &Claim) -> Result<Begun, Violation> {
        self.bench.done("began a turn", self.bench.store.begin(&self.key, claim).await)
    }

    /// A turn begins, and is granted the session.
    pub(super) async fn grant(&self, claim: &Claim) -> Result<(StoreLease, Content), Violation> {
        match self.begin(claim).await? {
            Begun::Granted { lease, content } => {
                self.bench.same("looked at a lease's turn", &lease.turn, &claim.turn)?;
                self.bench.same("looked at a lease's duration", &lease.duration, &claim.lease)?;
                Ok((lease, content))
            }
            other => Err(self.bench.violation("began a turn of a session that is free", "Granted", other)),
        }
    }

    /// A turn of its own begins with a long lease.
    pub(super) async fn lend(&self) -> Result<(StoreLease, Content), Violation> {
        self.grant(&self.bench.claim()?).await
    }

    /// A turn of its own begins, as the first of this session.
    pub(super) async fn lend_anew(&self) -> Result<StoreLease, Violation> {
        let (lease, content) = self.lend().await?;
        self.bench.same("began a session that is not there", &content, &Content::New)?;
        self.bench.same("looked at the version of a session that begins", &lease.version, &0)?;
        Ok(lease)
    }

    /// Commits, with the time to live of all checks.
    pub(super) async fn commit(&self, lease: &StoreLease, change: Change) -> Result<Committed, Violation> {
        self.commit_for(lease, change, TTL).await
    }

    pub(super) async fn commit_for(
        &self,
        lease: &StoreLease,
        change: Change,
        ttl: Duration,
    ) -> Result<Committed, Violation> {
        let action = format!("committed {}", shortened(&change));
        self.bench.done(&action, self.try_commit(lease, change, ttl).await)
    }

    pub(super) async fn try_commit(
        &self,
        lease: &StoreLease,
        change: Change,
        ttl: Duration,
    ) -> Result<Committed, StoreError> {
        self.bench.store.commit(&self.key, lease, &Commit { change, ttl }).await
    }

    /// One whole turn; its stamp.
    pub(super) async fn turn(&self, change: Change) -> Result<u64, Violation> {
        let (lease, _) = self.lend().await?;
        self.commit(&lease, change).await?;
        Ok(lease.fence)
    }

    pub(super) async fn release(&self, lease: &StoreLease) -> Result<(), Violation> {
        self.bench.done("released a lease", self.bench.store.release(&self.key, lease).await)
    }

    pub(super) async fn read(&self) -> Result<Option<StoredSession>, Violation> {
        self.bench.done("read a session", self.bench.store.read(&self.key).await)
    }

    /// What is read of a session that is there.
    pub(super) async fn stored(&self) -> Result<StoredSession, Violation> {
        self.read()
            .await?
            .ok_or_else(|| self.bench.violation("read a session that is there", "the session", "nothing"))
    }

    pub(super) async fn record(&self) -> Result<Record, Violation> {
        Ok(self.stored().await?.record)
    }

    /// Whether a lease can neither be renewed nor committed.
    pub(super) async fn is_lost(&self, what: &str, lease: &StoreLease) -> Result<(), Violation> {
        let is_refused = |error: &StoreError| matches!(error, StoreError::Fenced | StoreError::Removed);
        let renewed = self.bench.store.renew(&self.key, lease).await;
        let refused = renewed.as_ref().err().is_some_and(is_refused);
        self.bench.holds(&format!("renewed {what}"), "Fenced or Removed", renewed, refused)?;
        let committed = self.try_commit(lease, replace("of a lost lease"), TTL).await;
        let refused = committed.as_ref().err().is_some_and(is_refused);
        self.bench.holds(&format!("committed {what}"), "Fenced or Removed", committed, refused)
    }
}
