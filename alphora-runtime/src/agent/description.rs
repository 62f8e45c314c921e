//! What the attributes of an agent said, as constants.

use super::policies::{OnDisconnect, OnFailure};
use crate::session::Concurrency;

/// What `#[agent(..)]` said of an agent, known at compile time.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// The struct's name, the `{agent_name}` of titles and descriptions.
    pub agent: &'static str,
    /// The options on the impl block; they hold for every endpoint that does not say its own.
    pub options: Options,
    /// The exposed methods, at least one.
    pub endpoints: &'static [EndpointDescription],
}

/// One exposed method.
#[derive(Debug, Clone, Copy)]
pub struct EndpointDescription {
    /// The method's name, the `{method_name}` of titles and descriptions.
    pub method: &'static str,
    /// The options on the method. Only `path`, `name`, `api_title` and `api_description` occur here.
    pub options: Options,
}

impl EndpointDescription {
    /// The method `method` with what its own attribute says.
    pub const fn new(method: &'static str, options: Options) -> Self {
        Self { method, options }
    }
}

/// The options as they were written; `None` where nothing was. Durations are in seconds.
///
/// Generated code writes `Options { path: Some("/a"), ..Options::NONE }`, so that a new option changes nothing
/// in what was generated.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The base path, `/chat/completions` is appended to it.
    pub path: Option<&'static str>,
    /// The published name: the model's id on `/v1`.
    pub name: Option<&'static str>,
    /// How long an unused session lives, in seconds.
    pub memory_ttl: Option<u64>,
    /// How many sessions are kept at most.
    pub max_memory_items: Option<usize>,
    /// How often expired sessions are swept out, in seconds.
    pub auto_clean_interval: Option<u64>,
    /// The title of the API document, with placeholders.
    pub api_title: Option<&'static str>,
    /// The description in the API document, with placeholders.
    pub api_description: Option<&'static str>,
    /// How long a run may take in all, in seconds.
    pub timeout: Option<u64>,
    /// How long a run may take until its first event, in seconds.
    pub first_event_timeout: Option<u64>,
    /// How long a run may be silent between two events, in seconds.
    pub idle_timeout: Option<u64>,
    /// How long a stream may be silent before a comment is sent, in seconds.
    pub keep_alive: Option<u64>,
    /// What an absent `stream` means on the agent's own path.
    pub default_stream: Option<bool>,
    /// What becomes of a run whose client leaves.
    pub on_disconnect: Option<OnDisconnect>,
    /// What becomes of a turn that meets another one of its session.
    pub concurrency: Option<Concurrency>,
    /// What becomes of a session's memory when its run fails.
    pub on_failure: Option<OnFailure>,
}

impl Options {
    /// Nothing was said.
    pub const NONE: Self = Self {
        path: None,
        name: None,
        memory_ttl: None,
        max_memory_items: None,
        auto_clean_interval: None,
        api_title: None,
        api_description: None,
        timeout: None,
        first_event_timeout: None,
        idle_timeout: None,
        keep_alive: None,
        default_stream: None,
        on_disconnect: None,
        concurrency: None,
        on_failure: None,
    };
}
