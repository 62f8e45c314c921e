//! How a turn changes a session.

use super::clock::milliseconds;
use super::header::{Filed, Header};
use super::key::{self, Key};
use super::live::{Entry, Used};
use super::work::{Stop, Work};
use crate::session::SessionKey;
use crate::session::store::{Change, Commit, Committed, StoreError, StoreLease};

impl Work<'_> {
    pub(super) fn commit(
        &mut self,
        key: &SessionKey,
        lease: &StoreLease,
        commit: &Commit,
    ) -> Result<Committed, Stop> {
        let key = key::encode(key);
        let before = self.living(&key)?;
        if let Some(Header { version, .. }) = before.filter(|header| header.turn == lease.turn) {
            // Where the disk had failed after the commit was made, the lease is still noted.
            let entry = self.live.get(&key);
            if entry.held.is_some_and(|held| held.turn == lease.turn) {
                self.live.set(&key, Entry { held: None, ..entry });
            }
            return Ok(Committed { version, replayed: true });
        }
        let (entry, held) = self.holder(&key, before.as_ref(), lease)?;
        let version = before.map_or(0, |header| header.version);
        if version != lease.version {
            return Err(StoreError::Fenced.into());
        }
        if before.is_none() && commit.change == Change::Touch {
            self.live.set(&key, Entry { held: None, ..entry });
            return Ok(Committed { version, replayed: false });
        }
        let (bytes, limit) = (size(before.as_ref(), &commit.change)?, self.ledger.limits.session_bytes);
        if bytes > limit && commit.change != Change::Touch {
            return Err(StoreError::TooLarge { bytes, limit }.into());
        }
        let (format, pieces) = self.change(&key, before.as_ref(), &commit.change)?;
        let (last_used, ttl) = (self.now.wall, milliseconds(commit.ttl));
        let expires = last_used.saturating_add(ttl);
        let header = Header {
            version: version + 1,
            stamp: held.fence,
            turn: held.turn,
            format,
            pieces,
            bytes,
            created: before.map_or(last_used, |header| header.created),
            last_used,
            expires,
            ttl,
            written: 0,
            named: held.named || before.is_some_and(|header| header.named),
            filed: Filed { expires, last_used, named: false },
        };
        self.write(&key, header, before.as_ref())?;
        self.live.set(&key, Entry { held: None, used: Some(Used { at: last_used, expires, written: true }) });
        Ok(Committed { version: header.version, replayed: false })
    }

    /// Writes what is changed of the record; its format and the number of its pieces.
    fn change(&mut self, key: &Key, before: Option<&Header>, change: &Change) -> Result<(u32, u32), Stop> {
        let (format, pieces) = before.map_or((0, 0), |header| (header.format, header.pieces));
        match change {
            Change::Replace { format, snapshot } => {
                self.remove_pieces(key, pieces)?;
                self.tables.pieces.insert(&*key::piece(key, 0), &**snapshot)?;
                Ok((*format, 1))
            }
            Change::Append { piece } => {
                self.tables.pieces.insert(&*key::piece(key, pieces), &**piece)?;
                Ok((format, pieces + 1))
            }
            Change::Touch => Ok((format, pieces)),
        }
    }

    pub(super) fn delete(&mut self, key: &SessionKey) -> Result<bool, Stop> {
        let key = key::encode(key);
        let header = self.living(&key)?;
        match &header {
            Some(header) => self.remove(&key, header)?,
            None => self.live.set(&key, Entry::default()),
        }
        Ok(header.is_some())
    }
}

/// How many bytes the record has afterwards.
fn size(before: Option<&Header>, change: &Change) -> Result<u64, StoreError> {
    let added = change.bytes() as u64;
    match (change, before) {
        (Change::Replace { .. }, _) => Ok(added),
        (_, Some(before)) => Ok(before.bytes + added),
        (_, None) => {
            let reason = "a piece was to be appended to a session that has no snapshot".to_owned();
            Err(StoreError::Corrupt { reason })
        }
    }
}
