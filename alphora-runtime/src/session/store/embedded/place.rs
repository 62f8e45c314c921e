//! Where the file is, how it is opened, and why it cannot be.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError, ReadableDatabase, StorageBackend, TableError};

use super::tables::{FORMAT, META, META_FENCES, META_FORMAT, Tables, number};
use crate::error::{Error, ErrorKind};

/// The file's name in its directory.
const FILE: &str = "sessions.redb";

/// How many bytes of the file are kept in memory at most.
const CACHE: usize = 64 << 20;

/// Where a database is.
pub(super) enum Place {
    File(PathBuf),
    /// Not in a file: what gives its bytes, each time it is opened.
    Elsewhere(Box<dyn Fn() -> io::Result<Box<dyn StorageBackend>> + Send + Sync>),
}

/// A database that can be used.
pub(super) struct Opened {
    pub(super) database: Database,
    /// The highest fence that may have been given.
    pub(super) highest_fence: u64,
}

/// Why a file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    #[error(
        "{place} is in use, by another process or another store of this one: give each process a `data_dir` of its \
         own, or let them share a `session_store`"
    )]
    InUse { place: String },
    #[error(
        "{place} has format {found}, and this version of alphora knows formats up to {FORMAT}: use the version that \
         has written it, or another `data_dir`"
    )]
    Newer { place: String, found: u64 },
    #[error(
        "{place} cannot be read and is left as it is: {reason}; put a copy that is whole in its place, or move it \
         away to begin without sessions"
    )]
    Damaged { place: String, reason: String },
    #[error("{place} cannot be opened: {error}")]
    Io { place: String, error: redb::Error },
}

impl OpenError {
    /// The same for whoever starts a server.
    pub(super) fn told(self) -> Error {
        match self {
            Self::Io { .. } | Self::InUse { .. } => Error::told(ErrorKind::Io, self),
            Self::Newer { .. } | Self::Damaged { .. } => Error::told(ErrorKind::Session, self),
        }
    }

    fn of(place: &Place, error: redb::Error) -> Self {
        let place = place.to_string();
        match error {
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => Self::InUse { place },
            redb::Error::Io(error)
                if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) =>
            {
                Self::Damaged { place, reason: error.to_string() }
            }
            error @ (redb::Error::Io(_) | redb::Error::Backend(_) | redb::Error::PreviousIo) => {
                Self::Io { place, error }
            }
            error => Self::Damaged { place, reason: error.to_string() },
        }
    }
}

impl Place {
    /// The file in `directory`, which is made if it is not there. Both are for this user alone.
    pub(super) fn in_directory(directory: &Path) -> Result<Self, Error> {
        make_directory(directory).map_err(|error| {
            let message = format!("the directory {} cannot be made: {error}", directory.display());
            Error::new(ErrorKind::Io, message).with_source(error)
        })?;
        Ok(Self::File(directory.join(FILE)))
    }

    /// Opens the database; `anew` says whether one that is not there is made.
    pub(super) fn open(&self, anew: bool) -> Result<Opened, OpenError> {
        // Checksums are not looked at before there is need, so what is in a damaged file may be anything.
        let opened = catch_unwind(AssertUnwindSafe(|| {
            self.refuse_newer()?;
            let database = self.database(anew).map_err(|error| OpenError::of(self, error))?;
            self.prepare(database)
        }));
        opened.unwrap_or_else(|_| {
            let reason = "its pages contradict each other".to_owned();
            Err(OpenError::Damaged { place: self.to_string(), reason })
        })
    }

