//! The environment's variables and the command line.

use std::net::{IpAddr, SocketAddr};

use super::invalid::invalid;
use super::layers::Layered;
use super::options::{AGENT_OPTIONS, ENDPOINT_OPTIONS, SERVER_OPTIONS, set_agent, set_endpoint, set_server};
use super::suggestion::nearest;
use super::value::Value;
use super::{AgentSettings, Environment, ServerConfig};
use crate::agent::Description;
use crate::error::AgentValidationError;

type Result<T = ()> = std::result::Result<T, AgentValidationError>;

/// What a variable is about.
enum Target {
    Server,
    /// An option of the only agent, without its name.
    OnlyAgent,
    /// The agent with this number, whose name the variable has.
    Agent(usize),
}

/// Puts the variables on top: first those without an agent's name, then those with one, which say more.
pub(super) fn apply(
    environment: &Environment,
    server: &mut ServerConfig,
    agents: &mut [Layered<'_>],
    names: &[String],
) -> Result {
    let mut with_a_name = Vec::new();
    for (variable, text) in environment.variables() {
        let Some(rest) = variable.strip_prefix("ALPHORA_") else { continue };
        let (place, value) = (format!("variable {variable}"), Value::Text(text.clone()));
        match target(variable, rest, agents, names)? {
            Some((Target::Server, option)) => set_server(server, &place, &option, &value)?,
            Some((Target::OnlyAgent, option)) => set_agent(agents[0].1, &place, &option, &value)?,
            Some((Target::Agent(index), option)) => with_a_name.push((index, place, option, value)),
            None => warn_of_slip(variable, rest),
        }
    }
    for (index, place, option, value) in with_a_name {
        let (description, settings) = &mut agents[index];
        set_agent_variable(description, settings, &place, &option, &value)?;
    }
    Ok(())
}

/// Any other variable is somebody else's, unless it looks like one of ours with a slip in it.
fn warn_of_slip(variable: &str, rest: &str) {
    if rest == "LOG" || rest == "CONFIG" {
        return;
    }
    if let Some(meant) = nearest(rest, SERVER_OPTIONS.iter().chain(AGENT_OPTIONS).copied()) {
        let meant = format!("ALPHORA_{}", meant.to_uppercase());
        tracing::warn!(variable, meant, "this variable sets nothing here; another name was perhaps meant");
    }
}

/// What `variable`, which is `ALPHORA_` and `rest`, is about, and the option that it sets. The whole name of an
/// option means that option, even if an agent's name is how it begins: `ALPHORA_MAX_RUNS` is not agent `Max`'s.
fn target(
    variable: &str,
    rest: &str,
    agents: &[Layered<'_>],
    names: &[String],
) -> Result<Option<(Target, String)>> {
    let option = rest.to_lowercase();
    if SERVER_OPTIONS.contains(&option.as_str()) {
        return Ok(Some((Target::Server, option)));
    }
    if agents.len() == 1 && AGENT_OPTIONS.contains(&option.as_str()) {
        return Ok(Some((Target::OnlyAgent, option)));
    }
    let mut best: Option<(usize, usize, &str)> = None;
    for (index, name) in names.iter().enumerate() {
        let prefix = variable_name(name);
        let Some(option) = rest.strip_prefix(&prefix).and_then(|rest| rest.strip_prefix('_')) else {
            continue;
        };
        match best {
            // Of two agents `Chat` and `Chat_Pro`, the longer name is meant by what begins with both.
            Some((length, ..)) if length > prefix.len() => {}
            Some((length, other, _)) if length == prefix.len() => {
                let shown =
                    |index: usize| format!("{} (published as `{}`)", agents[index].0.agent, names[index]);
                return Err(AgentValidationError::VariableAmbiguous {
                    variable: variable.to_owned(),
                    first: shown(other),
                    second: shown(index),
                });
            }
            _ => best = Some((prefix.len(), index, option)),
        }
    }
    Ok(best.map(|(_, index, option)| (Target::Agent(index), option.to_lowercase())))
}

/// `path`, or `chat_path` for the endpoint `chat`.
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
        Some((method, option)) => {
            set_endpoint(settings.endpoints.entry(method.to_owned()).or_default(), place, option, value)
        }
        None => set_agent(settings, place, option, value),
    }
}

/// An agent's name as a part of a variable's name.
fn variable_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// The address with what `--host` and `--port` say of it. Only a server that chooses its address itself asks: in
/// any other program they are somebody else's.
///
/// # Errors
/// A value that is no address or no port.
pub(crate) fn apply_arguments(environment: &Environment, mut addr: SocketAddr) -> Result<SocketAddr> {
    if let Some(host) = environment.argument("host") {
        let host = if host == "localhost" { "127.0.0.1" } else { host };
        let address: IpAddr = host.trim_matches(['[', ']']).parse().map_err(|_| {
            invalid("argument --host", "host", host, "write an address such as 127.0.0.1 or 0.0.0.0")
        })?;
        addr.set_ip(address);
    }
    if let Some(port) = environment.argument("port") {
        let port = port
            .parse()
            .map_err(|_| invalid("argument --port", "port", port, "write a number from 0 to 65535"))?;
        addr.set_port(port);
    }
    Ok(addr)
}
