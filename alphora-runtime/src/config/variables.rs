//! The environment's variables.

use super::invalid::invalid;
use super::layers::Layered;
use super::options::{AGENT_OPTIONS, ENDPOINT_OPTIONS, SERVER_OPTIONS, set_agent, set_endpoint, set_server};
use super::suggestion::nearest;
use super::value::Value;
use super::{AgentSettings, Environment, Mistakes, ServerConfig};
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
    mistakes: &mut Mistakes,
) {
    let mut with_a_name = Vec::new();
    for (variable, text) in environment.variables() {
        let Some(rest) = variable.strip_prefix("ALPHORA_") else { continue };
        let place = format!("variable {variable}");
        let Some(target) = mistakes.note(target(variable, rest, agents, names)) else { continue };
        let Some((target, option)) = target else {
            warn_of_slip(variable, rest, names);
            continue;
        };
        let Some(text) = text else {
            // What it holds may be a secret: it is not shown, not even in part.
            mistakes.add(invalid(&place, &option, "..", "write it in UTF-8"));
            continue;
        };
        let value = Value::Text(text.clone());
        match target {
            Target::Server => drop(mistakes.note(set_server(server, &place, &option, &value))),
            Target::OnlyAgent => {
                let (description, settings) = &mut agents[0];
                mistakes.note(set_agent(settings, description.agent, &place, &option, &value));
            }
            Target::Agent(index) => with_a_name.push((index, place, option, value)),
        }
    }
    for (index, place, option, value) in with_a_name {
        let (description, settings) = &mut agents[index];
        mistakes.note(set_agent_variable(description, settings, &place, &option, &value));
    }
}

/// Any other variable is somebody else's, unless it looks like one of ours with a slip in it.
fn warn_of_slip(variable: &str, rest: &str, names: &[String]) {
    if rest == "LOG" || rest == "CONFIG" {
        return;
    }
    if let Some(meant) = nearest(rest, SERVER_OPTIONS.iter().chain(AGENT_OPTIONS).copied()) {
        let option = meant.to_uppercase();
        let meant = match names.first() {
            // Of several agents, it has to be said which is meant.
            Some(agent) if option == rest => format!("ALPHORA_{}_{option}", variable_name(agent)),
            _ => format!("ALPHORA_{option}"),
        };
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
            let endpoint = settings.endpoints.entry(method.to_owned()).or_default();
            set_endpoint(endpoint, description.agent, place, option, value)
        }
        None => set_agent(settings, description.agent, place, option, value),
    }
}

/// An agent's name as a part of a variable's name.
fn variable_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}
