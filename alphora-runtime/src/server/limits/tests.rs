//! What lets runs in, and what becomes of it: alone, with others that share a store, and while that cannot be asked.

mod faulty;
mod here;
mod together;

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::{Admitted, Limiter};
use crate::config::ServerConfig;
use crate::principal::{Limits, Principal};
use crate::random::Identifier;
use crate::server::authentication::Caller;
use crate::server::respond::{Identity, Refusal};
use crate::session::store::LimitStore;
use crate::stream::{DataStreamer, Output, ResponseHead, Surface, renderer};
use crate::wire::Usage;

const LEASE: Duration = Duration::from_secs(15);

/// A server, as far as its limits go.
struct Server {
    limiter: Limiter,
    tasks: TaskTracker,
    stop: CancellationToken,
    _stop: DropGuard,
}

impl Server {
    fn new(config: ServerConfig, store: Option<Arc<dyn LimitStore>>) -> Self {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let config = ServerConfig { session_lease: LEASE, ..config };
        let limiter = Limiter::new(&config, store, &tasks, &stop);
        Self { limiter, tasks, _stop: stop.clone().drop_guard(), stop }
    }

    async fn admit(&self, caller: &Caller) -> Result<Run, Refusal> {
        let mut identity = Identity::new();
        let run = Identifier::new("cmpl-").unwrap();
        let mut admitted = self.limiter.admit(caller, run, &mut identity).await?;
        let head = ResponseHead { id: run, created: 0, model: "m".to_owned() };
        let output = Output::new(renderer(Surface::OpenAi, true, false, head));
        admitted.watch(&output);
        Ok(Run { _admitted: admitted, output, identity })
    }

    /// What keeps places and settles has ended.
    async fn stopped(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// A run that was let in, until it is dropped.
struct Run {
    _admitted: Admitted,
    output: Output,
    identity: Identity,
}

impl Run {
    /// The agent reports what it has used.
    fn uses(&self, tokens: u64) {
        DataStreamer::of_run(self.output.clone()).usage(Usage::new(tokens, 0)).unwrap();
    }

    fn header(&self, name: &str) -> Option<String> {
        let mut headers = http::HeaderMap::new();
        self.identity.write(&mut headers);
        headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    }
}

fn caller(name: &str) -> Caller {
    Principal::new(name).into()
}

fn anybody() -> Caller {
    Caller::default()
}

fn each(key_limits: Limits) -> ServerConfig {
    ServerConfig { key_limits, ..ServerConfig::default() }
}

fn runs(runs: u64) -> Limits {
    Limits { runs: Some(runs), ..Limits::default() }
}

fn requests(requests: u64) -> Limits {
    Limits { requests_per_minute: Some(requests), ..Limits::default() }
}

fn tokens(tokens: u64) -> Limits {
    Limits { tokens_per_minute: Some(tokens), ..Limits::default() }
}

/// The words and the seconds of a refusal.
fn said(refused: Result<Run, Refusal>) -> (String, u64) {
    let Err(refusal) = refused else { panic!("it was let in") };
    let error = &refusal.body().error;
    assert_eq!(
        (error.kind.as_str(), error.code.as_deref()),
        ("rate_limit_error", Some("rate_limit_exceeded"))
    );
    let message = error.message.clone();
    let response = refusal.into_response(&Identity::new());
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    (message, response.headers()["retry-after"].to_str().unwrap().parse().unwrap())
}
