//! A file whose content is in use, and that is read again when it changes.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};

use super::mistakes::Mistakes;
use crate::error::{AgentValidationError, Result};
use crate::server::reread::{self, FileHealth, Looked};

#[cfg(test)]
mod tests;

/// How often to look whether a file has changed.
const EVERY: Duration = Duration::from_secs(2);
/// How long a file that has changed has to stay as it is before it is read: who writes it may not be done.
const SETTLED: Duration = Duration::from_millis(200);
/// A file that is written twice within the grain of its file system's clock looks the same both times. What was read
/// so soon after it was written is read once more.
const GRAIN: Duration = Duration::from_secs(2);

/// What a file is read as.
pub(super) trait Reread: Sized + Send + Sync + 'static {
    /// What the file lists, for errors and the log.
    const NAME: &'static str;
    /// What to write into a file that lists nothing.
    const EMPTY: &'static str;
    /// The most bytes that the file may have.
    const LARGEST: u64;

    fn read(text: &str) -> Result<Self, Mistakes>;

    /// How much it lists. A program does not start with nothing, which nobody means; one that runs takes it, because
    /// whoever removes the last one means that.
    fn count(&self) -> usize;
}

/// A file whose content is in use.
///
/// Whatever comes of a change, there is always a content: what cannot be read leaves the one before in use, and the log
/// says so, once for each change.
pub(super) struct RereadFile<T> {
    path: PathBuf,
    content: RwLock<Arc<T>>,
    health: FileHealth,
    seen: Mutex<Seen>,
}

/// What is known of the file itself.
struct Seen {
    /// How it was when it was read.
    stamp: Stamp,
    /// What it has changed into, if it may go on changing.
    changing: Option<Stamp>,
    /// Of its bytes, whether they could be used or not.
    digest: Option<[u8; 32]>,
    /// Whether it may have been written since without looking so.
    unsure: bool,
}

/// What changes when a file does, or when another one takes its name, as with `mv` or a link that is set anew.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stamp {
    /// It cannot be found.
    Gone,
    There {
        modified: Option<SystemTime>,
        length: u64,
        identity: (u64, u64),
    },
}

impl<T: Reread> RereadFile<T> {
    /// # Errors
    /// The file cannot be read, or used.
    pub(super) fn open(path: &Path, health: FileHealth) -> Result<Arc<Self>> {
        let invalid = |reason: String| AgentValidationError::InvalidFile {
            place: format!("the file of the {}, {}", T::NAME, path.display()),
            reason,
        };
        let Opened { text, stamp } = open(path, T::LARGEST).map_err(|error| invalid(unreadable(&error)))?;
        let content = T::read(&text).map_err(|mistakes| invalid(mistakes.to_string()))?;
        if content.count() == 0 {
            return Err(invalid(format!("there are no {} in it that count: {}", T::NAME, T::EMPTY)).into());
        }
        tracing::info!(file = %path.display(), count = content.count(), "{} were read", T::NAME);
        let unsure = stamp.is_recent();
        let seen = Seen { stamp, changing: None, digest: Some(digest(&text)), unsure };
        Ok(Arc::new(Self {
            path: path.to_owned(),
            content: RwLock::new(Arc::new(content)),
            health,
            seen: Mutex::new(seen),
        }))
    }

    /// The content that is in use.
    pub(super) fn content(&self) -> Arc<T> {
        self.content.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the file again whenever it changes; it never ends.
    pub(super) async fn watch(self: Arc<Self>) {
        reread::watch(EVERY, SETTLED, move || self.look()).await;
    }

    fn look(&self) -> Looked {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = stamp(&self.path);
        if now != seen.stamp && seen.changing.as_ref() != Some(&now) {
            seen.changing = Some(now);
            return Looked::Again;
        }
        if now != seen.stamp || seen.unsure {
            match open(&self.path, T::LARGEST) {
                Ok(opened) if opened.stamp == now => self.take(&mut seen, opened),
                Ok(opened) => {
                    seen.changing = Some(opened.stamp);
                    return Looked::Again;
                }
                Err(error) => {
                    // Said once, and looked at again: what keeps it from being read may pass without changing it.
                    let is_known = seen.stamp == now && seen.digest.is_none();
                    (seen.stamp, seen.digest, seen.unsure) = (now, None, true);
                    if !is_known {
                        self.keep(&unreadable(&error));
                    }
                }
            }
        }
        seen.changing = None;
        Looked::Done
    }

    fn take(&self, seen: &mut Seen, Opened { text, stamp }: Opened) {
        seen.unsure = stamp.is_recent();
        seen.stamp = stamp;
        let digest = Some(digest(&text));
        if digest == std::mem::replace(&mut seen.digest, digest) {
            return;
        }
        self.health.note(true);
        match T::read(&text) {
            Ok(content) => {
                let count = content.count();
                self.health.note(false);
                *self.content.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(content);
                if count == 0 {
                    tracing::warn!(file = %self.path.display(), "there are no {} any more: nobody is let in", T::NAME);
                }
                tracing::info!(file = %self.path.display(), count, "{} were read again", T::NAME);
            }
            Err(mistakes) => self.keep(&mistakes.to_string()),
        }
    }

    fn keep(&self, error: &str) {
        self.health.note(true);
        tracing::error!(
            file = %self.path.display(), error, "the file of the {} has changed and cannot be used: the {} in use are \
             those that were read before", T::NAME, self.content().count()
        );
    }
}

struct Opened {
    text: String,
    stamp: Stamp,
}

fn open(path: &Path, largest: u64) -> io::Result<Opened> {
    let file = reread::open(path)?;
    let before = Stamp::of(&file.metadata()?);
    let text = io::read_to_string(reread::read(&file, largest)?.as_slice())?;
    if Stamp::of(&file.metadata()?) != before {
        return Err(io::Error::other("it is being written"));
    }
    Ok(Opened { text, stamp: before })
}

fn stamp(path: &Path) -> Stamp {
    std::fs::metadata(path).map_or(Stamp::Gone, |metadata| Stamp::of(&metadata))
}

fn unreadable(error: &io::Error) -> String {
    format!("it cannot be read: {error}")
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok();
        Self::There { modified, length: metadata.len(), identity: identity(metadata) }
    }

    fn is_recent(&self) -> bool {
        let Self::There { modified, .. } = self else { return false };
        // A time that lies ahead is that of another clock: nobody knows how recent it is.
        modified.is_none_or(|modified| modified.elapsed().map_or(true, |elapsed| elapsed < GRAIN))
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}
