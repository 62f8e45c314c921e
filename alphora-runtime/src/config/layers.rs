//! The file and the variables on top of what the program says.

use super::file::{self, Table};
use super::options::{set_agent, set_endpoint, set_server};
use super::suggestion::{nearest, unknown};
use super::{AgentSettings, Environment, Mistakes, ServerConfig, variables};
use crate::agent::Description;
use crate::error::AgentValidationError;

/// An agent's description with its settings.
pub(super) type Layered<'a> = (&'static Description, &'a mut AgentSettings);

/// Puts the file and then the variables on top of the settings. What is wrong is noted with its place, and leaves what
/// it is about as it was, so that nothing else is wrong because of it.
pub(crate) fn apply_layers(
    environment: &Environment,
    server: &mut ServerConfig,
    agents: &mut [Layered<'_>],
    mistakes: &mut Mistakes,
) {
    fold_only_endpoints(agents);
    // The names that tables and variables use are the program's own: a file cannot rename what it is about.
    let names: Vec<String> = agents
        .iter()
        .map(|(description, settings)| settings.published_name(description).to_owned())
        .collect();
    match file::read(environment) {
        Ok(Some((place, table))) => {
            apply_file(&place, &table, server, agents, &names, mistakes);
            fold_only_endpoints(agents);
        }
        Ok(None) => {}
        Err(error) => mistakes.leave_unread(error),
    }
    variables::apply(environment, server, agents, &names, mistakes);
}

/// After each source, so that the next one wins whether it speaks of an agent or of its only endpoint.
fn fold_only_endpoints(agents: &mut [Layered<'_>]) {
    for (description, settings) in agents {
        settings.fold_only_endpoint(description);
    }
}

fn apply_file(
    file: &str,
    root: &Table,
    server: &mut ServerConfig,
    agents: &mut [Layered<'_>],
    names: &[String],
    mistakes: &mut Mistakes,
) {
    for option in root.options.keys() {
        mistakes.add(AgentValidationError::InvalidFile {
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
                mistakes.note(set_server(server, &place, option, value));
            }
            no_tables(&place, table, mistakes);
        } else if let Some(index) = names.iter().position(|known| known == name) {
            if let Some(more) = names[index + 1..].iter().position(|known| known == name) {
                mistakes.add(AgentValidationError::NameTaken {
                    name: name.clone(),
                    first: agents[index].0.agent.to_owned(),
                    second: agents[index + 1 + more].0.agent.to_owned(),
                });
            }
            let (description, settings) = &mut agents[index];
            for (option, value) in &table.options {
                mistakes.note(set_agent(settings, description.agent, &place, option, value));
            }
            apply_endpoint_tables(&place, table, description, settings, mistakes);
        } else {
            mistakes.add(foreign_table(file, name, names));
        }
    }
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
    mistakes: &mut Mistakes,
) {
    for (name, inner) in &table.tables {
        if name != "endpoints" {
            mistakes.add(unknown(place, name, ["endpoints"]));
            continue;
        }
        for option in inner.options.keys() {
            let methods: Vec<String> =
                description.endpoints.iter().map(|known| format!("[..endpoints.{}]", known.method)).collect();
            mistakes.add(AgentValidationError::InvalidFile {
                place: place.to_owned(),
                reason: format!(
                    "option `{option}` stands directly under `endpoints`: put it into the table of an endpoint, here {}",
                    methods.join(", ")
                ),
            });
        }
        for (method, options) in &inner.tables {
            if !description.endpoints.iter().any(|endpoint| endpoint.method == method) {
                mistakes.add(unknown(place, method, description.endpoints.iter().map(|known| known.method)));
                continue;
            }
            let endpoint = settings.endpoints.entry(method.clone()).or_default();
            let place = format!("{place}, endpoint `{method}`");
            for (option, value) in &options.options {
                mistakes.note(set_endpoint(endpoint, description.agent, &place, option, value));
            }
            no_tables(&place, options, mistakes);
        }
    }
}

fn no_tables(place: &str, table: &Table, mistakes: &mut Mistakes) {
    table.tables.keys().for_each(|name| mistakes.add(unknown(place, name, [])));
}
