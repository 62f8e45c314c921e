//! The store that users open.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use redb::StorageBackend;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::asked::{Asked, Operation};
use super::clock::Clock;
use super::place::{OpenError, Place};
use super::shared::Shared;
use super::tables::META_CHECKED;
use super::work::{Crowd, Fences, Ledger, Stop, Work};
use super::writer::Writer;
use crate::error::{Error, ErrorKind};
use crate::session::store::latency::{Latencies, Operation as Latent};
use crate::session::store::{
    Begun, Claim, Commit, Committed, OperationLatency, Page, PageRequest, Preemption, SessionStore,
    StoreError, StoreFuture, StoreLease, StoreLimits, StoreStatistics, StoredSession,
};
use crate::session::{Owner, SessionKey};
use crate::sync::Mutex;

/// How many operations wait for the writer at most; who asks for more waits before that.
const QUEUE: usize = 1_024;

/// How many read at once.
const READERS: usize = 8;

/// How long one sweep begins transactions, and how many sessions each looks at. Turns come between two.
const SWEEPING: Duration = Duration::from_secs(5);
const SWEPT: usize = 500;

/// When somebody who found the store full may try again.
pub(super) const RETRY: Duration = Duration::from_secs(1);

/// Sessions in one file, `sessions.redb` in a directory, for one process.
///
/// What a commit, a delete or a sweep has answered is on the disk: it survives a `kill -9` and a power cut. All that
/// waits, up to 64 operations, is written at once. After a crash the file can be used again within milliseconds,
/// however large it is.
///
/// - **One process.** A second one that opens the file gets an error, on every system that has file locks.
/// - **Leases** live in memory and end with the process; their fences go on growing after it.
/// - **Uses.** That a turn has begun moves the time of the last use and the expiry in memory, and is written down only
///   if it moves the expiry by more than an eighth of the time to live; a commit always writes both. In exchange, a
///   session of an earlier process is kept up to an eighth of its time to live longer than it says: it never expires
///   early. The order in which sessions are evicted may be as much out of date after a restart.
/// - **Limits** hold after each sweep that ends within five seconds; what is left goes with the next. Nothing is refused for them but a session that is too large.
/// - **Size.** What is removed makes room inside of the file; the file does not become smaller by itself. Sixty
///   thousand sessions of 1,000 bytes take 143 MB, two and a half times what they have.
/// - **Failures.** A disk that is full or fails is [`StoreError::Unavailable`]; the file is opened again with the next
///   operations, and goes on when the disk does. A file that cannot be read is left as it is.
///
/// Its methods must be called inside of a Tokio runtime.
///
/// ```
/// use alphora_runtime::session::SessionKey;
/// use alphora_runtime::session::store::{EmbeddedStore, SessionStore, StoreLimits};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = std::env::temp_dir().join(format!("alphora-doc-{}", std::process::id()));
/// let store = EmbeddedStore::open(&directory, StoreLimits::default())?;
/// store.check().await?;
/// assert!(store.read(&SessionKey::try_from("user-001")?).await?.is_none());
/// store.close().await?;
/// # std::fs::remove_dir_all(directory)?;
/// # Ok(()) }
/// ```
pub struct EmbeddedStore {
    pub(super) shared: Arc<Shared>,
    queue: Mutex<Option<mpsc::Sender<Box<dyn Asked>>>>,
    readers: Arc<Semaphore>,
    reading: TaskTracker,
    latencies: Latencies,
    /// Cancelled when the writer has ended.
    ended: CancellationToken,
    writer: Option<JoinHandle<()>>,
}

impl EmbeddedStore {
    /// Opens the file in `directory`. The directory is made if it is not there, with mode 0700, and so is the file,
    /// with mode 0600.
    ///
    /// # Errors
    /// The directory or the file cannot be made or opened; another process has the file; a newer version of alphora
    /// has written it; or it is damaged. In the last two cases the file is left as it is.
    pub fn open(directory: impl AsRef<Path>, limits: StoreLimits) -> Result<Self, Error> {
        Self::at(Place::in_directory(directory.as_ref())?, limits, Clock::system())
    }

