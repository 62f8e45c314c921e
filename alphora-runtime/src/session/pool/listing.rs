//! What a pool says of its sessions without lending them.

use super::afterwards::Afterwards;
use super::directory::Place;
use super::entry::{Entry, Kind};
use super::index::HashedKey;
use super::kept::AnyMemory;
use super::state::State;
use super::{BATCH, MemoryPool};
use crate::clock::CENTURY;
use crate::session::store::{Page, PageRequest, Record, SessionSummary, StoredSession};
use crate::session::{Owner, SessionError, SessionId, SessionKey};

/// A part of what was asked for, as much as is looked at under one hold of the lock.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) sessions: Vec<SessionSummary>,
    /// The last session that was looked at, if there may be more after it.
    pub(super) last: Option<SessionId>,
}

/// A stored session whose memory is not written yet.
#[derive(Debug)]
pub(super) struct Found {
    summary: SessionSummary,
    kind: Kind,
    memory: AnyMemory,
}

impl MemoryPool {
    /// Keeps the stored sessions in the order of their ids from now on, so that [`list_here`](Self::list_here) can be
    /// asked. It costs each session about as much as its key.
    pub(crate) fn keep_directory(&self) {
        self.locked(|state, _| state.keep_directory(true));
    }

    /// The sessions of one owner with one agent that are in this process, in the order of their ids; none at all
    /// unless the pool [keeps a directory](Self::keep_directory).
    pub(crate) fn list_here(&self, agent: &str, owner: &Owner, request: &PageRequest) -> Page {
        // One more than is asked for tells whether there are more.
        let most = request.limit.saturating_add(1);
        let mut sessions = Vec::new();
        let mut place = Place::new(agent, owner, request.after.clone());
        while sessions.len() < most {
            let wanted = most - sessions.len();
            let part = self.locked(|state, afterwards| state.list_part(&place, wanted, afterwards));
            sessions.extend(part.sessions);
            let Some(last) = part.last else { break };
            place = place.at(last);
        }
        let more = sessions.len() > request.limit;
        sessions.truncate(request.limit);
        Page { sessions, more }
    }

    /// The session that is stored in this process, in use or not, without touching its time to live.
    ///
    /// # Errors
    /// [`SessionError::Unwritable`].
    pub(crate) fn read_here(&self, key: &SessionKey) -> Result<Option<StoredSession>, SessionError> {
        let key = self.hashed(key.clone());
        let found = self.locked(|state, afterwards| state.read(&key, afterwards));
        let Some(Found { summary, kind, memory }) = found else { return Ok(None) };
        let snapshot = kind.write(&memory)?.into();
        let (version, format) = (summary.version, kind.version());
        let record = Record { version, stamp: version, format, snapshot, pieces: Vec::new() };
        Ok(Some(StoredSession { summary, record }))
    }
}

impl State {
    /// Up to `most` sessions after a place, and those that have expired on the way are gone thereafter.
    pub(super) fn list_part(&mut self, place: &Place, most: usize, afterwards: &mut Afterwards) -> Part {
        let most = most.min(BATCH);
        let mut part = Part { sessions: Vec::new(), last: None };
        let mut expired = Vec::new();
        let Some(directory) = &self.directory else { return part };
        for (id, slot) in directory.after(place).take(most) {
            let entry = &self.entries[slot];
            if self.lifetime().is_over(entry) {
                expired.push(slot);
            } else {
                part.sessions.push(self.summary(entry));
            }
            part.last = Some(id.clone());
        }
        if part.sessions.len() + expired.len() < most {
            part.last = None;
        }
        for slot in expired {
            self.evict(slot, afterwards);
        }
        part
    }

    pub(super) fn read(&mut self, key: &HashedKey, afterwards: &mut Afterwards) -> Option<Found> {
        let slot = self.find(key, afterwards)?;
        let entry = &self.entries[slot];
        let stored = entry.stored.as_ref()?;
        Some(Found { summary: self.summary(entry), kind: stored.kind, memory: stored.memory.clone() })
    }

    fn summary(&self, entry: &Entry) -> SessionSummary {
        let key = entry.key.key();
        let expires = entry.last_used.checked_add(self.limits.ttl.min(CENTURY));
        SessionSummary {
            id: key.id().clone(),
            version: entry.commits,
            bytes: entry.bytes().saturating_sub(key.stored_bytes()) as u64,
            created: self.on_the_wall(entry.created),
            last_used: self.on_the_wall(entry.last_used),
            expires: self.on_the_wall(expires.unwrap_or(entry.last_used)),
        }
    }
}
