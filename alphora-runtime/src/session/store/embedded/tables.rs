//! The tables of the file.

use redb::{ReadTransaction, Table, TableDefinition, TableError, WriteTransaction};

use super::header::Header;
use super::key;

/// The version of everything below. A file of a newer one is left alone.
pub(super) const FORMAT: u64 = 1;

/// Numbers of the whole file, by their names.
pub(super) const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// Of [`META`]: the [`FORMAT`].
pub(super) const META_FORMAT: &str = "format";
/// Of [`META`]: the highest fence that may have been given.
pub(super) const META_FENCES: &str = "fences";
/// Of [`META`]: how many sessions there are, and how many bytes their records have.
pub(super) const META_SESSIONS: &str = "sessions";
pub(super) const META_BYTES: &str = "bytes";
/// Of [`META`]: when the store was last checked, in milliseconds since 1970.
pub(super) const META_CHECKED: &str = "checked";

/// The [`Header`] of each session.
pub(super) const SESSIONS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("sessions");
/// Each session's record: the session's key and an ordinal.
pub(super) const PIECES: TableDefinition<&[u8], &[u8]> = TableDefinition::new("pieces");
/// When each session is to be looked at for its expiry: the time and the session's key.
pub(super) const EXPIRIES: TableDefinition<&[u8], ()> = TableDefinition::new("expiries");
/// In which order sessions go: a scope, whether they were named, when they were used, and the session's key.
pub(super) const USES: TableDefinition<&[u8], ()> = TableDefinition::new("uses");
/// How many sessions and bytes each named owner has.
pub(super) const OWNERS: TableDefinition<&[u8], (u64, u64)> = TableDefinition::new("owners");

/// The scope of all sessions in [`USES`].
pub(super) const EVERYBODY: &[u8] = &[0];

/// All tables of a transaction.
pub(super) struct Tables<'t> {
    pub(super) meta: Table<'t, &'static str, u64>,
    pub(super) sessions: Table<'t, &'static [u8], &'static [u8]>,
    pub(super) pieces: Table<'t, &'static [u8], &'static [u8]>,
    pub(super) expiries: Table<'t, &'static [u8], ()>,
    pub(super) uses: Table<'t, &'static [u8], ()>,
    pub(super) owners: Table<'t, &'static [u8], (u64, u64)>,
}

impl<'t> Tables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, TableError> {
        Ok(Self {
            meta: transaction.open_table(META)?,
            sessions: transaction.open_table(SESSIONS)?,
            pieces: transaction.open_table(PIECES)?,
            expiries: transaction.open_table(EXPIRIES)?,
            uses: transaction.open_table(USES)?,
            owners: transaction.open_table(OWNERS)?,
        })
    }

    /// Puts a session into the indexes as its header says.
    pub(super) fn file(&mut self, key: &[u8], header: &Header) -> Result<(), redb::StorageError> {
        self.expiries.insert(&*expiry_entry(header, key), ())?;
        for entry in use_entries(header, key) {
            self.uses.insert(&*entry, ())?;
        }
        Ok(())
    }

    /// Takes a session out of the indexes.
    pub(super) fn unfile(&mut self, key: &[u8], header: &Header) -> Result<(), redb::StorageError> {
        self.expiries.remove(&*expiry_entry(header, key))?;
        for entry in use_entries(header, key) {
            self.uses.remove(&*entry)?;
        }
        Ok(())
    }
}

/// A number of [`META`] outside of a transaction that writes; 0 if there is none.
pub(super) fn number(transaction: &ReadTransaction, name: &str) -> Result<u64, redb::Error> {
    Ok(transaction.open_table(META)?.get(name)?.map_or(0, |value| value.value()))
}

/// The scope of a named owner in [`USES`].
pub(super) fn scope_of(owner: &[u8]) -> Vec<u8> {
    [&[1], owner].concat()
}

/// The session's key in an entry of [`EXPIRIES`].
pub(super) fn expiring(entry: &[u8]) -> &[u8] {
    entry.get(8..).unwrap_or_default()
}

/// The session's key in an entry of [`USES`] in `scope`.
pub(super) fn used<'e>(entry: &'e [u8], scope: &[u8]) -> &'e [u8] {
    entry.get(scope.len() + 9..).unwrap_or_default()
}

fn expiry_entry(header: &Header, key: &[u8]) -> Vec<u8> {
    [&header.filed.expires.to_be_bytes(), key].concat()
}

/// One entry among all sessions, and one among those of its owner if that has a name.
fn use_entries(header: &Header, key: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let owner = key::named_owner(key).map(scope_of);
    let scopes = [Some(EVERYBODY.to_vec()), owner].into_iter().flatten();
    let (named, last_used) = ([u8::from(header.filed.named)], header.filed.last_used.to_be_bytes());
    scopes.map(move |scope| [&scope, named.as_slice(), &last_used, key].concat())
}
