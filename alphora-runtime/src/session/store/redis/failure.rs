//! What went wrong between here and the server, and what a caller is told of it.

use std::time::Duration;

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::session::store::StoreError;

/// When to try again after something that may pass at any time.
pub(super) const SOON: Duration = Duration::from_secs(1);

/// Why there was no answer, or not the one that was asked for.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    /// What the client library or the server said.
    Redis(RedisError),
    /// Nothing came in time.
    Late(Duration),
    /// The server was not asked, because it could not be reached a moment ago, for this reason.
    Resting { reason: String, retry_after: Duration },
}

impl Failure {
    /// Whether the connection is of no more use.
    pub(super) fn spoils_connection(&self) -> bool {
        match self {
            Self::Redis(error) => {
                error.is_unrecoverable_error()
                    || error.is_timeout()
                    || matches!(
                        error.kind(),
                        // Another server writes now. A connection made anew finds it, by a sentinel or by its name.
                        ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown)
                    )
            }
            Self::Late(_) => true,
            Self::Resting { .. } => false,
        }
    }

    /// Whether the connection was closed, by a server that was restarted or that closes idle ones.
    pub(super) fn is_closed_connection(&self) -> bool {
        matches!(self, Self::Redis(error) if error.is_connection_dropped())
    }

    pub(super) fn is_unknown_script(&self) -> bool {
        matches!(self, Self::Redis(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript))
    }

    /// Whether the server does not let this user do what was asked.
    pub(super) fn is_forbidden(&self) -> bool {
        let Self::Redis(error) = self else { return false };
        // A managed service has its own words for a command that it has taken away.
        error.kind() == ErrorKind::Server(ServerErrorKind::NoPerm)
            || error.detail().is_some_and(|detail| detail.to_ascii_lowercase().contains("unknown command"))
    }

    /// What happened, without credentials and without what is stored.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Late(limit) => format!("redis did not answer within {} s", limit.as_secs_f32()),
            Self::Resting { reason, .. } => reason.clone(),
            Self::Redis(error) => told(error),
        }
    }
}

impl From<RedisError> for Failure {
    fn from(error: RedisError) -> Self {
        Self::Redis(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        if let Failure::Redis(error) = &failure
            && (error.code() == Some("WRONGTYPE") || says(error, "WRONGTYPE"))
        {
            return corrupt("a key of the session has a value of another kind");
        }
        let retry_after = match &failure {
            Failure::Resting { retry_after, .. } => (*retry_after).max(SOON),
            Failure::Redis(_) | Failure::Late(_) => SOON,
        };
        Self::Unavailable { reason: failure.reason(), retry_after }
    }
}

/// What is stored has another form than this store writes.
pub(super) fn corrupt(reason: impl Into<String>) -> StoreError {
    StoreError::Corrupt { reason: reason.into() }
}

/// What the server's codes mean here. Of its words only the code is repeated, because they may quote what was sent.
const CODES: &[(&str, &str)] = &[
    ("OOM", "redis has used all the memory that it may use (`maxmemory`)"),
    ("MISCONF", "redis refuses writes, because it cannot save to its disk"),
    ("READONLY", "this redis is a replica, which cannot write"),
    ("LOADING", "redis is still loading its data"),
    ("BUSY", "redis is busy with a script"),
    ("CLUSTERDOWN", "a part of the redis cluster is down"),
    ("MASTERDOWN", "the redis replica has lost its primary"),
    ("NOREPLICAS", "redis has too few replicas to take writes (`min-replicas-to-write`)"),
    ("TRYAGAIN", "the redis cluster is moving these keys"),
    ("CROSSSLOT", "redis says that the keys of one session are in different places of the cluster"),
    ("NOAUTH", "redis asks for a password: write it into the URL, as in redis://:password@host"),
    ("WRONGPASS", "redis does not accept the user name and password of the URL"),
    ("NOPERM", "the redis user of the URL may not run a command that is needed"),
];

fn told(error: &RedisError) -> String {
    let code = error.code().unwrap_or_default();
    if let Some((_, words)) = CODES.iter().find(|(known, _)| *known == code || says(error, known)) {
        return (*words).to_owned();
    }
    if error.is_timeout() {
        return "redis did not answer in time".to_owned();
    }
    match error.kind() {
        ErrorKind::AuthenticationFailed => {
            "redis does not accept the user name and password of the URL".to_owned()
        }
        // The operating system's words: refused, reset, no such host.
        ErrorKind::Io => format!("the connection to redis failed: {error}"),
        ErrorKind::MasterNameNotFoundBySentinel => "no sentinel knows a primary by this name".to_owned(),
        ErrorKind::ClusterConnectionNotFound => "no node of the redis cluster can be reached".to_owned(),
        ErrorKind::Server(_) | ErrorKind::Extension if !code.is_empty() => {
            format!("redis answered with the error {code}")
        }
        _ => format!("the redis client failed: {}", error.category()),
    }
}

/// Whether a script has failed with this code: older servers put their own words in front of it.
fn says(error: &RedisError, code: &str) -> bool {
    error
        .detail()
        .is_some_and(|detail| detail.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == code))
}
