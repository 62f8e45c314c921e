//! The options of an agent without its type: checked, and with every placeholder replaced.

use std::collections::BTreeMap;
use std::time::Duration;

use super::invalid::{check_duration, invalid};
use super::{EndpointConfig, name, path, placeholders};
use crate::agent::{Description, EndpointDescription};
use crate::error::AgentValidationError;

/// The options of one agent; [`super::AgentConfig`] says what each means.
#[derive(Debug, Clone)]
pub(crate) struct AgentSettings {
    pub(crate) path: String,
    pub(crate) name: Option<String>,
    pub(crate) memory_ttl: Duration,
    pub(crate) max_memory_items: usize,
    pub(crate) auto_clean_interval: Duration,
    pub(crate) api_title: String,
    pub(crate) api_description: String,
    pub(crate) timeout: Duration,
    pub(crate) first_event_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) keep_alive: Duration,
    pub(crate) default_stream: bool,
    pub(crate) endpoints: BTreeMap<String, EndpointConfig>,
}

/// One endpoint, resolved: what it is called, where it is, and how it is described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) method: &'static str,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) description: String,
}

impl AgentSettings {
    /// What the attribute says, and the defaults for the rest.
    pub(crate) fn described(description: &Description) -> Self {
        let options = &description.options;
        let seconds =
            |given: Option<u64>, default| given.map_or(Duration::from_secs(default), Duration::from_secs);
        let endpoints = description.endpoints.iter().filter_map(|endpoint| {
            let own = EndpointConfig {
                path: endpoint.options.path.map(str::to_owned),
                name: endpoint.options.name.map(str::to_owned),
                api_title: endpoint.options.api_title.map(str::to_owned),
                api_description: endpoint.options.api_description.map(str::to_owned),
            };
            (own != EndpointConfig::default()).then(|| (endpoint.method.to_owned(), own))
        });
        let mut settings = Self {
            path: options.path.unwrap_or("/alphadata").to_owned(),
            name: options.name.map(str::to_owned),
            memory_ttl: seconds(options.memory_ttl, 3600),
            max_memory_items: options.max_memory_items.unwrap_or(1000),
            auto_clean_interval: seconds(options.auto_clean_interval, 600),
            api_title: options.api_title.unwrap_or("Alphora Agent API Service").to_owned(),
            api_description: options
                .api_description
                .unwrap_or("Auto-generated API for {agent_name}.{method_name}")
                .to_owned(),
            timeout: seconds(options.timeout, 300),
            first_event_timeout: Duration::from_secs(120),
            idle_timeout: Duration::from_secs(120),
            keep_alive: seconds(options.keep_alive, 15),
            default_stream: options.default_stream.unwrap_or(true),
            endpoints: endpoints.collect(),
        };
        settings.fold_only_endpoint(description);
        settings
    }

    /// Makes what an only endpoint says what the agent says, so that a source that speaks later and of the agent
    /// wins over one that spoke of its endpoint.
    pub(super) fn fold_only_endpoint(&mut self, description: &Description) {
        let [only] = description.endpoints else { return };
        let Some(own) = self.endpoints.remove(only.method) else { return };
        let EndpointConfig { path, name, api_title, api_description } = own;
        self.name = name.or(self.name.take());
        let texts = [
            (&mut self.path, path),
            (&mut self.api_title, api_title),
            (&mut self.api_description, api_description),
        ];
        for (text, own) in texts {
            if let Some(own) = own {
                *text = own;
            }
        }
    }

    /// The published name of the agent as a whole: what its table and its variables are called.
    pub(crate) fn published_name<'a>(&'a self, description: &'a Description) -> &'a str {
        self.name.as_deref().unwrap_or(description.agent)
    }

    /// The endpoints as they will be served.
    ///
    /// # Errors
    /// The first value that cannot be served, with its place.
    pub(crate) fn endpoints(&self, description: &Description) -> Result<Vec<Endpoint>, AgentValidationError> {
        self.check(description)?;
        description.endpoints.iter().map(|endpoint| self.endpoint(description, endpoint)).collect()
    }

    fn endpoint(
        &self,
        description: &Description,
        endpoint: &EndpointDescription,
    ) -> Result<Endpoint, AgentValidationError> {
        let agent = description.agent;
        let own = self.endpoints.get(endpoint.method).cloned().unwrap_or_default();
        let place = |option: &str| format!("`{option}` of `{agent}.{}`", endpoint.method);
        let replace = |option: &str, template: &str| {
            placeholders::substitute(template, agent, endpoint.method)
                .map_err(|expected| invalid(&place(option), option, template, &expected))
        };
        let path = own.path.unwrap_or_else(|| self.path.clone());
        path::check(&path).map_err(|expected| invalid(&place("path"), "path", &path, &expected))?;
        let name = own.name.unwrap_or_else(|| {
            let name = self.published_name(description);
            if description.endpoints.len() > 1 {
                format!("{name}.{}", endpoint.method)
            } else {
                name.to_owned()
            }
        });
        name::check(&name).map_err(|expected| invalid(&place("name"), "name", &name, &expected))?;
        Ok(Endpoint {
            method: endpoint.method,
            name,
            path: if path == "/" { String::new() } else { path },
            title: replace("api_title", own.api_title.as_deref().unwrap_or(&self.api_title))?,
            description: replace(
                "api_description",
                own.api_description.as_deref().unwrap_or(&self.api_description),
            )?,
        })
    }

    /// What no endpoint has of its own.
    fn check(&self, description: &Description) -> Result<(), AgentValidationError> {
        let agent = description.agent;
        let durations = [
            ("memory_ttl", self.memory_ttl),
            ("auto_clean_interval", self.auto_clean_interval),
            ("timeout", self.timeout),
            ("first_event_timeout", self.first_event_timeout),
            ("idle_timeout", self.idle_timeout),
            ("keep_alive", self.keep_alive),
        ];
        for (option, value) in durations {
            let place = format!("`{option}` of `{agent}`");
            check_duration(value)
                .map_err(|expected| invalid(&place, option, &format!("{value:?}"), expected))?;
        }
        // The name of the agent as a whole is in use even where every endpoint has another.
        let name = self.published_name(description);
        name::check(name)
            .map_err(|expected| invalid(&format!("`name` of `{agent}`"), "name", name, &expected))?;
        if self.max_memory_items == 0 {
            let place = format!("`max_memory_items` of `{agent}`");
            return Err(invalid(&place, "max_memory_items", "0", "write at least 1"));
        }
        if let Some(unknown) = self
            .endpoints
            .keys()
            .find(|name| !description.endpoints.iter().any(|known| known.method == **name))
        {
            return Err(AgentValidationError::UnknownOption {
                place: format!("`endpoints` of `{agent}`"),
                option: unknown.clone(),
                suggestion: description.endpoints.first().map(|endpoint| endpoint.method.to_owned()),
            });
        }
        Ok(())
    }
}
