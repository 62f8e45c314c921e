//! The options by name.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::invalid::{check_duration, invalid};
use super::suggestion::{misplaced, unknown};
use super::value::Value;
use super::{AgentSettings, EndpointConfig, ServerConfig, StoreUrl, name, path, placeholders};
use crate::agent::{OnDisconnect, OnFailure};
use crate::error::AgentValidationError;
use crate::session::Concurrency;

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
    "on_disconnect",
    "concurrency",
    "on_failure",
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
    "head_timeout",
    "body_timeout",
    "keep_alive_timeout",
    "stall_timeout",
    "max_head_bytes",
    "send_buffer",
    "half_close",
    "drain_timeout",
    "client_session_ids",
    "data_dir",
    "session_store",
    "session_lease",
    "max_session_bytes",
    "max_sessions",
    "max_sessions_bytes",
    "max_owner_sessions",
    "max_owner_bytes",
    "session_endpoints",
    "api_keys_file",
    "jwt_keys_file",
    "jwt_issuer",
    "jwt_audience",
    "allow_anonymous",
    "requests_per_minute",
    "tokens_per_minute",
    "key_requests_per_minute",
    "key_tokens_per_minute",
    "key_max_runs",
    "max_messages",
    "allow_hosts",
    "open_metrics",
    "idempotency_time",
    "tls_certificate",
    "tls_key",
    "log_requests",
];

fn of_an_agent(place: &str, option: &str) -> AgentValidationError {
    let belongs = "is an option of an agent as a whole: write it in the table of its published name";
    misplaced(place, option, belongs)
}

fn of_the_server(place: &str, option: &str) -> AgentValidationError {
    let variable = option.to_uppercase();
    let belongs =
        format!("is an option of the server: write it in the table [server], or as ALPHORA_{variable}");
    misplaced(place, option, &belongs)
}

/// Sets an option of an agent, whose struct is called `agent`; one that is wrong stays as it is.
pub(super) fn set_agent(
    settings: &mut AgentSettings,
    agent: &str,
    place: &str,
    option: &str,
    value: &Value,
) -> Result {
    let wrong = |expected: String| invalid(place, option, &value.to_string(), &expected);
    let text = || checked_text(agent, option, value).map_err(wrong);
    let duration = || {
        let duration = value.duration().map_err(wrong)?;
        check_duration(duration).map_err(|expected| wrong(expected.to_owned())).map(|()| duration)
    };
    match option {
        "path" => settings.path = text()?,
        "name" => settings.name = Some(text()?),
        "memory_ttl" => settings.memory_ttl = duration()?,
        "max_memory_items" => settings.max_memory_items = value.count().map_err(wrong)?,
        "auto_clean_interval" => settings.auto_clean_interval = duration()?,
        "api_title" => settings.api_title = text()?,
        "api_description" => settings.api_description = text()?,
        "timeout" => settings.timeout = duration()?,
        "first_event_timeout" => settings.first_event_timeout = duration()?,
        "idle_timeout" => settings.idle_timeout = duration()?,
        "keep_alive" => settings.keep_alive = duration()?,
        "default_stream" => settings.default_stream = value.boolean().map_err(wrong)?,
        "on_disconnect" => {
            settings.on_disconnect = value.one_of(&OnDisconnect::ALL, OnDisconnect::as_str).map_err(wrong)?;
        }
        "concurrency" => {
            settings.concurrency = value.one_of(&Concurrency::ALL, Concurrency::as_str).map_err(wrong)?;
        }
        "on_failure" => {
            settings.on_failure = value.one_of(&OnFailure::ALL, OnFailure::as_str).map_err(wrong)?;
        }
        _ if SERVER_OPTIONS.contains(&option) => return Err(of_the_server(place, option)),
        _ => return Err(unknown(place, option, AGENT_OPTIONS.iter().copied())),
    }
    Ok(())
}

/// Sets an option of one endpoint of `agent`; one that is wrong stays as it is.
pub(super) fn set_endpoint(
    endpoint: &mut EndpointConfig,
    agent: &str,
    place: &str,
    option: &str,
    value: &Value,
) -> Result {
    let target = match option {
        "path" => &mut endpoint.path,
        "name" => &mut endpoint.name,
        "api_title" => &mut endpoint.api_title,
        "api_description" => &mut endpoint.api_description,
        _ if AGENT_OPTIONS.contains(&option) => return Err(of_an_agent(place, option)),
        _ if SERVER_OPTIONS.contains(&option) => return Err(of_the_server(place, option)),
        _ => return Err(unknown(place, option, ENDPOINT_OPTIONS.iter().copied())),
    };
    let text = checked_text(agent, option, value);
    *target = Some(text.map_err(|expected| invalid(place, option, &value.to_string(), &expected))?);
    Ok(())
}

