//! What the routes of one server share: the agents, resolved and checked, and the limits.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use dashmap::DashMap;
use tokio::sync::Semaphore;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::admission::BodyBudget;
use super::router;
use crate::agent::{Clocks, Description, Runnable};
use crate::config::{AgentSettings, Endpoint, ServerConfig};
use crate::error::{AgentValidationError, Result};
use crate::random::Identifier;
use crate::session::MemoryPool;
use crate::stream::Output;

/// An agent before it is checked against the others.
pub(super) struct Candidate {
    pub(super) description: &'static Description,
    pub(super) settings: AgentSettings,
    pub(super) has_memory: bool,
    pub(super) pool: Option<MemoryPool>,
    pub(super) make: Box<dyn FnOnce(MemoryPool) -> Arc<dyn Runnable> + Send>,
}

/// What the routes of one server share.
pub(super) struct Application {
    pub(super) endpoints: Vec<Arc<ServedEndpoint>>,
    /// The endpoints by published name, for `model` on `/v1`.
    by_name: HashMap<String, Arc<ServedEndpoint>>,
    pub(super) server: ServerConfig,
    /// One permit a run.
    pub(super) runs: Arc<Semaphore>,
    pub(super) bodies: BodyBudget,
    /// The runs that are under way, so that a shutdown can reach them.
    running: DashMap<u128, Output, BuildHasherDefault<Random>>,
    client_session_ids: AtomicBool,
    draining: AtomicBool,
    pub(super) started: Instant,
    /// Seconds since 1970, the `created` of the models.
    pub(super) created: u64,
    background: OnceLock<()>,
    pools: Vec<(MemoryPool, std::time::Duration)>,
    pub(super) tasks: TaskTracker,
    stop: CancellationToken,
    /// Ends the background tasks when the application is dropped.
    _stop: DropGuard,
}

/// One endpoint as it is served.
pub(super) struct ServedEndpoint {
    pub(super) endpoint: Endpoint,
    /// The endpoint's number within its agent.
    pub(super) index: usize,
    /// The struct's name.
    pub(super) agent: &'static str,
    /// The agent's published name, under which sessions are kept: the endpoints of one agent share them.
    pub(super) sessions: Arc<str>,
    pub(super) runnable: Arc<dyn Runnable>,
    pub(super) pool: MemoryPool,
    pub(super) has_memory: bool,
    pub(super) max_memory_items: usize,
    pub(super) clocks: Clocks,
    pub(super) keep_alive: std::time::Duration,
    pub(super) default_stream: bool,
}

impl Application {
    pub(super) fn build(candidates: Vec<Candidate>, server: ServerConfig) -> Result<Arc<Self>> {
        server.check()?;
        let mut endpoints = Vec::new();
        let mut pools = Vec::new();
        for candidate in candidates {
            let Candidate { description, settings, has_memory, pool, make } = candidate;
            let resolved = settings.endpoints(description)?;
            let pool =
                pool.unwrap_or_else(|| MemoryPool::new(settings.memory_ttl, settings.max_memory_items));
            let runnable = make(pool.clone());
            pools.push((pool.clone(), settings.auto_clean_interval));
            let sessions: Arc<str> = settings.published_name(description).into();
            endpoints.extend(resolved.into_iter().enumerate().map(|(index, endpoint)| {
                Arc::new(ServedEndpoint {
                    endpoint,
                    index,
                    agent: description.agent,
                    sessions: sessions.clone(),
                    runnable: runnable.clone(),
                    pool: pool.clone(),
                    has_memory,
                    max_memory_items: settings.max_memory_items,
                    clocks: Clocks {
                        first_event: settings.first_event_timeout,
                        idle: settings.idle_timeout,
                        total: settings.timeout,
                    },
                    keep_alive: settings.keep_alive,
                    default_stream: settings.default_stream,
                })
            }));
        }
        check_routes(&endpoints, &server)?;
        let by_name = endpoints.iter().map(|served| (served.endpoint.name.clone(), served.clone())).collect();
        let stop = CancellationToken::new();
        Ok(Arc::new(Self {
            by_name,
            endpoints,
            runs: Arc::new(Semaphore::new(server.max_runs)),
            bodies: BodyBudget::new(server.bodies_in_flight),
            running: DashMap::default(),
            client_session_ids: AtomicBool::new(server.client_session_ids),
            draining: AtomicBool::new(false),
            started: Instant::now(),
            created: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
            background: OnceLock::new(),
            pools,
            tasks: TaskTracker::new(),
            _stop: stop.clone().drop_guard(),
            stop,
            server,
        }))
    }

