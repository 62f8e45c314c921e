//! What a URL says about the server and about how it is used.

use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use crate::error::{Error, ErrorKind};

/// How many connections a process has at most.
const POOL_SIZE: usize = 16;

/// How long a connection may take to be made.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long what was sent may be without an answer of the peer's machine before the connection counts as lost.
const PEER_TIMEOUT: Duration = Duration::from_secs(10);

/// How long nothing may come before the peer's machine is asked whether it is there, how often it is asked again, and
/// how many questions it may leave unanswered. Where `PEER_TIMEOUT` holds, as on Linux, the second question ends it.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(10);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(3);
const KEEPALIVE_RETRIES: u32 = 3;

/// What each connection is told when it is made, unless the URL's own `options`, which come later, say otherwise. A
/// statement ends before its caller stops waiting for it. The functions expect their isolation level; and all they
/// ask has an index, also while the statistics of a young table recommend to read it whole.
const CONNECTION_OPTIONS: &str = "-c statement_timeout=3s -c lock_timeout=2500ms \
    -c idle_in_transaction_session_timeout=30s -c default_transaction_isolation=read\\ committed \
    -c enable_seqscan=off -c jit=off";

/// The parameters of a URL that are ours.
const OURS: [&str; 3] = ["pool_size", "schema", "pgbouncer"];

/// Those that are the client's.
const THEIRS: [&str; 19] = [
    "user",
    "password",
    "dbname",
    "options",
    "application_name",
    "sslmode",
    "sslnegotiation",
    "host",
    "hostaddr",
    "port",
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "target_session_attrs",
    "channel_binding",
    "load_balance_hosts",
];

/// What a URL says.
pub(super) struct Options {
    pub(super) config: Config,
    pub(super) pool_size: usize,
    /// The schema's name, without quotes: lower-case letters, digits and `_`.
    pub(super) schema: String,
    /// Whether there may be a PgBouncer in between that gives each transaction another connection.
    pub(super) is_pooled: bool,
}

impl Options {
    /// Reads a URL. No error repeats a part of it: a password that was not encoded may stand anywhere.
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(invalid("begins with neither postgres:// nor postgresql://"));
        }
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut options =
            Self { config: Config::new(), pool_size: POOL_SIZE, schema: "alphora".into(), is_pooled: false };
        let mut theirs = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match name {
                "pool_size" => options.pool_size = pool_size(value)?,
                "schema" => options.schema = schema(value)?,
                "pgbouncer" => options.is_pooled = truth(value)?,
                "sslmode" if !matches!(value, "disable" | "prefer") => {
                    return Err(invalid(
                        "asks for TLS by `sslmode`, which this store does not speak: write `sslmode=disable` and \
                         reach the server over a private network or a tunnel",
                    ));
                }
                name if THEIRS.contains(&name) => theirs.push(parameter),
                _ => {
                    let known: Vec<_> = OURS.iter().chain(&THEIRS).copied().collect();
                    return Err(invalid(&format!(
                        "has a parameter that is not one of {}; in a password `?` is written `%3F`, `&` `%26`",
                        known.join(", ")
                    )));
                }
            }
        }
        let url = if theirs.is_empty() { base.to_owned() } else { format!("{base}?{}", theirs.join("&")) };
        options.config = url.parse().map_err(|_| invalid("cannot be read"))?;
        if !theirs.iter().any(|parameter| parameter.starts_with("keepalives_idle=")) {
            options.config.keepalives_idle(KEEPALIVE_IDLE);
        }
        options.complete()?;
        Ok(options)
    }

    /// Adds what the URL does not say.
    fn complete(&mut self) -> Result<(), Error> {
        let config = &mut self.config;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(invalid("names no host"));
        }
        if config.get_application_name().is_none() {
            config.application_name("alphora");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(PEER_TIMEOUT);
        }
        if config.get_keepalives_interval().is_none() {
            config.keepalives_interval(KEEPALIVE_INTERVAL);
        }
        if config.get_keepalives_retries().is_none() {
            config.keepalives_retries(KEEPALIVE_RETRIES);
        }
        if config.get_hosts().len() > 1 && config.get_target_session_attrs() == TargetSessionAttrs::Any {
            // Of several servers, the one that can be written to.
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        config.ssl_mode(SslMode::Disable);
        if !self.is_pooled {
            // PgBouncer refuses options, and what one client sets another would find.
            let options = [CONNECTION_OPTIONS, config.get_options().unwrap_or_default()].join(" ");
            config.options(options.trim_end());
        }
        Ok(())
    }

    /// The server's name for messages: hosts and ports, nothing else.
    pub(super) fn server(&self) -> String {
        let ports = self.config.get_ports();
        let port = |index: usize| ports.get(index).or(ports.last()).copied().unwrap_or(5432);
        let hosts = self.config.get_hosts().iter().enumerate();
        let servers: Vec<_> = hosts
            .map(|(index, host)| match host {
                Host::Tcp(name) => format!("{name}:{}", port(index)),
                #[cfg(unix)]
                Host::Unix(path) => path.display().to_string(),
            })
            .collect();
        servers.join(",")
    }
}

fn pool_size(value: &str) -> Result<usize, Error> {
    match value.parse() {
        Ok(size @ 1..=1_000) => Ok(size),
        _ => Err(invalid("has a `pool_size` that is not a number from 1 to 1000")),
    }
}

fn schema(value: &str) -> Result<String, Error> {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let begins_well = value.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if begins_well && value.len() <= 63 && value.chars().all(is_allowed) && !value.starts_with("pg_") {
        return Ok(value.to_owned());
    }
    Err(invalid(
        "has a `schema` that is none: write up to 63 lower-case letters, digits and `_`, no digit or `pg_` first",
    ))
}

fn truth(value: &str) -> Result<bool, Error> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(invalid("has a `pgbouncer` that is neither `true` nor `false`")),
    }
}

fn invalid(what: &str) -> Error {
    Error::new(
        ErrorKind::InvalidArgument,
        format!("the URL of the session store {what}; write postgres://user:password@host:5432/database"),
    )
}
