//! From agents to something that serves them.

use std::marker::PhantomData;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;

use super::application::Candidate;
use super::authentication::Authenticate;
use super::listen::Server;
use super::prepare::Publication;
use super::reread::RereadFiles;
use super::router;
use crate::agent::{Agent, Fresh, Published, RunContext};
use crate::config::{AgentConfig, Environment, ServerConfig};
use crate::error::Result;
use crate::session::MemoryPool;
use crate::session::store::SessionStore;

/// Publishes an agent: `publish(agent).serve().await` serves it, `.router()` gives an axum router.
///
/// `agent` is a template. Every request runs on a fresh instance, made by cloning its unmarked fields.
pub fn publish<A: Agent + Fresh>(agent: A) -> Publisher<A> {
    Publisher::new().add(Candidate::new::<A>(Box::new(move |_| agent.fresh())))
}

/// Publishes agents that `factory` makes, one for each request, for agents that cannot be cloned or that depend
/// on the request.
///
/// The factory leaves the marked fields at `Default::default()`; memory and stream are bound afterwards.
pub fn publish_with<A, F>(factory: F) -> Publisher<A>
where
    A: Agent,
    F: Fn(&RunContext<'_>) -> A + Send + Sync + 'static,
{
    Publisher::new().add(Candidate::new::<A>(Box::new(factory)))
}

/// The seed's `publish_agent_api(agent, method, config)`: the routes of one agent, to be served by axum.
///
/// The method is the one that `#[agent]` exposes. This is `publish(agent).config(config).with_pages().router()`.
///
/// # Errors
/// What [`Publisher::router`] says.
pub fn publish_agent_api<A: Agent + Fresh>(agent: A, config: AgentConfig<A>) -> Result<Router> {
    publish(agent).config(config).with_pages().router()
}

/// Agents on their way to be served. `A` is the one that was added last, which [`config`](Self::config) is for.
#[must_use = "nothing is served before `.serve()`, `.bind(..)` or `.router()`"]
pub struct Publisher<A> {
    publication: Publication,
    pages: bool,
    last: PhantomData<fn() -> A>,
}

impl Publisher<()> {
    fn new() -> Self {
        let publication = Publication {
            agents: Vec::new(),
            server: ServerConfig::default(),
            store: None,
            authentication: None,
            files: RereadFiles::default(),
            environment: Environment::process(),
            banner: true,
        };
        Self { publication, pages: false, last: PhantomData }
    }
}

impl<A> Publisher<A> {
    fn add<B>(mut self, agent: Candidate) -> Publisher<B> {
        self.publication.agents.push(agent);
        Publisher { publication: self.publication, pages: self.pages, last: PhantomData }
    }

    /// Publishes another agent in the same server; what is configured next is for this one.
    pub fn and<B: Agent + Fresh>(self, agent: B) -> Publisher<B> {
        self.add(Candidate::new::<B>(Box::new(move |_| agent.fresh())))
    }

    /// [`and`](Self::and) with a factory, as [`publish_with`].
    pub fn and_with<B, F>(self, factory: F) -> Publisher<B>
    where
        B: Agent,
        F: Fn(&RunContext<'_>) -> B + Send + Sync + 'static,
    {
        self.add(Candidate::new::<B>(Box::new(factory)))
    }

    /// The options of the agent that was added last. The configuration file and variables win over it.
    pub fn config(mut self, config: AgentConfig<A>) -> Self {
        if let Some(agent) = self.publication.agents.last_mut() {
            agent.settings = config.into_settings();
        }
        self
    }

    /// The pool in which the last agent's sessions live, to be shared or looked at. Its own settings count, and
    /// `memory_ttl` and `max_memory_items` of the config do not; without it a pool is made from these two.
    pub fn memory_pool(mut self, pool: MemoryPool) -> Self {
        if let Some(agent) = self.publication.agents.last_mut() {
            agent.pool = Some(pool);
        }
        self
    }

    /// The store in which all agents' sessions are kept, instead of one that the configuration names; see
    /// [`SessionStore`]. A pool that has a store of its own keeps it.
    pub fn session_store(mut self, store: Arc<dyn SessionStore>) -> Self {
        self.publication.store = Some(store);
        self
    }

    /// The options of the server. The configuration file and variables win over it.
    pub fn server(mut self, config: ServerConfig) -> Self {
        self.publication.server = config;
        self
    }

    /// Where [`serve`](Self::serve) listens; see [`ServerConfig::addr`].
    pub fn addr(mut self, addr: impl Into<SocketAddr>) -> Self {
        self.publication.server.addr = addr.into();
        self
    }

    /// The path of the surface for OpenAI's clients; see [`ServerConfig::openai_path`].
    pub fn openai_path(mut self, path: Option<&str>) -> Self {
        self.publication.server.openai_path = path.map(str::to_owned);
        self
    }

    /// Lets the pages of one more origin call the server; see [`ServerConfig::allow_origins`].
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.publication.server.allow_origins.push(origin.into());
        self
    }

    /// Says who a request is from: sessions and runs are then their owners' alone, and a request that nobody who is known
    /// has signed is refused with 401. Health, readiness, the API document and its page stay open.
    ///
    /// Another owner's session or run is answered like one that does not exist. Owners may choose session ids, on any
    /// address, and have the endpoints of their sessions (`GET {path}/sessions`). The agent
    /// reads the caller with `request.principal()`. Without this, all requests are those of one anonymous owner; but a
    /// layer around a [`router`](Self::router) may insert a [`Principal`](crate::principal::Principal) or an
    /// [`Owner`](crate::session::Owner) into a request's extensions, which counts as long as this is not set.
    ///
    /// ```
    /// # use alphora_runtime::agent::{Agent, Fresh};
    /// # use alphora_runtime::server::axum::http::HeaderMap;
    /// # use alphora_runtime::principal::Principal;
    /// # use alphora_runtime::server::{AuthenticationError, Publisher, publish};
    /// # fn with_users<A: Agent + Fresh>(agent: A) -> Publisher<A> {
    /// // A proxy in front has checked who it is, and nobody can reach this server past it.
    /// publish(agent).authenticate(|headers: &HeaderMap| {
    ///     let user = headers.get("x-forwarded-user").and_then(|user| user.to_str().ok());
    ///     user.map(Principal::new).ok_or_else(AuthenticationError::unauthenticated)
    /// })
    /// # }
    /// ```
    pub fn authenticate(mut self, authentication: impl Authenticate) -> Self {
        self.publication.authentication = Some(Arc::new(authentication));
        self
    }

    /// What surrounds the server instead of the process's own variables, arguments and file.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.publication.environment = environment;
        self
    }

    /// Adds `/health`, `/ready`, `/openapi.json` and `/docs` to [`router`](Self::router). A server of its own
    /// always has them.
    pub fn with_pages(mut self) -> Self {
        self.pages = true;
        self
    }

    /// Leaves out the lines that a server prints when it starts.
    pub fn without_banner(mut self) -> Self {
        self.publication.banner = false;
        self
    }

    /// The agents' routes and `/v1`, to be served as they are or nested in an axum application.
    ///
    /// The listener is the caller's, so is its exposure: session ids that clients choose are accepted. What belongs
    /// to a listener does not come with a router: the address, `--host` and `--port`, TLS, the banner, the drain, and
    /// `TCP_NODELAY`, without which small chunks are held back (`listener.tap_io(..)` in axum). Sweeping starts with
    /// the first request and ends when the last clone of the router is dropped. Whom requests are for (`Host`), and from
    /// which pages they come, is looked at only where [`ServerConfig::allow_hosts`] names somebody.
    ///
    /// It is a `Router<()>`: an application with a state calls `.with_state(..)` before it nests this one.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation): two agents on one path or under one name, a bad value of
    /// an option.
    pub fn router(self) -> Result<Router> {
        let application = self.publication.prepare(true).into_application()?;
        application.accept_client_session_ids();
        Ok(router::routes_to_nest(&application, self.pages))
    }

    /// Binds to `addr` without serving yet; port 0 lets the system choose.
    ///
    /// # Errors
    /// As [`router`](Self::router), and [`ErrorKind::Io`](crate::ErrorKind::Io) when the address is in use.
    pub async fn bind(self, addr: impl tokio::net::ToSocketAddrs + std::fmt::Debug) -> Result<Server> {
        let wanted = format!("{addr:?}");
        self.publication.bind(&wanted, addr).await
    }

    /// Serves until the process is told to stop (SIGTERM, ctrl-c), then lets running answers end.
    ///
    /// Listens on `127.0.0.1:8000` unless the configuration, `ALPHORA_ADDR`, `--host` or `--port` says otherwise.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    pub async fn serve(self) -> Result {
        serve(self.publication).await
    }
}

// Boxed, so that all of it is compiled here and not once more in each agent's crate.
fn serve(publication: Publication) -> Pin<Box<dyn Future<Output = Result> + Send>> {
    Box::pin(publication.serve())
}

impl<A> std::fmt::Debug for Publisher<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.publication.agents.iter().map(|agent| agent.description.agent).collect();
        f.debug_struct("Publisher")
            .field("agents", &names)
            .field("server", &self.publication.server)
            .finish_non_exhaustive()
    }
}

impl Candidate {
    fn new<A: Agent>(factory: crate::agent::Factory<A>) -> Self {
        Self {
            description: A::DESCRIPTION,
            settings: AgentConfig::<A>::default().into_settings(),
            has_memory: A::HAS_MEMORY,
            pool: None,
            make: Box::new(move |pool| Arc::new(Published { factory, pool })),
        }
    }
}