    /// The endpoint that `model` names; any name will do while there is one endpoint.
    pub(super) fn endpoint(&self, model: Option<&str>) -> Option<&Arc<ServedEndpoint>> {
        match self.endpoints.as_slice() {
            [only] => Some(only),
            _ => self.by_name.get(model?),
        }
    }

    /// Starts sweeping, once, on the runtime that serves the first request.
    pub(super) fn start_background(&self) {
        self.background.get_or_init(|| {
            for (pool, interval) in &self.pools {
                self.tasks.spawn(pool.clone().sweep_every(*interval, self.stop.clone().cancelled_owned()));
            }
        });
    }

    pub(super) fn accept_client_session_ids(&self) {
        self.client_session_ids.store(true, Ordering::Relaxed);
    }

    /// Whether clients may choose session ids here.
    pub(super) fn client_session_ids(&self) -> bool {
        self.client_session_ids.load(Ordering::Relaxed)
    }

    pub(super) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Notes a run that is under way; dropping the guard forgets it.
    pub(super) fn track(self: &Arc<Self>, run_id: Identifier, output: &Output) -> Tracked {
        self.running.insert(run_id.bits(), output.clone());
        Tracked { application: self.clone(), run: run_id.bits() }
    }

    /// Asks every run under way to say farewell now.
    pub(super) fn interrupt_runs(&self) {
        for output in &self.running {
            output.interrupt();
        }
    }

    pub(super) fn running(&self) -> usize {
        self.running.len()
    }

    /// Ends the background tasks.
    pub(super) fn stop_background(&self) {
        self.stop.cancel();
        self.tasks.close();
    }
}

/// A run that is under way.
pub(super) struct Tracked {
    application: Arc<Application>,
    run: u128,
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.application.running.remove(&self.run);
    }
}

/// The keys of the runs are random already.
#[derive(Default)]
struct Random(u64);

impl Hasher for Random {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, bits: u128) {
        // The two halves of a key are independent; one is enough.
        self.0 = u64::try_from(bits >> 64).unwrap_or_default();
    }
}

/// Paths that a server answers by itself.
const RESERVED: [&str; 4] = ["/health", "/ready", "/docs", "/openapi.json"];

/// Whether every path and every name has one owner.
fn check_routes(endpoints: &[Arc<ServedEndpoint>], server: &ServerConfig) -> Result {
    let openai_path = server.openai_path.as_deref().map(|path| path.trim_end_matches('/'));
    for (at, served) in endpoints.iter().enumerate() {
        let Endpoint { path, name, .. } = &served.endpoint;
        let shown = || shown(path).to_owned();
        if openai_path == Some(path) {
            let agent = title(served);
            return Err(AgentValidationError::PathIsOpenAiPath { agent, path: shown() }.into());
        }
        if RESERVED.contains(&path.as_str()) {
            return Err(AgentValidationError::PathReserved { agent: title(served), path: shown() }.into());
        }
        for earlier in &endpoints[..at] {
            let (first, second) = (title(earlier), title(served));
            if earlier.endpoint.path == *path {
                return Err(AgentValidationError::PathTaken { path: shown(), first, second }.into());
            }
            if earlier.endpoint.name == *name {
                return Err(AgentValidationError::NameTaken { name: name.clone(), first, second }.into());
            }
        }
    }
    check_patterns(endpoints, openai_path)
}

/// Whether every route has one owner. Two paths that differ can have a route in common: what is below `/models` of
/// one is a model's name, and everything of another whose path that is.
fn check_patterns(endpoints: &[Arc<ServedEndpoint>], openai_path: Option<&str>) -> Result {
    let mut owners: HashMap<String, String> = HashMap::new();
    let mut claim = |route: &str, owner: &str| {
        // The router takes one wildcard at a place, whatever its name.
        let route = route.split_once("{*").map_or_else(|| route.to_owned(), |(fixed, _)| format!("{fixed}*"));
        match owners.insert(route.clone(), owner.to_owned()) {
            None => Ok(()),
            Some(first) => Err(AgentValidationError::RouteTaken { route, first, second: owner.to_owned() }),
        }
    };
    if let Some(path) = openai_path {
        let owner = format!("`openai_path` (`{}`)", shown(path));
        router::routes_of_openai(path).try_for_each(|route| claim(&route, &owner))?;
    }
    for served in endpoints {
        let path = &served.endpoint.path;
        let owner = format!("`{}` (`{}`)", title(served), shown(path));
        router::routes_of_agent(path).try_for_each(|route| claim(&route, &owner))?;
    }
    Ok(())
}

fn title(served: &ServedEndpoint) -> String {
    format!("{}.{}", served.agent, served.endpoint.method)
}

/// A path as it is written: the root's is empty here.
fn shown(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}
