//! The file and the variables on top of what the program says.

use super::file::{self, Table};
use super::options::{set_agent, set_endpoint, set_server};
use super::suggestion::{nearest, unknown};
use super::{AgentSettings, Environment, ServerConfig, variables};
use crate::agent::Description;
use crate::error::AgentValidationError;

type Result<T = ()> = std::result::Result<T, AgentValidationError>;

/// An agent's description with its settings.
pub(super) type Layered<'a> = (&'static Description, &'a mut AgentSettings);

/// Puts file, variables and arguments on top of the settings, in this order.
///
/// # Errors
/// The first bad value, with its place.
pub(crate) fn apply_layers(
    environment: &Environment,
    server: &mut ServerConfig,
    agents: &mut [Layered<'_>],
) -> Result {
    // The names that tables and variables use are the program's own: a file cannot rename what it is about.
    let names: Vec<String> = agents
        .iter()
        .map(|(description, settings)| settings.published_name(description).to_owned())
        .collect();
    if let Some((place, table)) = file::read(environment)? {
        apply_file(&place, &table, server, agents, &names)?;
    }
    variables::apply(environment, server, agents, &names)?;
    variables::apply_arguments(environment, server)
}

fn apply_file(
    file: &str,
    root: &Table,
    server: &mut ServerConfig,
    agents: &mut [Layered<'_>],
    names: &[String],
) -> Result {
    if let Some(option) = root.options.keys().next() {
        return Err(AgentValidationError::InvalidFile {
            place: file.to_owned(),
            reason: format!(
                "option `{option}` stands in no table: put it under `[server]` or under the name of an agent"
            ),
        });
    }
    for (name, table) in &root.tables {
        let place = format!("{file}, table [{name}]");
        if name == "server" {
            for (option, value) in &table.options {
                set_server(server, &place, option, value)?;
            }
            no_tables(&place, table)?;
        } else if let Some(index) = names.iter().position(|known| known == name) {
            let (description, settings) = &mut agents[index];
            for (option, value) in &table.options {
                set_agent(settings, &place, option, value)?;
            }
            apply_endpoint_tables(&place, table, description, settings)?;
        } else {
            return Err(foreign_table(file, name, names));
        }
    }
    Ok(())
}

/// A table that belongs to nothing that is published: a slip, or the file of another program.
fn foreign_table(file: &str, name: &str, names: &[String]) -> AgentValidationError {
    let agents: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let meant = match nearest(name, names.iter().map(String::as_str).chain(["server"])) {
        Some(meant) => format!(" (did you mean [{meant}]?)"),
        None => String::new(),
    };
    AgentValidationError::InvalidFile {
        place: file.to_owned(),
        reason: format!(
            "table [{name}] belongs to nothing that is published here{meant}: an agent's options stand in the table \
             of its published name, here {}, the server's in [server]",
            agents.join(", ")
        ),
    }
}

fn apply_endpoint_tables(
    place: &str,
    table: &Table,
    description: &Description,
    settings: &mut AgentSettings,
) -> Result {
    for (name, inner) in &table.tables {
        if name != "endpoints" {
            return Err(unknown(place, name, ["endpoints"]));
        }
        for (method, options) in &inner.tables {
            if !description.endpoints.iter().any(|endpoint| endpoint.method == method) {
                return Err(unknown(place, method, description.endpoints.iter().map(|known| known.method)));
            }
            let endpoint = settings.endpoints.entry(method.clone()).or_default();
            for (option, value) in &options.options {
                set_endpoint(endpoint, &format!("{place}, endpoint `{method}`"), option, value)?;
            }
        }
    }
    Ok(())
}

fn no_tables(place: &str, table: &Table) -> Result {
    table.tables.keys().next().map_or(Ok(()), |name| Err(unknown(place, name, [])))
}