    /// A store whose bytes are where `open` says, which is asked again after a failure. For tests of failures.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    #[doc(hidden)]
    pub fn with_backend(
        open: impl Fn() -> io::Result<Box<dyn StorageBackend>> + Send + Sync + 'static,
        limits: StoreLimits,
    ) -> Result<Self, Error> {
        Self::at(Place::Elsewhere(Box::new(open)), limits, Clock::system())
    }

    pub(super) fn at(place: Place, limits: StoreLimits, clock: Clock) -> Result<Self, Error> {
        let opened = place.open(true).map_err(OpenError::told)?;
        let fences = Fences::behind(opened.highest_fence);
        let shared = Arc::new(Shared::new(place, clock, fences.first, opened.database));
        let (sender, queue) = mpsc::channel(QUEUE);
        let ended = CancellationToken::new();
        let ledger = Ledger { limits, fences, crowd: Crowd::default() };
        let writer = Writer { shared: Arc::clone(&shared), queue, ledger, closed: None };
        let guard = ended.clone().drop_guard();
        let thread = std::thread::Builder::new().name("alphora-sessions".to_owned());
        let thread = thread.spawn(move || until_ended(writer, guard)).map_err(|error| {
            let message = format!("the thread that writes sessions could not be started: {error}");
            Error::new(ErrorKind::Io, message).with_source(error)
        })?;
        Ok(Self {
            shared,
            queue: Mutex::new(Some(sender)),
            readers: Arc::new(Semaphore::new(READERS)),
            reading: TaskTracker::new(),
            latencies: Latencies::default(),
            ended,
            writer: Some(thread),
        })
    }

    /// How many transactions were written since the store was opened.
    #[doc(hidden)]
    pub fn transactions(&self) -> u64 {
        self.shared.transactions.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// How many operations wait for the writer.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.as_ref().map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }

    /// Has something done in the next transaction.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        bytes: usize,
        run: impl FnMut(&mut Work<'_>) -> Result<T, Stop> + Send + 'static,
    ) -> Result<T, StoreError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let closed = || StoreError::unavailable("it was closed");
        let (reply, answer) = oneshot::channel();
        let asked = Operation { run, bytes, outcome: None, reply };
        queue.ok_or_else(closed)?.send(Box::new(asked)).await.map_err(|_| closed())?;
        answer.await.unwrap_or_else(|_| Err(StoreError::unavailable("its writer has ended")))
    }

