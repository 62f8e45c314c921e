//! What the routes of one server share: the agents, resolved and checked, and the limits.

use std::collections::HashMap;
use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use tokio::sync::Semaphore;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::admission::BodyBudget;
use super::authentication::Authenticate;
use super::background;
use super::idempotency::KEYS_GIVEN_BACK_AT_ONCE;
use super::limits::Limiter;
use super::metrics::{EndpointMetrics, Metrics};
use super::reread::RereadFiles;
use super::running::RunningRuns;
use super::store_health::StoreHealth;
use super::stores;
use super::waiting::Waiting;
use crate::agent::{Clocks, Description, Policies, Runnable};
use crate::clock::unix_now;
use crate::config::{AgentSettings, Endpoint, ServerConfig};
use crate::error::Result;
use crate::session::store::{InMemoryRunLog, RunLog, SessionStore};
use crate::session::{Backing, MemoryPool};

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
    /// Knows whose a request is; without it, a layer around the router may.
    pub(super) authentication: Option<Arc<dyn Authenticate>>,
    /// What is read again while the server runs.
    #[cfg_attr(not(feature = "metrics"), expect(dead_code, reason = "only a scrape asks for it"))]
    pub(super) files: RereadFiles,
    /// One permit a run.
    pub(super) runs: Arc<Semaphore>,
    pub(super) bodies: BodyBudget,
    pub(super) limiter: Limiter,
    /// The answers that wait for runs which they have not begun.
    pub(super) waiting: Arc<Waiting>,
    /// The runs that are under way, so that they can be ended from outside.
    pub(super) running: RunningRuns,
    /// The runs that go on without their clients. It is closed from the beginning, which only lets a wait for it
    /// end as soon as it is empty.
    pub(super) detached: TaskTracker,
    client_session_ids: AtomicBool,
    /// What is counted of all agents together; the numbers of each are its endpoint's.
    pub(super) metrics: Arc<Metrics>,
    open_metrics: AtomicBool,
    draining: AtomicBool,
    pub(super) started: Instant,
    /// Seconds since 1970, the `created` of the models.
    pub(super) created: u64,
    background: OnceLock<()>,
    pools: Vec<(MemoryPool, std::time::Duration)>,
    /// Where sessions outlive this process, or are shared with others.
    pub(super) store: Option<Arc<dyn SessionStore>>,
    pub(super) store_health: Arc<StoreHealth>,
    /// Where the events of resumable streams are kept: the store's, or this server's own.
    pub(super) run_log: Arc<dyn RunLog>,
    /// One permit a key that is to be given back, while the log does not answer.
    pub(super) giving_back: Arc<Semaphore>,
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
    /// Its number among all that are served.
    pub(super) number: usize,
    /// The struct's name.
    pub(super) agent: &'static str,
    /// The agent's published name, under which sessions are kept: the endpoints of one agent share them.
    pub(super) sessions: Arc<str>,
    pub(super) runnable: Arc<dyn Runnable>,
    pub(super) pool: MemoryPool,
    pub(super) metrics: Arc<EndpointMetrics>,
    pub(super) has_memory: bool,
    pub(super) clocks: Clocks,
    pub(super) policies: Policies,
    pub(super) keep_alive: std::time::Duration,
    pub(super) default_stream: bool,
}

