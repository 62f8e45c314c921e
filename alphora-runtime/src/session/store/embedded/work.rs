//! One transaction: what an operation may look at and change.

use std::collections::BTreeSet;

use bytes::Bytes;
use redb::{ReadableTable, WriteTransaction};

use super::clock::Now;
use super::header::{Filed, Header};
use super::key::{self, Key};
use super::live::{Entry, Live};
use super::tables::{META_BYTES, META_FENCES, META_SESSIONS, Tables};
use crate::session::store::{Record, StoreError, StoreLimits};

/// Why an operation ends.
#[derive(Debug)]
pub(super) enum Stop {
    /// It was refused. What the others in its transaction do is not touched by that.
    Refused(StoreError),
    /// The file cannot be used any more until it is opened again.
    Broken(Box<redb::Error>),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<redb::StorageError> for Stop {
    fn from(error: redb::StorageError) -> Self {
        redb::Error::from(error).into()
    }
}

impl From<redb::Error> for Stop {
    fn from(error: redb::Error) -> Self {
        Self::Broken(Box::new(error))
    }
}

/// The fences that this process gives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fences {
    /// The first one of this process.
    pub(super) first: u64,
    pub(super) next: u64,
    /// The last one that may be given before the file says that more are.
    pub(super) last: u64,
}

impl Fences {
    /// How many fences are taken at once, so that a lease need not be written.
    const BATCH: u64 = 1_000;

    /// Those behind the highest that an earlier process may have given.
    pub(super) fn behind(highest: u64) -> Self {
        Self { first: highest + 1, next: highest + 1, last: highest }
    }
}

/// Named owners that may be over their limits.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    pub(super) owners: BTreeSet<Vec<u8>>,
    /// How far a first look at all owners is; the limits may have been others when the file was written.
    pub(super) looked_up_to: Vec<u8>,
    pub(super) is_complete: bool,
}

/// What the writer keeps from one transaction to the next.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) limits: StoreLimits,
    pub(super) fences: Fences,
    pub(super) crowd: Crowd,
}

/// A transaction under way.
pub(super) struct Work<'w> {
    pub(super) tables: Tables<'w>,
    pub(super) live: &'w mut Live,
    pub(super) ledger: &'w mut Ledger,
    pub(super) now: Now,
    /// Whether there is anything to be written.
    pub(super) is_dirty: bool,
    /// The last fence that may be given when this transaction is made.
    last_fence: u64,
    pub(super) sessions: u64,
    pub(super) bytes: u64,
}

impl<'w> Work<'w> {
    /// Begins a transaction in which at most `operations` leases are given.
    pub(super) fn begin(
        transaction: &'w WriteTransaction,
        live: &'w mut Live,
        ledger: &'w mut Ledger,
        now: Now,
        operations: usize,
    ) -> Result<Self, redb::Error> {
        let mut tables = Tables::open(transaction)?;
        let number = |name| Ok::<_, redb::Error>(tables.meta.get(name)?.map_or(0, |value| value.value()));
        let (sessions, bytes) = (number(META_SESSIONS)?, number(META_BYTES)?);
        let (mut is_dirty, mut last_fence) = (false, ledger.fences.last);
        let needed = ledger.fences.next + operations as u64;
        if needed > last_fence {
            last_fence = needed + Fences::BATCH;
            tables.meta.insert(META_FENCES, last_fence)?;
            is_dirty = true;
        }
        Ok(Self { tables, live, ledger, now, is_dirty, last_fence, sessions, bytes })
    }

    /// Writes the totals. If there is anything to be committed, this is the last fence that may be given then.
    pub(super) fn finish(mut self) -> Result<Option<u64>, redb::Error> {
        if !self.is_dirty {
            return Ok(None);
        }
        self.tables.meta.insert(META_SESSIONS, self.sessions)?;
        self.tables.meta.insert(META_BYTES, self.bytes)?;
        Ok(Some(self.last_fence))
    }

    /// Notes the time under a name of [`META`](super::tables::META), so that there is something to be written.
    pub(super) fn note(&mut self, name: &'static str) -> Result<(), Stop> {
        self.tables.meta.insert(name, self.now.wall)?;
        self.is_dirty = true;
        Ok(())
    }

    /// The next fence. The transaction reserves it if it has to.
    pub(super) fn fence(&mut self) -> u64 {
        let fence = self.ledger.fences.next;
        self.ledger.fences.next += 1;
        fence
    }

    /// The header of a session, expired or not.
    pub(super) fn header(&self, key: &[u8]) -> Result<Option<Header>, Stop> {
        match self.tables.sessions.get(key)? {
            Some(bytes) => Ok(Some(decode(bytes.value())?)),
            None => Ok(None),
        }
    }

    /// The header of a session; one that has expired is removed.
    pub(super) fn living(&mut self, key: &Key) -> Result<Option<Header>, Stop> {
        let Some(header) = self.header(key)? else { return Ok(None) };
        if !self.is_expired(&header, &self.live.get(key)) {
            return Ok(Some(header));
        }
        self.remove(key, &header)?;
        Ok(None)
    }

