//! The options of an agent without its type: checked, and with every placeholder replaced.

use std::marker::PhantomData;
use std::time::Duration;

use super::invalid::{check_duration, invalid};
use super::{AgentConfig, EndpointConfig, Mistakes, name, path, placeholders};
use crate::agent::{Description, EndpointDescription};
use crate::error::AgentValidationError;

/// The options of one agent without its type.
pub(crate) type AgentSettings = AgentConfig<()>;

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
            first_event_timeout: seconds(options.first_event_timeout, 120),
            idle_timeout: seconds(options.idle_timeout, 120),
            keep_alive: seconds(options.keep_alive, 15),
            default_stream: options.default_stream.unwrap_or(true),
            on_disconnect: options.on_disconnect.unwrap_or_default(),
            concurrency: options.concurrency.unwrap_or_default(),
            on_failure: options.on_failure.unwrap_or_default(),
            endpoints: endpoints.collect(),
            agent: PhantomData,
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
    /// The values that cannot be served, with their places.
    pub(crate) fn endpoints(&self, description: &Description) -> Result<Vec<Endpoint>, AgentValidationError> {
        let mut mistakes = Mistakes::default();
        self.check(description, &mut mistakes);
        let endpoints = description.endpoints.iter();
        let endpoints =
            endpoints.filter_map(|endpoint| self.endpoint(description, endpoint, &mut mistakes)).collect();
        mistakes.finish_validation().map(|()| endpoints)
    }

    fn endpoint(
        &self,
        description: &Description,
        endpoint: &EndpointDescription,
        mistakes: &mut Mistakes,
    ) -> Option<Endpoint> {
        let agent = description.agent;
        let own = self.endpoints.get(endpoint.method).cloned().unwrap_or_default();
        let place = |option: &str| format!("`{option}` of `{agent}.{}`", endpoint.method);
        let replace = |option: &str, template: &str| {
            placeholders::substitute(template, agent, endpoint.method)
                .map_err(|expected| invalid(&place(option), option, template, &expected))
        };
        let path = own.path.unwrap_or_else(|| self.path.clone());
        let path_is_good =
            path::check(&path).map_err(|expected| invalid(&place("path"), "path", &path, &expected));
        let name = own.name.unwrap_or_else(|| {
            let name = self.published_name(description);
            if description.endpoints.len() > 1 {
                format!("{name}.{}", endpoint.method)
            } else {
                name.to_owned()
            }
        });
        let name_is_good =
            name::check(&name).map_err(|expected| invalid(&place("name"), "name", &name, &expected));
        let title = replace("api_title", own.api_title.as_deref().unwrap_or(&self.api_title));
        let description = own.api_description.as_deref().unwrap_or(&self.api_description);
        let description = replace("api_description", description);
        // Each is looked at, whatever the others are.
        let both_are_good = (mistakes.note(path_is_good), mistakes.note(name_is_good));
        let (title, description) = (mistakes.note(title), mistakes.note(description));
        let ((), ()) = (both_are_good.0?, both_are_good.1?);
        Some(Endpoint {
            method: endpoint.method,
            name,
            path: if path == "/" { String::new() } else { path },
            title: title?,
            description: description?,
        })
    }

    /// What no endpoint has of its own.
    fn check(&self, description: &Description, mistakes: &mut Mistakes) {
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
            mistakes.note(
                check_duration(value)
                    .map_err(|expected| invalid(&place, option, &format!("{value:?}"), expected)),
            );
        }
        // The name of the agent as a whole is in use even where every endpoint has another.
        if description.endpoints.len() > 1 {
            let name = self.published_name(description);
            let place = format!("`name` of `{agent}`");
            mistakes.note(name::check(name).map_err(|expected| invalid(&place, "name", name, &expected)));
        }
        if self.max_memory_items == 0 {
            let place = format!("`max_memory_items` of `{agent}`");
            mistakes.add(invalid(&place, "max_memory_items", "0", "write at least 1"));
        }
        let is_known = |name: &str| description.endpoints.iter().any(|known| known.method == name);
        for unknown in self.endpoints.keys().filter(|name| !is_known(name)) {
            mistakes.add(AgentValidationError::UnknownOption {
                place: format!("`endpoints` of `{agent}`"),
                option: unknown.clone(),
                suggestion: description.endpoints.first().map(|endpoint| endpoint.method.to_owned()),
            });
        }
    }
}