/// A text that an agent or an endpoint can have, or what to write instead.
fn checked_text(agent: &str, option: &str, value: &Value) -> std::result::Result<String, String> {
    let text = value.text()?;
    match option {
        "path" => path::check(&text)?,
        "name" => name::check(&text)?,
        // Which method is put in makes no difference to whether one can be.
        _ => drop(placeholders::substitute(&text, agent, "")?),
    }
    Ok(text)
}

/// Sets an option of the server; one that is wrong stays as it is.
pub(super) fn set_server(server: &mut ServerConfig, place: &str, option: &str, value: &Value) -> Result {
    let mut changed = server.clone();
    write_server(&mut changed, place, option, value)?;
    changed.check_option(place, option)?;
    *server = changed;
    Ok(())
}

fn write_server(server: &mut ServerConfig, place: &str, option: &str, value: &Value) -> Result {
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
        "head_timeout" => server.head_timeout = value.duration().map_err(wrong)?,
        "body_timeout" => server.body_timeout = value.duration().map_err(wrong)?,
        "keep_alive_timeout" => server.keep_alive_timeout = value.duration().map_err(wrong)?,
        "stall_timeout" => server.stall_timeout = value.duration().map_err(wrong)?,
        "max_head_bytes" => server.max_head_bytes = value.bytes().map_err(wrong)?,
        "send_buffer" => server.send_buffer = value.bytes().map_err(wrong)?,
        "half_close" => server.half_close = value.boolean().map_err(wrong)?,
        "drain_timeout" => server.drain_timeout = value.duration().map_err(wrong)?,
        "client_session_ids" => server.client_session_ids = value.boolean().map_err(wrong)?,
        // What is empty is not set: files for containers often say so.
        "data_dir" => {
            let directory = value.text().map_err(wrong)?;
            server.data_dir = (!directory.is_empty()).then(|| directory.into());
        }
        "session_store" => {
            // The value has a password perhaps: it is not repeated.
            let wrong = |expected: String| invalid(place, option, "..", &expected);
            let url = value.text().map_err(wrong)?;
            let url = Some(url).filter(|url| !url.is_empty());
            server.session_store = url.map(|url| StoreUrl::parse(&url)).transpose().map_err(wrong)?;
        }
        "session_lease" => server.session_lease = value.duration().map_err(wrong)?,
        "max_session_bytes" => server.session_limits.session_bytes = value.bytes().map_err(wrong)? as u64,
        "max_sessions" => server.session_limits.sessions = Some(value.count().map_err(wrong)? as u64),
        "max_sessions_bytes" => server.session_limits.bytes = Some(value.bytes().map_err(wrong)? as u64),
        "max_owner_sessions" => {
            server.session_limits.owner_sessions = Some(value.count().map_err(wrong)? as u64);
        }
        "max_owner_bytes" => server.session_limits.owner_bytes = Some(value.bytes().map_err(wrong)? as u64),
        "session_endpoints" => server.session_endpoints = value.boolean().map_err(wrong)?,
        "api_keys_file" => server.api_keys_file = file(value).map_err(wrong)?,
        "jwt_keys_file" => server.jwt_keys_file = file(value).map_err(wrong)?,
        "jwt_issuer" => {
            server.jwt_issuer = Some(value.text().map_err(wrong)?).filter(|text| !text.is_empty());
        }
        "jwt_audience" => {
            server.jwt_audience = Some(value.text().map_err(wrong)?).filter(|text| !text.is_empty());
        }
        "allow_anonymous" => server.allow_anonymous = value.boolean().map_err(wrong)?,
        "requests_per_minute" => server.requests_per_minute = Some(value.count().map_err(wrong)? as u64),
        "tokens_per_minute" => server.tokens_per_minute = Some(value.count().map_err(wrong)? as u64),
        "key_requests_per_minute" => {
            server.key_limits.requests_per_minute = Some(value.count().map_err(wrong)? as u64);
        }
        "key_tokens_per_minute" => {
            server.key_limits.tokens_per_minute = Some(value.count().map_err(wrong)? as u64);
        }
        "key_max_runs" => server.key_limits.runs = Some(value.count().map_err(wrong)? as u64),
        "max_messages" => server.max_messages = value.count().map_err(wrong)?,
        "allow_hosts" => server.allow_hosts = value.texts().map_err(wrong)?,
        "open_metrics" => server.open_metrics = value.boolean().map_err(wrong)?,
        "idempotency_time" => server.idempotency_time = value.duration().map_err(wrong)?,
        "tls_certificate" => server.tls_certificate = file(value).map_err(wrong)?,
        "tls_key" => server.tls_key = file(value).map_err(wrong)?,
        "log_requests" => server.log_requests = value.boolean().map_err(wrong)?,
        _ if AGENT_OPTIONS.contains(&option) => return Err(of_an_agent(place, option)),
        _ => return Err(unknown(place, option, SERVER_OPTIONS.iter().copied())),
    }
    Ok(())
}

/// The path of a file. What is empty is not set.
fn file(value: &Value) -> std::result::Result<Option<PathBuf>, String> {
    let path = value.text()?;
    Ok((!path.is_empty()).then(|| path.into()))
}
