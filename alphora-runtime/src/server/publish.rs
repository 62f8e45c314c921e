//! From agents to something that serves them.

use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;

use super::application::{Application, Candidate};
use super::listen::Server;
use super::router;
use crate::agent::{Agent, Fresh, Published, RunContext};
use crate::config::{AgentConfig, Environment, ServerConfig, apply_arguments, apply_layers};
use crate::error::{Error, ErrorKind, Result};
use crate::session::MemoryPool;

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
    agents: Vec<Candidate>,
    server: ServerConfig,
    environment: Environment,
    pages: bool,
    banner: bool,
    last: PhantomData<fn() -> A>,
}

impl Publisher<()> {
    fn new() -> Self {
        Self {
            agents: Vec::new(),
            server: ServerConfig::default(),
            environment: Environment::process(),
            pages: false,
            banner: true,
            last: PhantomData,
        }
    }
}

impl<A> Publisher<A> {
    fn add<B>(mut self, agent: Candidate) -> Publisher<B> {
        self.agents.push(agent);
        Publisher {
            agents: self.agents,
            server: self.server,
            environment: self.environment,
            pages: self.pages,
            banner: self.banner,
            last: PhantomData,
        }
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
        if let Some(agent) = self.agents.last_mut() {
            agent.settings = config.into_settings();
        }
        self
    }

    /// The pool in which the last agent's sessions live, to be shared or looked at. Its own settings count, and
    /// `memory_ttl` and `max_memory_items` of the config do not; without it a pool is made from these two.
    pub fn memory_pool(mut self, pool: MemoryPool) -> Self {
        if let Some(agent) = self.agents.last_mut() {
            agent.pool = Some(pool);
        }
        self
    }

    /// The options of the server. The configuration file and variables win over it.
    pub fn server(mut self, config: ServerConfig) -> Self {
        self.server = config;
        self
    }

    /// Where [`serve`](Self::serve) listens; see [`ServerConfig::addr`].
    pub fn addr(mut self, addr: impl Into<SocketAddr>) -> Self {
        self.server.addr = addr.into();
        self
    }

    /// The path of the surface for OpenAI's clients; see [`ServerConfig::openai_path`].
    pub fn openai_path(mut self, path: Option<&str>) -> Self {
        self.server.openai_path = path.map(str::to_owned);
        self
    }

    /// Lets the pages of one more origin call the server; see [`ServerConfig::allow_origins`].
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.server.allow_origins.push(origin.into());
        self
    }

    /// What surrounds the server instead of the process's own variables, arguments and file.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
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
        self.banner = false;
        self
    }

    /// The agents' routes and `/v1`, to be served as they are or nested in an axum application.
    ///
    /// The listener is the caller's, so is its exposure: session ids that clients choose are accepted. What belongs
    /// to a listener does not come with a router: the address, `--host` and `--port`, the banner, the drain, and
    /// `TCP_NODELAY`, without which small chunks are held back (`listener.tap_io(..)` in axum). Sweeping starts with
    /// the first request and ends when the last clone of the router is dropped.
    ///
    /// It is a `Router<()>`: an application with a state calls `.with_state(..)` before it nests this one.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`]: two agents on one path or under one name, a bad value of an option.
    pub fn router(self) -> Result<Router> {
        let pages = self.pages;
        let application = self.application()?;
        application.accept_client_session_ids();
        Ok(router::routes(&application, pages))
    }

    /// Binds to `addr` without serving yet; port 0 lets the system choose.
    ///
    /// # Errors
    /// As [`router`](Self::router), and [`ErrorKind::Io`] when the address is in use.
    pub async fn bind(mut self, addr: impl tokio::net::ToSocketAddrs + std::fmt::Debug) -> Result<Server> {
        let wanted = format!("{addr:?}");
        let listener =
            tokio::net::TcpListener::bind(addr).await.map_err(|error| cannot_listen(&wanted, &error))?;
        self.pages = true;
        let banner = self.banner;
        let application = self.application()?;
        Server::new(application, listener, banner)
    }

    /// Serves until the process is told to stop (SIGTERM, ctrl-c), then lets running answers end.
    ///
    /// Listens on `127.0.0.1:8000` unless the configuration, `ALPHORA_ADDR`, `--host` or `--port` says otherwise.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    pub async fn serve(mut self) -> Result {
        self.pages = true;
        let banner = self.banner;
        let environment = self.environment.clone();
        let application = self.application()?;
        let addr = apply_arguments(&environment, application.server.addr)?;
        let listener = tokio::net::TcpListener::bind(addr)
            .await
            .map_err(|error| cannot_listen(&addr.to_string(), &error))?;
        Server::new(application, listener, banner)?.run().await
    }

    fn application(mut self) -> Result<Arc<Application>> {
        let mut layered: Vec<_> =
            self.agents.iter_mut().map(|agent| (agent.description, &mut agent.settings)).collect();
        apply_layers(&self.environment, &mut self.server, &mut layered)?;
        Application::build(self.agents, self.server)
    }
}

fn cannot_listen(addr: &str, error: &std::io::Error) -> Error {
    let hint = if error.kind() == std::io::ErrorKind::AddrInUse {
        ": something else listens there; choose another port with `--port` or ALPHORA_ADDR"
    } else {
        ""
    };
    Error::new(ErrorKind::Io, format!("cannot listen on {addr}: {error}{hint}"))
}

impl<A> std::fmt::Debug for Publisher<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.agents.iter().map(|agent| agent.description.agent).collect();
        f.debug_struct("Publisher")
            .field("agents", &names)
            .field("server", &self.server)
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