    /// Looks at the format without writing, which is only possible if the file was closed properly.
    fn refuse_newer(&self) -> Result<(), OpenError> {
        let Self::File(path) = self else { return Ok(()) };
        if !fs::metadata(path).is_ok_and(|file| file.len() > 0) {
            return Ok(());
        }
        let database = match Builder::new().set_cache_size(CACHE).open_read_only(path) {
            Ok(database) => database,
            Err(DatabaseError::RepairAborted) => return Ok(()),
            Err(error) => return Err(OpenError::of(self, error.into())),
        };
        let read = database.begin_read().map_err(redb::Error::from);
        let transaction = read.map_err(|error| OpenError::of(self, error))?;
        match transaction.open_table(META) {
            Ok(_) => self.format(number(&transaction, META_FORMAT)).map(|_| ()),
            Err(TableError::TableDoesNotExist(_)) => Ok(()),
            Err(error) => Err(OpenError::of(self, error.into())),
        }
    }

    /// The format of a file that has one, if it can be used.
    fn format(&self, found: Result<u64, redb::Error>) -> Result<u64, OpenError> {
        match found.map_err(|error| OpenError::of(self, error))? {
            0 => Err(OpenError::Damaged { place: self.to_string(), reason: "it says no format".to_owned() }),
            found if found > FORMAT => Err(OpenError::Newer { place: self.to_string(), found }),
            found => Ok(found),
        }
    }

    fn database(&self, anew: bool) -> Result<Database, redb::Error> {
        let mut builder = Builder::new();
        builder.set_cache_size(CACHE);
        match self {
            Self::File(path) => {
                if anew && !path.exists() {
                    make_file(path)?;
                }
                let file = OpenOptions::new().read(true).write(true).open(path)?;
                Ok(builder.create_with_backend(FileBackend::new(file)?)?)
            }
            Self::Elsewhere(open) => Ok(builder.create_with_backend(Backend(open()?))?),
        }
    }

    /// Makes the tables if there are none, and reads what is known of the file.
    fn prepare(&self, database: Database) -> Result<Opened, OpenError> {
        let failed = |error| OpenError::of(self, error);
        let read = database.begin_read().map_err(|error| failed(error.into()))?;
        let is_empty = read.list_tables().map_err(|error| failed(error.into()))?.next().is_none();
        if is_empty {
            drop(read);
            make_tables(&database).map_err(failed)?;
            return Ok(Opened { database, highest_fence: 0 });
        }
        if let Err(TableError::TableDoesNotExist(_)) = read.open_table(META) {
            let reason = "it is a database of something else".to_owned();
            return Err(OpenError::Damaged { place: self.to_string(), reason });
        }
        self.format(number(&read, META_FORMAT))?;
        let highest_fence = number(&read, META_FENCES).map_err(failed)?;
        drop(read);
        Ok(Opened { database, highest_fence })
    }
}

/// Makes a file without sessions. It is whole before it has its name: a process that is killed while it makes one
/// leaves none, and not a part of one.
fn make_file(path: &Path) -> Result<(), redb::Error> {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let unnamed = path.with_extension(format!("{}-{number}.new", std::process::id()));
    let file =
        private(OpenOptions::new().read(true).write(true).create(true).truncate(true)).open(&unnamed)?;
    let database = Builder::new().create_with_backend(FileBackend::new(file)?)?;
    make_tables(&database)?;
    database.close()?;
    let named = match fs::hard_link(&unnamed, path) {
        // Somebody else was faster; theirs is as good.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // Not every file system has links.
        Err(_) => fs::rename(&unnamed, path),
        Ok(()) => Ok(()),
    };
    // After a name of its own, or a failure, nobody needs this one.
    let _ = fs::remove_file(&unnamed);
    named?;
    Ok(sync_directory(path)?)
}

fn make_tables(database: &Database) -> Result<(), redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    Tables::open(&transaction)?.meta.insert(META_FORMAT, FORMAT)?;
    Ok(transaction.commit()?)
}

#[cfg(unix)]
fn make_directory(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn make_directory(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// A file that was made is only there after a power cut if its directory says so.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |directory| fs::File::open(directory)?.sync_all())
}

#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file {}", path.display()),
            Self::Elsewhere(_) => f.write_str("the session database"),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

/// Bytes of whatever type.
#[derive(Debug)]
struct Backend(Box<dyn StorageBackend>);

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }
}
