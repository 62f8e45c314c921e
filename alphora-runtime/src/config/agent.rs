//! The configuration of one agent, as its user writes it.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use super::EndpointConfig;
use super::settings::AgentSettings;
use crate::agent::{Agent, OnDisconnect, OnFailure};
use crate::session::Concurrency;

/// The options of one agent: the seed's `APIPublisherConfig`, one type an agent.
///
/// `#[agent]` gives it a name: `SupportConfig` for `Support`. Its `Default` is what the attribute says, or the
/// seed's default, so that one writes only what differs:
///
/// ```
/// # mod example {
/// # use alphora_runtime::agent::*;
/// # pub struct Support;
/// # impl AgentState for Support {
/// #     type Memory = (); const HAS_MEMORY: bool = false;
/// #     fn bind(&mut self, (): (), _: alphora_runtime::stream::DataStreamer) {} fn take_memory(&mut self) {}
/// # }
/// # impl Agent for Support {
/// #     const DESCRIPTION: &'static Description = &Description { agent: "Support", options: Options::NONE,
/// #         endpoints: &[EndpointDescription { method: "run", options: Options::NONE }] };
/// #     async fn call(_: &mut Instance<Self>, _: usize, _: alphora_runtime::wire::OpenAIRequest,
/// #         _: alphora_runtime::stream::DataStreamer) -> Result<(), alphora_runtime::AgentError> { Ok(()) }
/// # }
/// # pub type SupportConfig = alphora_runtime::config::AgentConfig<Support>;
/// # }
/// # use example::SupportConfig;
/// use std::time::Duration;
///
/// let config = SupportConfig { memory_ttl: Duration::from_secs(7200), ..Default::default() };
/// assert_eq!((config.path.as_str(), config.max_memory_items), ("/alphadata", 1000));
/// ```
///
/// Every option can also stand in the configuration file, in the table of the agent's published name, and in a
/// variable, `ALPHORA_<NAME>_<OPTION>` or, while one agent is published, `ALPHORA_<OPTION>`. There, numbers are
/// seconds and a text may carry a unit: `90`, `"90s"`, `"5m"`, `"2h"`, `"500ms"`.
pub struct AgentConfig<A> {
    /// The base path; `/chat/completions` is appended. Default `/alphadata`, the seed's.
    pub path: String,
    /// The published name: the model's id. Default: the struct's name, and `Struct.method` for each of several
    /// endpoints.
    pub name: Option<String>,
    /// How long a session lives after its last use. Default one hour, the seed's 3,600.
    pub memory_ttl: Duration,
    /// How many sessions this process has at most, those in use among them; the least recently used one goes first.
    /// With a store that outlives the process, it says how many are in memory, and the store's
    /// [`sessions`](crate::session::store::StoreLimits::sessions) says how many are kept. Where all are in use, one
    /// more is refused with 503 (`session_capacity`). Default 1,000, the seed's.
    pub max_memory_items: usize,
    /// How often expired sessions are swept out. Expiry itself is exact without it. Default ten minutes.
    pub auto_clean_interval: Duration,
    /// The title of the API document, with `{agent_name}` and `{method_name}`. Default `Alphora Agent API Service`.
    pub api_title: String,
    /// The description in the API document, with the same placeholders. Default
    /// `Auto-generated API for {agent_name}.{method_name}`.
    pub api_description: String,
    /// How long a run may take in all; then it ends with what it has sent and `finish_reason` `timeout`.
    /// Default 300 seconds, the seed's. Like every clock it is looked at when the method awaits: one that computes or
    /// blocks for long belongs into `tokio::task::spawn_blocking`.
    pub timeout: Duration,
    /// How long a run may take until its first event. Default 120 seconds.
    pub first_event_timeout: Duration,
    /// How long a run may be silent between two events. Default 120 seconds.
    pub idle_timeout: Duration,
    /// How long a stream is silent before a comment tells proxies and clients that it lives. Default 15 seconds.
    pub keep_alive: Duration,
    /// What an absent `stream` means on the agent's own path. Default `true`, the seed's.
    pub default_stream: bool,
    /// What becomes of a run whose client leaves before its answer is complete. Default [`OnDisconnect::Cancel`].
    pub on_disconnect: OnDisconnect,
    /// What becomes of a turn that comes while another one of its session is under way. Default
    /// [`Concurrency::Enqueue`]. A turn without a session meets no other.
    pub concurrency: Concurrency,
    /// What becomes of a session's memory when its run fails. Default [`OnFailure::Rollback`].
    pub on_failure: OnFailure,
    /// What differs for single endpoints of an agent with several, by the method's name.
    pub endpoints: BTreeMap<String, EndpointConfig>,
    /// Ties the config to its agent, so that another agent's does not fit.
    #[doc(hidden)]
    pub agent: PhantomData<fn() -> A>,
}

impl<A: Agent> Default for AgentConfig<A> {
    fn default() -> Self {
        AgentSettings::described(A::DESCRIPTION).of()
    }
}

impl<A> AgentConfig<A> {
    /// The same options without the agent's type.
    pub(crate) fn into_settings(self) -> AgentSettings {
        self.of()
    }

    /// The same options, as those of another agent.
    fn of<B>(self) -> AgentConfig<B> {
        AgentConfig {
            path: self.path,
            name: self.name,
            memory_ttl: self.memory_ttl,
            max_memory_items: self.max_memory_items,
            auto_clean_interval: self.auto_clean_interval,
            api_title: self.api_title,
            api_description: self.api_description,
            timeout: self.timeout,
            first_event_timeout: self.first_event_timeout,
            idle_timeout: self.idle_timeout,
            keep_alive: self.keep_alive,
            default_stream: self.default_stream,
            on_disconnect: self.on_disconnect,
            concurrency: self.concurrency,
            on_failure: self.on_failure,
            endpoints: self.endpoints,
            agent: PhantomData,
        }
    }
}

impl<A> Clone for AgentConfig<A> {
    fn clone(&self) -> Self {
        Self {
            path: self.path.clone(),
            name: self.name.clone(),
            api_title: self.api_title.clone(),
            api_description: self.api_description.clone(),
            endpoints: self.endpoints.clone(),
            ..*self
        }
    }
}

impl<A> fmt::Debug for AgentConfig<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentConfig")
            .field("path", &self.path)
            .field("name", &self.name)
            .field("memory_ttl", &self.memory_ttl)
            .field("max_memory_items", &self.max_memory_items)
            .field("auto_clean_interval", &self.auto_clean_interval)
            .field("api_title", &self.api_title)
            .field("api_description", &self.api_description)
            .field("timeout", &self.timeout)
            .field("first_event_timeout", &self.first_event_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("keep_alive", &self.keep_alive)
            .field("default_stream", &self.default_stream)
            .field("on_disconnect", &self.on_disconnect)
            .field("concurrency", &self.concurrency)
            .field("on_failure", &self.on_failure)
            .field("endpoints", &self.endpoints)
            .finish_non_exhaustive()
    }
}
