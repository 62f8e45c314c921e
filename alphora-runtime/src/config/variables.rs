//! The environment's variables and the command line.

use std::net::IpAddr;

use super::layers::Layered;
use super::options::{
    AGENT_OPTIONS, ENDPOINT_OPTIONS, SERVER_OPTIONS, invalid, set_agent, set_endpoint, set_server,
};
use super::value::Value;
use super::{AgentSettings, Environment, ServerConfig};
use crate::agent::Description;
use crate::error::AgentValidationError;

type Result<T = ()> = std::result::Result<T, AgentValidationError>;

/// Puts the variables on top: first those without an agent's name, then those with one, which say more.
pub(super) fn apply(
    environment: &Environment,
    server: &mut ServerConfig,
    agents: &mut [Layered<'_>],
    names: &[String],
) -> Result {
    let ours = || {
        environment.variables().iter().filter_map(|(variable, text)| {
            let rest = variable.strip_prefix("ALPHORA_")?;
            Some((rest, format!("variable {variable}"), Value::Text(text.clone())))
        })
    };
    for (rest, place, value) in ours() {
        let option = rest.to_lowercase();
        if SERVER_OPTIONS.contains(&option.as_str()) {
            set_server(server, &place, &option, &value)?;
        } else if agents.len() == 1 && AGENT_OPTIONS.contains(&option.as_str()) {
            set_agent(agents[0].1, &place, &option, &value)?;
        }
        // Any other variable without an agent's name is somebody else's.
    }
    for (rest, place, value) in ours() {
        // Of two agents `Chat` and `Chat_Pro`, the longer name is meant by what begins with both.
        let of_agent = names.iter().enumerate().filter_map(|(index, name)| {
            let prefix = variable_name(name);
            let option = rest.strip_prefix(&prefix)?.strip_prefix('_')?;
            Some((prefix.len(), index, option.to_lowercase()))
        });
        if let Some((_, index, option)) = of_agent.max() {
            let (description, settings) = &mut agents[index];
            set_agent_variable(description, settings, &place, &option, &value)?;
        }
    }
    Ok(())
}

/// `path`, or `chat_path` for the endpoint `chat` of an agent with several.
fn set_agent_variable(
    description: &Description,
    settings: &mut AgentSettings,
    place: &str,
    option: &str,
    value: &Value,
) -> Result {
    let of_endpoint = description.endpoints.iter().find_map(|endpoint| {
        let option = option.strip_prefix(&endpoint.method.to_lowercase())?.strip_prefix('_')?;
        ENDPOINT_OPTIONS.contains(&option).then_some((endpoint.method, option))
    });
    match of_endpoint {
        Some((method, option)) if !AGENT_OPTIONS.contains(&option) || description.endpoints.len() > 1 => {
            set_endpoint(settings.endpoints.entry(method.to_owned()).or_default(), place, option, value)
        }
        _ => set_agent(settings, place, option, value),
    }
}

/// An agent's name as a part of a variable's name.
fn variable_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// `--host` and `--port`.
pub(super) fn apply_arguments(environment: &Environment, server: &mut ServerConfig) -> Result {
    if let Some(host) = environment.argument("host") {
        let host = if host == "localhost" { "127.0.0.1" } else { host };
        let address: IpAddr = host.trim_matches(['[', ']']).parse().map_err(|_| {
            invalid("argument --host", "host", host, "write an address such as 127.0.0.1 or 0.0.0.0")
        })?;
        server.addr.set_ip(address);
    }
    if let Some(port) = environment.argument("port") {
        let port = port
            .parse()
            .map_err(|_| invalid("argument --port", "port", port, "write a number from 0 to 65535"))?;
        server.addr.set_port(port);
    }
    Ok(())
}
