//! The answer that begins a resumable run.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Response};
use tokio::time::sleep;

use super::follow::FollowBody;
use super::journal::Journal;
use super::pump::pump;
use super::tail::Tail;
use crate::server::application::Application;
use crate::server::idempotency::Claim;
use crate::server::respond::stream::event_response;
use crate::server::respond::{AnswerBody, Carrier, Refusal};
use crate::session::store::{RunKey, RunLogLimits};

/// Says that the client can come back for the rest.
const RESUMABLE: HeaderName = HeaderName::from_static("x-alphora-resumable");

/// On which terms the answers of a run are kept.
pub(in crate::server) struct Terms {
    /// How often a silent stream tells that it lives.
    pub(in crate::server) keep_alive: Duration,
    /// How long the run may take.
    pub(in crate::server) longest: Duration,
    /// The client comes back by itself for what its stream does not give it, and is not told with an error.
    pub(in crate::server) comes_back: bool,
    /// The key of the request, which belongs to this run.
    pub(in crate::server) claim: Option<Arc<Claim>>,
}

/// A run that goes on whatever becomes of its client, and where its answer is kept.
pub(in crate::server) struct KeptRun {
    pub(in crate::server) application: Arc<Application>,
    pub(in crate::server) run: RunKey,
    pub(in crate::server) terms: Terms,
}

/// A log is kept for at least this long, so that signs of life come before its end.
const SHORTEST: Duration = Duration::from_secs(30);

impl Terms {
    /// A run that can be resumed is known to the log until it has ended. That of a key is kept as long as the key.
    fn limits(&self) -> RunLogLimits {
        let limits = RunLogLimits::default();
        let resumed = self.comes_back.then(|| limits.time.max(self.longest));
        let repeated = self.claim.as_ref().map(|claim| claim.time);
        RunLogLimits { time: resumed.max(repeated).unwrap_or_default().max(SHORTEST), ..limits }
    }
}

/// Begins the log of a run, and says how many bytes it may take.
pub(super) fn begin_journal(
    carrier: &Carrier,
    application: &Application,
    run: RunKey,
    terms: &Terms,
    tail: &Arc<Tail>,
) -> usize {
    let limits = terms.limits();
    // From now on the key is given back only where it is known that nothing was done.
    if let Some(claim) = &terms.claim {
        claim.keep();
    }
    let journal = Journal {
        log: application.run_log.clone(),
        run,
        limits,
        tail: tail.clone(),
        output: carrier.output.clone(),
        claim: terms.claim.clone(),
    };
    application.detached.spawn(journal.keep());
    limits.bytes
}

/// Begins a run that goes on whatever becomes of its client, and answers with a stream as soon as there is something
/// to answer with: as an ordinary stream does, so that what fails early is an HTTP error.
pub(in crate::server) async fn resumable(
    carrier: Carrier,
    kept: Box<KeptRun>,
) -> Result<Response<AnswerBody>, Refusal> {
    let KeptRun { application, run, terms } = *kept;
    let (identity, output) = (carrier.identity.clone(), carrier.output.clone());
    let tail = Arc::new(Tail::default());
    let reader = tail.reader();
    let most = begin_journal(&carrier, &application, run.clone(), &terms, &tail);
    let Terms { keep_alive, comes_back, claim, .. } = terms;
    application.detached.spawn(pump(carrier, tail, claim, most));

    let mut silent = false;
    while !silent {
        tokio::select! {
            begun = poll_fn(|context| reader.poll_begun(context)) => {
                begun?;
                break;
            }
            // A run that still waits for its session has no first event to wait for: its own clock decides.
            () = sleep(keep_alive) => silent = output.activity().begun && reader.begin(),
        }
    }
    let is_open = poll_fn(|context| reader.poll_opened(context)).await;
    let body = FollowBody::live(reader, application, run, keep_alive, silent, !comes_back);
    let mut response = event_response(AnswerBody::Follow(Box::new(body)), &identity);
    if is_open {
        response.headers_mut().insert(RESUMABLE, HeaderValue::from_static("1"));
    }
    Ok(response)
}
