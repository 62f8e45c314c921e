//! The certificate that is in use, and its files, which are read again when they change.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use rustls::crypto::CryptoProvider;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::pair::{Digest, Files, Pair};
use crate::error::AgentValidationError;
use crate::server::reread::{self, FileHealth, Looked};

/// How often to look whether the files have changed. They are small, so that they are simply read: no clock of a file
/// system has to tell what has changed, and no link that is set anew is missed.
const EVERY: Duration = Duration::from_secs(2);

/// How long files that have changed have to stay as they are: who replaces two files is not done with one.
const SETTLED: Duration = Duration::from_millis(300);

/// The certificate and its key, for all handshakes that begin.
pub(super) struct Certificates {
    files: Files,
    provider: Arc<CryptoProvider>,
    health: FileHealth,
    current: RwLock<Arc<CertifiedKey>>,
    seen: Mutex<Seen>,
}

/// What the files were when they were looked at: a pair, or why there is none.
type State = Result<Digest, String>;

struct Seen {
    /// What was taken, or refused and complained about.
    known: State,
    /// What it has changed into, if it may go on changing.
    changing: Option<State>,
}

impl Certificates {
    /// # Errors
    /// The files cannot be read, or do not hold a certificate and its key.
    pub(super) fn open(
        files: Files,
        provider: &Arc<CryptoProvider>,
        health: FileHealth,
    ) -> Result<Arc<Self>, AgentValidationError> {
        let pair = Pair::read(&files)?;
        let current = pair.certified(&files, provider)?;
        Ok(Arc::new(Self {
            files,
            provider: provider.clone(),
            health,
            current: RwLock::new(Arc::new(current)),
            seen: Mutex::new(Seen { known: Ok(pair.digest()), changing: None }),
        }))
    }

    /// Reads the files again whenever they change; it never ends. What cannot be used leaves the certificate in use
    /// where it is, and the log says so, once for each change.
    pub(super) async fn watch(self: Arc<Self>) {
        reread::watch(EVERY, SETTLED, move || self.look()).await;
    }

    fn look(&self) -> Looked {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let read = Pair::read(&self.files);
        let state = read.as_ref().map(Pair::digest).map_err(ToString::to_string);
        if state == seen.known {
            seen.changing = None;
            return Looked::Done;
        }
        if seen.changing.as_ref() != Some(&state) {
            seen.changing = Some(state);
            return Looked::Again;
        }
        *seen = Seen { known: state, changing: None };
        self.health.note(true);
        match read.and_then(|pair| pair.certified(&self.files, &self.provider)) {
            Ok(certified) => {
                self.health.note(false);
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(certified);
                tracing::info!(file = %self.files.certificate.display(), "the certificate was read again");
            }
            Err(error) => tracing::error!(
                %error, "the certificate or its key has changed and cannot be used: those in use are the ones that were \
                 read before"
            ),
        }
        Looked::Done
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("files", &self.files).finish_non_exhaustive()
    }
}