impl Application {
    pub(super) fn build(
        candidates: Vec<Candidate>,
        server: ServerConfig,
        store: Option<Arc<dyn SessionStore>>,
        authentication: Option<Arc<dyn Authenticate>>,
        files: RereadFiles,
    ) -> Result<Arc<Self>> {
        let tasks = TaskTracker::new();
        let mut endpoints = Vec::new();
        let mut pools = Vec::new();
        for candidate in candidates {
            let Candidate { description, settings, has_memory, pool, make } = candidate;
            let resolved = settings.endpoints(description)?;
            let pool = pool.unwrap_or_else(|| new_pool(&settings, &server, store.is_some()));
            if let Some(store) = &store {
                let (store, lease, tasks) = (store.clone(), server.session_lease, tasks.clone());
                pool.back(Backing { store, lease, tasks });
            } else if authentication.is_some() || server.session_endpoints {
                // A list of sessions is asked for only where there are endpoints for it.
                pool.keep_directory();
            }
            let runnable = make(pool.clone());
            pools.push((pool.clone(), settings.auto_clean_interval));
            let sessions: Arc<str> = settings.published_name(description).into();
            let earlier = endpoints.len();
            endpoints.extend(resolved.into_iter().enumerate().map(|(index, endpoint)| {
                Arc::new(ServedEndpoint {
                    endpoint,
                    index,
                    number: earlier + index,
                    agent: description.agent,
                    sessions: sessions.clone(),
                    runnable: runnable.clone(),
                    pool: pool.clone(),
                    metrics: Arc::default(),
                    has_memory,
                    clocks: Clocks {
                        first_event: settings.first_event_timeout,
                        idle: settings.idle_timeout,
                        total: settings.timeout,
                    },
                    policies: Policies {
                        on_disconnect: settings.on_disconnect,
                        concurrency: settings.concurrency,
                        on_failure: settings.on_failure,
                    },
                    keep_alive: settings.keep_alive,
                    default_stream: settings.default_stream,
                })
            }));
        }
        let by_name = endpoints.iter().map(|served| (served.endpoint.name.clone(), served.clone())).collect();
        let stop = CancellationToken::new();
        let detached = TaskTracker::new();
        detached.close();
        Ok(Arc::new(Self {
            by_name,
            endpoints,
            authentication,
            files,
            runs: Arc::new(Semaphore::new(server.max_runs)),
            bodies: BodyBudget::new(server.bodies_in_flight, server.body_limit),
            limiter: Limiter::new(&server, store.as_ref().and_then(|store| store.limits()), &tasks, &stop),
            waiting: Arc::default(),
            running: RunningRuns::default(),
            detached,
            client_session_ids: AtomicBool::new(server.client_session_ids),
            metrics: Arc::default(),
            open_metrics: AtomicBool::new(server.open_metrics),
            draining: AtomicBool::new(false),
            started: Instant::now(),
            created: unix_now(),
            background: OnceLock::new(),
            pools,
            run_log: store
                .as_ref()
                .and_then(|store| store.run_log())
                .unwrap_or_else(|| Arc::new(InMemoryRunLog::default())),
            giving_back: Arc::new(Semaphore::new(KEYS_GIVEN_BACK_AT_ONCE)),
            store,
            store_health: Arc::default(),
            tasks,
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
                let (pool, interval) = (pool.clone(), *interval);
                let sweeping = background::again("the sweeps of a pool", move || {
                    pool.clone().sweep_every(interval, pending())
                });
                self.start_in_background("the sweeps of a pool", sweeping);
            }
            if let Some(upkeep) =
                self.authentication.as_ref().and_then(|authentication| authentication.upkeep())
            {
                self.start_in_background("the upkeep of the authentication", upkeep);
            }
            let interval = self.pools.iter().map(|(_, interval)| *interval).min();
            if let (Some(store), Some(interval)) = (&self.store, interval) {
                let sweeping = stores::sweep_every(store.clone(), interval);
                self.start_in_background("the sweeps of the session store", sweeping);
                let asking = self.store_health.clone().keep(store.clone());
                self.start_in_background("the look at the session store", asking);
            }
        });
    }

    /// Starts a task that ends with the background, or with a panic, which the log then has.
    pub(super) fn start_in_background(
        &self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        self.tasks.spawn(self.stop.clone().run_until_cancelled_owned(background::told(name, task)));
    }

    pub(super) fn accept_client_session_ids(&self) {
        self.client_session_ids.store(true, Ordering::Relaxed);
    }

    /// Whether clients may choose session ids here.
    pub(super) fn client_session_ids(&self) -> bool {
        self.client_session_ids.load(Ordering::Relaxed)
    }

    pub(super) fn show_metrics_to_all(&self) {
        self.open_metrics.store(true, Ordering::Relaxed);
    }

    /// Whether everybody may read the metrics here.
    #[cfg(feature = "metrics")]
    pub(super) fn shows_metrics_to_all(&self) -> bool {
        self.open_metrics.load(Ordering::Relaxed)
    }

    pub(super) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Ends the background tasks.
    pub(super) fn stop_background(&self) {
        self.stop.cancel();
        self.tasks.close();
    }
}

/// The pool of an agent that was not given one. Where there is a store, `max_sessions` is the store's.
fn new_pool(settings: &AgentSettings, server: &ServerConfig, has_store: bool) -> MemoryPool {
    let limits = &server.session_limits;
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let of_all = limits.sessions.filter(|_| !has_store).map_or(usize::MAX, number);
    let most = settings.max_memory_items.min(of_all);
    let mut pool =
        MemoryPool::new(settings.memory_ttl, most).with_max_session_bytes(number(limits.session_bytes));
    if let Some(all) = limits.bytes {
        pool = pool.with_max_bytes(number(all));
    }
    if let Some(items) = limits.owner_sessions {
        pool = pool.with_max_owner_items(number(items));
    }
    if let Some(of_owner) = limits.owner_bytes {
        pool = pool.with_max_owner_bytes(number(of_owner));
    }
    pool
}
