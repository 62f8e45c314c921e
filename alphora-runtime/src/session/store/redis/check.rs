//! Whether a server is one that sessions can be trusted to.

use std::sync::atomic::Ordering;

use redis::{Cmd, Value};

use super::failure::SOON;
use super::store::RedisStore;
use crate::session::store::StoreError;

/// The first version that has all that the scripts use.
const OLDEST: (u32, u32) = (6, 2);

/// The version of how everything is stored.
const FORMAT: &str = "1";

impl RedisStore {
    pub(super) async fn check_server(&self) -> Result<(), StoreError> {
        if !self.0.is_inspected.load(Ordering::Relaxed) {
            self.check_version().await?;
            self.check_policy().await?;
            self.check_persistence().await?;
            self.check_format().await?;
            // What is only a warning is said once, however often somebody asks.
            self.0.is_inspected.store(true, Ordering::Relaxed);
        }
        self.check_writing().await
    }

    async fn check_version(&self) -> Result<(), StoreError> {
        let mut command = Cmd::new();
        command.arg("INFO").arg("server");
        let information = match self.0.connection.ask(&command).await {
            Ok(information) => texts(&information).join("\n"),
            Err(failure) if failure.is_forbidden() => {
                tracing::warn!("redis does not tell its version: it has to be 6.2 or later");
                return Ok(());
            }
            Err(failure) => return Err(failure.into()),
        };
        // Valkey says here which redis it can stand in for. In a cluster, each node has its line.
        for line in information.lines().filter_map(|line| line.trim().strip_prefix("redis_version:")) {
            let mut numbers = line.split('.').map(|number| number.parse().unwrap_or(0));
            let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
            if version < OLDEST {
                return Err(refused(format!(
                    "redis is version {}.{}, and has to be 6.2 or later",
                    version.0, version.1
                )));
            }
        }
        Ok(())
    }

    async fn check_policy(&self) -> Result<(), StoreError> {
        for policy in self.setting("maxmemory-policy").await? {
            match policy.as_str() {
                "noeviction" => {}
                // The lists have no time to live, so that a session goes as a whole, but it may be one in use.
                volatile if volatile.starts_with("volatile-") => tracing::warn!(
                    policy,
                    "redis may drop sessions before their time, also ones in use, when its memory is full: \
                     set `maxmemory-policy noeviction`"
                ),
                _ => {
                    return Err(refused(format!(
                        "redis may drop any key when its memory is full (`maxmemory-policy {}`): set it to \
                         `noeviction`",
                        policy.escape_debug()
                    )));
                }
            }
        }
        Ok(())
    }

    async fn check_persistence(&self) -> Result<(), StoreError> {
        let (append, save) = (self.setting("appendonly").await?, self.setting("save").await?);
        if append.iter().any(|append| append == "no") {
            if save.iter().all(String::is_empty) {
                tracing::warn!(
                    "redis keeps nothing on its disk: sessions end with it, unless a replica has them"
                );
            } else {
                tracing::warn!(
                    "redis saves now and then: a server that is killed loses what was committed since; set \
                     `appendonly yes`"
                );
            }
        }
        Ok(())
    }

    /// What the server, or each node of a cluster, says of one of its settings; nothing where that is not told.
    async fn setting(&self, name: &'static str) -> Result<Vec<String>, StoreError> {
        let mut command = Cmd::new();
        command.arg("CONFIG").arg("GET").arg(name);
        match self.0.connection.ask(&command).await {
            Ok(answer) => {
                let texts = texts(&answer);
                // Each name is followed by its value.
                let names = texts.iter().enumerate().filter(|(_, text)| *text == name);
                Ok(names.filter_map(|(at, _)| texts.get(at + 1).cloned()).collect())
            }
            Err(failure) if failure.is_forbidden() => {
                tracing::warn!(setting = name, "redis does not tell its settings: see to this one");
                Ok(Vec::new())
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// Writes, reads, and runs a script.
    async fn check_writing(&self) -> Result<(), StoreError> {
        let mut write = Cmd::new();
        write.arg("SET").arg(self.0.keys.probe()).arg("written").arg("PX").arg(60_000);
        self.0.connection.ask(&write).await?;
        let mut read = Cmd::new();
        read.arg("GET").arg(self.0.keys.probe());
        if texts(&self.0.connection.ask(&read).await?) != ["written"] {
            return Err(refused("redis has not kept what was written to it".to_owned()));
        }
        let Some(lists) = self.0.keys.all_lists().next() else { return Ok(()) };
        self.run_on_bucket(&self.0.sessions.statistics, lists, &[]).await?;
        Ok(())
    }

    async fn check_format(&self) -> Result<(), StoreError> {
        let mut note = Cmd::new();
        note.arg("SET").arg(self.0.keys.format()).arg(FORMAT).arg("NX");
        self.0.connection.ask(&note).await?;
        let mut read = Cmd::new();
        read.arg("GET").arg(self.0.keys.format());
        match &texts(&self.0.connection.ask(&read).await?)[..] {
            [format] if format != FORMAT => Err(refused(format!(
                "the sessions in redis are stored in format {}, and this version knows {FORMAT}: use a newer \
                 version, or another `prefix` in the URL",
                format.escape_debug()
            ))),
            _ => Ok(()),
        }
    }
}

/// The server can be reached, but must not be used.
fn refused(reason: String) -> StoreError {
    StoreError::Unavailable { reason, retry_after: SOON }
}

/// All texts of an answer, whatever it is packed into. Each node of a cluster adds its own.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::BulkString(bytes) => vec![String::from_utf8_lossy(bytes).into_owned()],
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => vec![text.clone()],
        Value::Array(values) | Value::Set(values) => values.iter().flat_map(texts).collect(),
        Value::Map(pairs) => {
            pairs.iter().flat_map(|(key, value)| texts(key).into_iter().chain(texts(value))).collect()
        }
        _ => Vec::new(),
    }
}
