//! The configuration of one agent.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::time::Duration;

use crate::agent::Agent;

/// placeholder
pub struct AgentConfig<A> {
    /// p
    pub path: String,
    /// p
    pub name: Option<String>,
    /// t
    pub memory_ttl: Duration,
    /// m
    pub max_memory_items: usize,
    /// a
    pub auto_clean_interval: Duration,
    /// t
    pub api_title: String,
    /// d
    pub api_description: String,
    /// e
    pub endpoints: BTreeMap<String, ()>,
    #[doc(hidden)]
    pub agent: PhantomData<fn() -> A>,
}

impl<A: Agent> Default for AgentConfig<A> {
    fn default() -> Self {
        let options = &A::DESCRIPTION.options;
        Self {
            path: options.path.unwrap_or("/alphadata").to_owned(),
            name: None,
            memory_ttl: Duration::from_secs(options.memory_ttl.unwrap_or(3600)),
            max_memory_items: options.max_memory_items.unwrap_or(1000),
            auto_clean_interval: Duration::from_secs(options.auto_clean_interval.unwrap_or(600)),
            api_title: options.api_title.unwrap_or("Alphora Agent API Service").to_owned(),
            api_description: options.api_description.unwrap_or("Auto-generated API for {agent_name}.{method_name}").to_owned(),
            endpoints: BTreeMap::new(),
            agent: PhantomData,
        }
    }
}
