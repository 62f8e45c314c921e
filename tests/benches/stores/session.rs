//! One session, and its turns, as a pool asks a store for them.

use std::time::Duration;

use alphora::SessionKey;
use alphora::session::store::{Begun, Change, Claim, Commit, SessionStore};

use crate::Result;

const HOUR: Duration = Duration::from_secs(3600);
const LEASE: Duration = Duration::from_secs(15);
/// What a turn adds: a question and an answer of a few sentences.
pub(crate) const PIECE: usize = 1024;
/// So many turns are kept; the next one begins again with one, so that a session that is used for long stays as it is.
pub(crate) const TURNS: usize = 32;

/// A session that one client has to itself.
pub(crate) struct Session {
    key: SessionKey,
    /// The stamp of what was committed last: the store need not send what is known.
    known: Option<u64>,
    turn: u128,
    turns: usize,
}

impl Session {
    /// A session that is not there yet. `number` is another one for each.
    pub(crate) fn new(number: usize) -> Result<Self> {
        let key = SessionKey::try_from(format!("session-{number}").as_str())?;
        Ok(Self { key, known: None, turn: (number as u128) << 64, turns: 0 })
    }

    /// One turn: the lease, and the commit of one piece.
    pub(crate) async fn turn(&mut self, store: &dyn SessionStore) -> Result {
        self.turn += 1;
        let claim = Claim { turn: self.turn, lease: LEASE, ttl: HOUR, known: self.known, named: true };
        let Begun::Granted { lease, .. } = store.begin(&self.key, &claim).await? else {
            return Err("the session is in use, and nobody else knows it".into());
        };
        let content = vec![b'x'; PIECE].into();
        let change = if self.turns.is_multiple_of(TURNS) {
            Change::Replace { format: 1, snapshot: content }
        } else {
            Change::Append { piece: content }
        };
        store.commit(&self.key, &lease, &Commit { change, ttl: HOUR }).await?;
        self.known = Some(lease.fence);
        self.turns += 1;
        Ok(())
    }
}