    pub(super) fn is_expired(&self, header: &Header, entry: &Entry) -> bool {
        entry.is_expired(header, self.now, self.ledger.fences.first)
    }

    pub(super) fn record(&self, key: &[u8], header: &Header) -> Result<Record, Stop> {
        record(&self.tables.pieces, key, header)
    }

    /// Writes a header. `before` is what is stored, if the session is there.
    pub(super) fn write(
        &mut self,
        key: &[u8],
        mut header: Header,
        before: Option<&Header>,
    ) -> Result<(), Stop> {
        header.written = self.ledger.fences.next;
        match before {
            // The index may say a time that is too early. It is put right when it is come across.
            Some(before) if before.filed.expires <= header.expires => header.filed = before.filed,
            Some(before) => {
                self.tables.unfile(key, before)?;
                header.filed = Filed { expires: header.expires, ..before.filed };
                self.tables.file(key, &header)?;
            }
            None => {
                let Header { expires, last_used, named, .. } = header;
                header.filed = Filed { expires, last_used, named };
                self.tables.file(key, &header)?;
            }
        }
        let (sessions, bytes) = before.map_or((0, 0), |before| (1, before.bytes));
        self.count(key, (sessions, bytes), (1, header.bytes))?;
        self.put(key, &header)
    }

    /// Files a session where it belongs now.
    pub(super) fn refile(&mut self, key: &[u8], header: &Header, filed: Filed) -> Result<(), Stop> {
        self.tables.unfile(key, header)?;
        let header = Header { filed, ..*header };
        self.tables.file(key, &header)?;
        self.put(key, &header)
    }

    /// Removes a session and whatever lease it has.
    pub(super) fn remove(&mut self, key: &Key, header: &Header) -> Result<(), Stop> {
        self.tables.unfile(key, header)?;
        self.tables.sessions.remove(&**key)?;
        self.remove_pieces(key, header.pieces)?;
        self.count(key, (1, header.bytes), (0, 0))?;
        self.live.set(key, Entry::default());
        self.is_dirty = true;
        Ok(())
    }

    pub(super) fn remove_pieces(&mut self, key: &[u8], pieces: u32) -> Result<(), Stop> {
        for ordinal in 0..pieces {
            self.tables.pieces.remove(&*key::piece(key, ordinal))?;
        }
        Ok(())
    }

    fn put(&mut self, key: &[u8], header: &Header) -> Result<(), Stop> {
        self.tables.sessions.insert(key, header.encode().as_slice())?;
        self.is_dirty = true;
        Ok(())
    }

    /// Counts a session that took `before` and takes `after`, each sessions and bytes.
    fn count(&mut self, key: &[u8], before: (u64, u64), after: (u64, u64)) -> Result<(), Stop> {
        let moved = |(sessions, bytes): (u64, u64)| {
            ((sessions + after.0).saturating_sub(before.0), (bytes + after.1).saturating_sub(before.1))
        };
        (self.sessions, self.bytes) = moved((self.sessions, self.bytes));
        let Some(owner) = key::named_owner(key) else { return Ok(()) };
        if before == after {
            return Ok(());
        }
        let totals = moved(self.owner_totals(owner)?);
        if totals == (0, 0) {
            self.tables.owners.remove(owner)?;
        } else {
            self.tables.owners.insert(owner, totals)?;
        }
        if self.is_over(totals) {
            self.ledger.crowd.owners.insert(owner.to_vec());
        }
        Ok(())
    }

    pub(super) fn owner_totals(&self, owner: &[u8]) -> Result<(u64, u64), Stop> {
        Ok(self.tables.owners.get(owner)?.map_or((0, 0), |totals| totals.value()))
    }

    /// Whether an owner with these sessions and bytes has too much.
    pub(super) fn is_over(&self, (sessions, bytes): (u64, u64)) -> bool {
        let limits = &self.ledger.limits;
        limits.owner_sessions.is_some_and(|most| sessions > most)
            || limits.owner_bytes.is_some_and(|most| bytes > most)
    }
}

/// The header that is stored.
pub(super) fn decode(bytes: &[u8]) -> Result<Header, StoreError> {
    Header::decode(bytes).ok_or_else(|| corrupt("its header is not one"))
}

/// The record of a session.
pub(super) fn record(
    pieces: &impl ReadableTable<&'static [u8], &'static [u8]>,
    key: &[u8],
    header: &Header,
) -> Result<Record, Stop> {
    let (first, last) = (key::piece(key, 0), key::piece(key, u32::MAX));
    let mut found = Vec::with_capacity(header.pieces.min(1024) as usize);
    for piece in pieces.range(&*first..=&*last)? {
        found.push(Bytes::copy_from_slice(piece?.1.value()));
    }
    if found.len() != header.pieces as usize || found.is_empty() {
        return Err(corrupt(&format!("{} of its {} pieces are there", found.len(), header.pieces)).into());
    }
    let snapshot = found.remove(0);
    let Header { version, stamp, format, .. } = *header;
    Ok(Record { version, stamp, format, snapshot, pieces: found })
}

fn corrupt(reason: &str) -> StoreError {
    StoreError::Corrupt { reason: reason.to_owned() }
}
