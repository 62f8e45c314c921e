//! What is read without the writer, in transactions of its own.

use std::ops::Bound;

use redb::{Database, ReadableDatabase};

use super::header::Header;
use super::key;
use super::shared::Shared;
use super::tables::{META_BYTES, META_SESSIONS, PIECES, SESSIONS, number};
use super::work::{Stop, decode, record};
use crate::session::store::{Page, PageRequest, StoreError, StoreStatistics, StoredSession};
use crate::session::{Owner, SessionKey};

/// The longest page.
const LONGEST: usize = 1_000;

/// How many sessions are looked at for a page that has at least one.
const LOOKED_AT: usize = 10_000;

impl Shared {
    /// Reads in a transaction.
    fn reading<T>(&self, read: impl FnOnce(&Database) -> Result<T, Stop>) -> Result<T, StoreError> {
        let database = self.database();
        let Some(database) = database.as_ref() else {
            return Err(StoreError::unavailable("its file is not open"));
        };
        read(database).map_err(|stop| match stop {
            Stop::Refused(error) => error,
            Stop::Broken(error) => Self::error(&error),
        })
    }

    pub(super) fn read(&self, session: &SessionKey) -> Result<Option<StoredSession>, StoreError> {
        let key = key::encode(session);
        self.reading(|database| {
            // Before the file: what is written down meanwhile is then seen in both, and not in neither.
            let entry = self.live().get(&key);
            let transaction = database.begin_read().map_err(redb::Error::from)?;
            let sessions = transaction.open_table(SESSIONS).map_err(redb::Error::from)?;
            let Some(bytes) = sessions.get(&*key)? else { return Ok(None) };
            let header = decode(bytes.value())?;
            if entry.is_expired(&header, self.clock.now(), self.first_fence) {
                return Ok(None);
            }
            let pieces = transaction.open_table(PIECES).map_err(redb::Error::from)?;
            let record = record(&pieces, &key, &header)?;
            let summary = header.summary(session.id().clone(), &entry, self.first_fence);
            Ok(Some(StoredSession { summary, record }))
        })
    }

    pub(super) fn list(&self, agent: &str, owner: &Owner, page: &PageRequest) -> Result<Page, StoreError> {
        let prefix = key::of_owner(agent, owner);
        let limit = page.limit.clamp(1, LONGEST);
        let after =
            page.after.as_ref().map(|id| key::encode(&SessionKey::new(agent, owner.clone(), id.clone())));
        let end = key::behind(prefix.clone());
        self.reading(|database| {
            let transaction = database.begin_read().map_err(redb::Error::from)?;
            let sessions = transaction.open_table(SESSIONS).map_err(redb::Error::from)?;
            let from = after.as_deref().map_or(Bound::Included(&*prefix), Bound::Excluded);
            let mut page = Page { sessions: Vec::new(), more: false };
            let now = self.clock.now();
            for (looked_at, session) in sessions.range::<&[u8]>((from, Bound::Excluded(&*end)))?.enumerate() {
                let (key, bytes) = session?;
                let header: Header = decode(bytes.value())?;
                let entry = self.live().get(key.value());
                if entry.is_expired(&header, now, self.first_fence) {
                    continue;
                }
                let Some(id) = key::id(key.value(), &prefix) else {
                    let reason = "a session's key is not one".to_owned();
                    return Err(StoreError::Corrupt { reason }.into());
                };
                if page.sessions.len() == limit || looked_at >= LOOKED_AT && !page.sessions.is_empty() {
                    page.more = true;
                    break;
                }
                page.sessions.push(header.summary(id, &entry, self.first_fence));
            }
            Ok(page)
        })
    }

    pub(super) fn statistics(&self) -> Result<StoreStatistics, StoreError> {
        self.reading(|database| {
            let transaction = database.begin_read().map_err(redb::Error::from)?;
            let (sessions, bytes) = (number(&transaction, META_SESSIONS)?, number(&transaction, META_BYTES)?);
            Ok(StoreStatistics { sessions, bytes })
        })
    }
}
