//! Runs whose process is no longer there.

use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use crate::server::respond::Refusal;
use crate::session::store::{RunKey, RunLog, within};
use crate::wire::ErrorBody;

/// After this silence a run is taken to be lost. Its process gives a sign of life each second, and waits five seconds
/// for the log to take it.
const LOST_AFTER: Duration = Duration::from_secs(20);

/// How long the log may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a log that answers is to say so: where it was away itself, a process that lives gives its next sign at most
/// six seconds after it is back.
const CONFIRMED_AFTER: Duration = Duration::from_secs(7);

/// Looks whether the process of a run lives that has not ended, while there is nothing to be read of it.
#[derive(Debug, Default)]
pub(in crate::server) struct Silence {
    /// The first of the looks that have found it silent, with none in between that has not.
    since: Option<Instant>,
}

impl Silence {
    /// Whether the process was silent for so long that there is no use in waiting for more.
    pub(in crate::server) async fn is_lost(&mut self, log: &dyn RunLog, run: &RunKey) -> bool {
        let silence = within(PATIENCE, "the log of runs", log.silence(run)).await;
        if !matches!(silence, Ok(Some(silence)) if silence >= LOST_AFTER) {
            self.since = None;
            return false;
        }
        self.since.get_or_insert_with(Instant::now).elapsed() >= CONFIRMED_AFTER
    }

    /// The log is not available: it may not have heard the process either.
    pub(in crate::server) fn doubt(&mut self) {
        self.since = None;
    }
}

/// What those who wait for such a run are told. It may have done things: nobody is to do them again unasked.
pub(in crate::server) fn lost() -> Refusal {
    let message = "nothing is heard any more of the server that ran this request: what it had done by then stands, so \
                   look at its session before you send it again";
    let body = ErrorBody::new("server_error", message).with_code("run_lost");
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, body).never_retry()
}