    /// Reads on a thread that may wait for the disk.
    async fn look<T: Send + 'static>(
        &self,
        read: impl Fn(&Shared) -> Result<T, StoreError> + Send + Sync + 'static,
    ) -> Result<T, StoreError> {
        let read = Arc::new(read);
        let first = self.look_once(&read).await;
        if !matches!(first, Err(StoreError::Unavailable { .. })) {
            return first;
        }
        // The writer opens the file again, if it can.
        self.check().await?;
        self.look_once(&read).await
    }

    async fn look_once<T: Send + 'static>(
        &self,
        read: &Arc<impl Fn(&Shared) -> Result<T, StoreError> + Send + Sync + 'static>,
    ) -> Result<T, StoreError> {
        let unavailable = |_| StoreError::unavailable("nobody can read it");
        let permit = Arc::clone(&self.readers).acquire_owned().await.map_err(unavailable)?;
        let (shared, read) = (Arc::clone(&self.shared), Arc::clone(read));
        let reading = self.reading.spawn_blocking(move || {
            let found = read(&shared);
            drop(permit);
            found
        });
        reading.await.unwrap_or_else(|_| Err(StoreError::unavailable("reading it has panicked")))
    }

    /// Has it counted how long something takes.
    fn measured<'a, T>(
        &'a self,
        operation: Latent,
        work: impl Future<Output = Result<T, StoreError>> + Send + 'a,
    ) -> StoreFuture<'a, T> {
        Box::pin(self.latencies.measure(operation, work))
    }

    /// Lets the writer end when all that was asked is done.
    fn stop(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// The writer's thread. `guard` tells that it has ended, however that came about.
fn until_ended(writer: Writer, guard: DropGuard) {
    writer.run();
    drop(guard);
}

impl SessionStore for EmbeddedStore {
    fn begin<'a>(&'a self, key: &'a SessionKey, claim: &'a Claim) -> StoreFuture<'a, Begun> {
        let (key, claim) = (key.clone(), claim.clone());
        self.measured(Latent::Begin, self.ask(0, move |work| work.lend(&key, &claim)))
    }

    fn renew<'a>(
        &'a self,
        key: &'a SessionKey,
        lease: &'a StoreLease,
    ) -> StoreFuture<'a, Option<Preemption>> {
        let (key, lease) = (key.clone(), lease.clone());
        self.measured(Latent::Renew, self.ask(0, move |work| work.renew(&key, &lease)))
    }

    fn commit<'a>(
        &'a self,
        key: &'a SessionKey,
        lease: &'a StoreLease,
        commit: &'a Commit,
    ) -> StoreFuture<'a, Committed> {
        let (key, lease, commit) = (key.clone(), lease.clone(), commit.clone());
        let bytes = commit.change.bytes();
        self.measured(Latent::Commit, self.ask(bytes, move |work| work.commit(&key, &lease, &commit)))
    }

    fn release<'a>(&'a self, key: &'a SessionKey, lease: &'a StoreLease) -> StoreFuture<'a, ()> {
        let (key, lease) = (key.clone(), lease.clone());
        let released = self.ask(0, move |work| {
            work.release(&key, &lease);
            Ok(())
        });
        self.measured(Latent::Release, released)
    }

    fn preempt<'a>(&'a self, key: &'a SessionKey, preemption: Preemption) -> StoreFuture<'a, ()> {
        let key = key.clone();
        let noted = self.ask(0, move |work| {
            work.preempt(&key, preemption);
            Ok(())
        });
        self.measured(Latent::Preempt, noted)
    }

    fn read<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, Option<StoredSession>> {
        let key = key.clone();
        self.measured(Latent::Read, self.look(move |shared| shared.read(&key)))
    }

    fn delete<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, bool> {
        let key = key.clone();
        self.measured(Latent::Delete, self.ask(0, move |work| work.delete(&key)))
    }

    fn list<'a>(&'a self, agent: &'a str, owner: &'a Owner, page: &'a PageRequest) -> StoreFuture<'a, Page> {
        let (agent, owner, page): (Arc<str>, _, _) = (agent.into(), owner.clone(), page.clone());
        self.measured(Latent::List, self.look(move |shared| shared.list(&agent, &owner, &page)))
    }

    fn statistics(&self) -> StoreFuture<'_, StoreStatistics> {
        self.measured(Latent::Statistics, self.look(Shared::statistics))
    }

    fn sweep(&self) -> StoreFuture<'_, u64> {
        self.measured(Latent::Sweep, async move {
            let (until, mut removed) = (Instant::now() + SWEEPING, 0);
            loop {
                let swept = self.ask(0, |work| work.sweep(SWEPT)).await?;
                removed += swept.removed;
                if !swept.more || Instant::now() >= until {
                    return Ok(removed);
                }
            }
        })
    }

    fn check(&self) -> StoreFuture<'_, ()> {
        self.measured(Latent::Check, self.ask(0, |work| work.note(META_CHECKED)))
    }

    fn latency(&self) -> Vec<OperationLatency> {
        self.latencies.snapshot()
    }

    fn close(&self) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            self.stop();
            self.reading.close();
            self.reading.wait().await;
            self.ended.cancelled().await;
            Ok(())
        })
    }
}

impl Drop for EmbeddedStore {
    /// Waits for the writer, which has at most to finish what nobody waits for any more.
    fn drop(&mut self) {
        self.stop();
        if let Some(writer) = self.writer.take() {
            // It catches its own panics; there is nobody left who could be told of another.
            let _ = writer.join();
        }
    }
}

impl fmt::Debug for EmbeddedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedStore").field("place", &self.shared.place).finish_non_exhaustive()
    }
}
