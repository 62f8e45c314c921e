//! Files that are read again while a server runs: how often they are looked at, and how much of them is read.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The files that a server reads again, each with what was found in it last. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct RereadFiles(Arc<Mutex<Vec<(&'static str, FileHealth)>>>);

/// Whether a file, as it is now, was refused, so that what was read before is in use. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct FileHealth(Arc<AtomicBool>);

impl RereadFiles {
    /// One more file, by the word for what it holds.
    pub(super) fn add(&self, what: &'static str) -> FileHealth {
        let health = FileHealth::default();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((what, health.clone()));
        health
    }

    /// Each of them, and whether it was refused.
    #[cfg(feature = "metrics")]
    pub(super) fn all(&self) -> Vec<(&'static str, bool)> {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.iter().map(|(what, health)| (*what, health.0.load(Ordering::Relaxed))).collect()
    }
}

impl FileHealth {
    /// What the file says now is in use, or it was refused.
    pub(super) fn note(&self, is_refused: bool) {
        self.0.store(is_refused, Ordering::Relaxed);
    }
}

/// What came of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looked {
    Done,
    /// What has changed is perhaps still being written.
    Again,
}

/// Looks whether files have changed, time after time; it never ends.
///
/// `settled` is how long a change has to stay as it is before it is looked at again.
pub(super) async fn watch(
    every: Duration,
    settled: Duration,
    look: impl Fn() -> Looked + Clone + Send + 'static,
) {
    let mut pause = every;
    loop {
        tokio::time::sleep(pause).await;
        // Files can be slow, and ten thousand keys are read for milliseconds.
        pause = match tokio::task::spawn_blocking(look.clone()).await {
            Ok(Looked::Again) => settled,
            Ok(Looked::Done) => every,
            Err(error) => {
                tracing::error!(%error, "a look whether files have changed has failed; they are looked at again");
                every
            }
        };
    }
}

/// Opens what is a file: to open what is none, such as a pipe, can take forever.
pub(super) fn open(path: &Path) -> io::Result<File> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    File::open(path)
}

/// The whole of a file that has at most `largest` bytes.
pub(super) fn read(file: &File, largest: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(largest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest {
        return Err(io::Error::other(format!("it has more than {largest} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;
    use tokio::time::Instant;
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Level, Metadata, Subscriber};

    use super::*;

    const EVERY: Duration = Duration::from_secs(2);
    const SETTLED: Duration = Duration::from_millis(200);

    /// Counts the errors that are logged.
    #[derive(Clone, Default)]
    struct Errors(Arc<AtomicUsize>);

    impl Subscriber for Errors {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn event(&self, event: &Event<'_>) {
            let is_error = *event.metadata().level() == Level::ERROR;
            self.0.fetch_add(usize::from(is_error), Ordering::Relaxed);
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_that_panics_is_logged_and_is_not_the_last() {
        let (errors, begun) = (Errors::default(), Instant::now());
        let _log = tracing::subscriber::set_default(errors.clone());
        let (looks, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let is_done = done.clone();
        let look = move || match looks.fetch_add(1, Ordering::Relaxed) {
            0 => panic!("a look of a test's own"),
            1 => Looked::Again,
            _ => {
                is_done.add_permits(1);
                Looked::Done
            }
        };
        tokio::select! {
            () = watch(EVERY, SETTLED, look) => {}
            done = done.acquire() => assert!(done.is_ok()),
        }
        assert_eq!(errors.0.load(Ordering::Relaxed), 1);
        assert_eq!(begun.elapsed().as_millis(), (2 * EVERY + SETTLED).as_millis());
    }
}
