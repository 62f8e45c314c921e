//! What the writer and those who read have in common.

use std::sync::atomic::AtomicU64;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use redb::Database;

use super::clock::Clock;
use super::live::Live;
use super::place::Place;
use crate::session::store::StoreError;
use crate::sync::{Mutex, MutexGuard};

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) place: Place,
    pub(super) clock: Clock,
    /// The first fence of this process.
    pub(super) first_fence: u64,
    /// How many transactions were written.
    pub(super) transactions: AtomicU64,
    /// Nothing while it is not to be used.
    database: RwLock<Option<Database>>,
    live: Mutex<Live>,
}

impl Shared {
    pub(super) fn new(place: Place, clock: Clock, first_fence: u64, database: Database) -> Self {
        let (database, live) = (RwLock::new(Some(database)), Mutex::default());
        Self { place, clock, first_fence, transactions: AtomicU64::new(0), database, live }
    }

    /// The database for as long as something is done with it. Nobody puts another in its place meanwhile.
    pub(super) fn database(&self) -> RwLockReadGuard<'_, Option<Database>> {
        self.database.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of the database, when nobody does anything with it.
    pub(super) fn replace(&self) -> RwLockWriteGuard<'_, Option<Database>> {
        self.database.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a caller is told.
    pub(super) fn error(error: &redb::Error) -> StoreError {
        match error {
            redb::Error::Corrupted(reason) => StoreError::Corrupt { reason: reason.clone() },
            error => StoreError::unavailable(error),
        }
    }
}
