//! The options by name.

use std::net::SocketAddr;

use super::invalid::invalid;
use super::suggestion::unknown;
use super::value::Value;
use super::{AgentSettings, EndpointConfig, ServerConfig};
use crate::error::AgentValidationError;

type Result<T = ()> = std::result::Result<T, AgentValidationError>;

pub(super) const AGENT_OPTIONS: &[&str] = &[
    "path",
    "name",
    "memory_ttl",
    "max_memory_items",
    "auto_clean_interval",
    "api_title",
    "api_description",
    "timeout",
    "first_event_timeout",
    "idle_timeout",
    "keep_alive",
    "default_stream",
];
pub(super) const ENDPOINT_OPTIONS: &[&str] = &["path", "name", "api_title", "api_description"];
pub(super) const SERVER_OPTIONS: &[&str] = &[
    "addr",
    "openai_path",
    "allow_origins",
    "body_limit",
    "bodies_in_flight",
    "max_runs",
    "max_connections",
    "drain_timeout",
    "client_session_ids",
];

pub(super) fn set_agent(settings: &mut AgentSettings, place: &str, option: &str, value: &Value) -> Result {
    let wrong = |expected: String| invalid(place, option, &value.to_string(), &expected);
    match option {
        "path" => settings.path = value.text().map_err(wrong)?,
        "name" => settings.name = Some(value.text().map_err(wrong)?),
        "memory_ttl" => settings.memory_ttl = value.duration().map_err(wrong)?,
        "max_memory_items" => settings.max_memory_items = value.count().map_err(wrong)?,
        "auto_clean_interval" => settings.auto_clean_interval = value.duration().map_err(wrong)?,
        "api_title" => settings.api_title = value.text().map_err(wrong)?,
        "api_description" => settings.api_description = value.text().map_err(wrong)?,
        "timeout" => settings.timeout = value.duration().map_err(wrong)?,
        "first_event_timeout" => settings.first_event_timeout = value.duration().map_err(wrong)?,
        "idle_timeout" => settings.idle_timeout = value.duration().map_err(wrong)?,
        "keep_alive" => settings.keep_alive = value.duration().map_err(wrong)?,
        "default_stream" => settings.default_stream = value.boolean().map_err(wrong)?,
        _ => return Err(unknown(place, option, AGENT_OPTIONS.iter().copied())),
    }
    Ok(())
}

pub(super) fn set_endpoint(
    endpoint: &mut EndpointConfig,
    place: &str,
    option: &str,
    value: &Value,
) -> Result {
    let target = match option {
        "path" => &mut endpoint.path,
        "name" => &mut endpoint.name,
        "api_title" => &mut endpoint.api_title,
        "api_description" => &mut endpoint.api_description,
        _ => return Err(unknown(place, option, ENDPOINT_OPTIONS.iter().copied())),
    };
    *target = Some(value.text().map_err(|expected| invalid(place, option, &value.to_string(), &expected))?);
    Ok(())
}

pub(super) fn set_server(server: &mut ServerConfig, place: &str, option: &str, value: &Value) -> Result {
    let wrong = |expected: String| invalid(place, option, &value.to_string(), &expected);
    match option {
        "addr" => {
            let text = value.text().map_err(wrong)?;
            server.addr = text
                .replace("localhost", "127.0.0.1")
                .parse::<SocketAddr>()
                .map_err(|_| wrong("write an address and a port such as 127.0.0.1:8000".to_owned()))?;
        }
        "openai_path" => {
            let path = value.text().map_err(wrong)?;
            server.openai_path = if path.is_empty() || path == "none" { None } else { Some(path) };
        }
        "allow_origins" => server.allow_origins = value.texts().map_err(wrong)?,
        "body_limit" => server.body_limit = value.bytes().map_err(wrong)?,
        "bodies_in_flight" => server.bodies_in_flight = value.bytes().map_err(wrong)?,
        "max_runs" => server.max_runs = value.count().map_err(wrong)?,
        "max_connections" => server.max_connections = value.count().map_err(wrong)?,
        "drain_timeout" => server.drain_timeout = value.duration().map_err(wrong)?,
        "client_session_ids" => server.client_session_ids = value.boolean().map_err(wrong)?,
        _ => return Err(unknown(place, option, SERVER_OPTIONS.iter().copied())),
    }
    server.check_option(place, option)
}
