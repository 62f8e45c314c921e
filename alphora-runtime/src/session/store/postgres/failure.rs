//! What the database or the way to it has failed at, as a store's error.

use std::error::Error as _;

use deadpool_postgres::{PoolError, TimeoutType};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::session::store::StoreError;

/// Why one attempt has failed, and what can be done.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: StoreError,
    pub(super) remedy: Remedy,
    /// Whether what was asked for was sent, and may have been done although this is the answer. A failure is not,
    /// until somebody who has sent something says so.
    pub(super) may_be_done: bool,
    /// Whether the connection is of no use any more, although it may still be open.
    pub(super) is_lost: bool,
}

/// What may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Nothing but time.
    Wait,
    /// The same with less of it: it has taken more than the database gives. Where it cannot be less, time.
    AskForLess,
    /// The same again: nothing was done.
    Repeat,
    /// The same again on another connection, if it may be done twice.
    RepeatIfHarmless,
    /// Migrations: the schema is not there any more.
    Migrate,
}

/// What a statement is ended with that asks for too much: of time, of locks that others have, of memory.
const TOO_MUCH: [SqlState; 4] = [
    SqlState::QUERY_CANCELED,
    SqlState::LOCK_NOT_AVAILABLE,
    SqlState::OUT_OF_MEMORY,
    SqlState::PROGRAM_LIMIT_EXCEEDED,
];

impl From<StoreError> for Failure {
    /// What has failed before anything was sent.
    fn from(error: StoreError) -> Self {
        Self { error, remedy: Remedy::Wait, may_be_done: false, is_lost: false }
    }
}

impl Failure {
    /// The answer did not come in time. What was asked for may still be done.
    pub(super) fn late(server: &str) -> Self {
        let reason = format!("{server} has not answered in time");
        Self {
            error: StoreError::unavailable(reason),
            remedy: Remedy::AskForLess,
            may_be_done: false,
            is_lost: true,
        }
    }

    /// There is no connection.
    pub(super) fn of_pool(server: &str, error: PoolError) -> Self {
        let reason = match error {
            PoolError::Backend(error) => return Self::of_database(server, &error),
            PoolError::Timeout(TimeoutType::Wait) => "all connections of this process are in use".to_owned(),
            PoolError::Timeout(_) => format!("{server} has not taken a connection in time"),
            PoolError::Closed => "the store is closed".to_owned(),
            PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                "there is no connection".to_owned()
            }
        };
        Self {
            error: StoreError::unavailable(reason),
            remedy: Remedy::Wait,
            may_be_done: false,
            is_lost: true,
        }
    }

    /// The database has refused, or the connection was lost.
    pub(super) fn of_database(server: &str, error: &Error) -> Self {
        let Some(database) = error.as_db_error() else {
            // Without an answer of the database it is the way to it.
            let reason = format!("{server}: {}", chain(error));
            let remedy = if error.is_closed() || is_input_output(error) {
                Remedy::RepeatIfHarmless
            } else {
                Remedy::Wait
            };
            return Self {
                error: StoreError::unavailable(reason),
                remedy,
                may_be_done: false,
                is_lost: true,
            };
        };
        let code = database.code();
        // The details of a message may show what is stored, the message itself does not.
        let mut reason = format!("{server}: {} (SQLSTATE {})", database.message(), code.code());
        let remedy =
            if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
                Remedy::Repeat
            } else if *code == SqlState::ADMIN_SHUTDOWN || *code == SqlState::CRASH_SHUTDOWN {
                Remedy::RepeatIfHarmless
            } else if [SqlState::UNDEFINED_FUNCTION, SqlState::UNDEFINED_TABLE, SqlState::INVALID_SCHEMA_NAME]
                .contains(code)
            {
                Remedy::Migrate
            } else if TOO_MUCH.contains(code) {
                Remedy::AskForLess
            } else {
                Remedy::Wait
            };
        if *code == SqlState::INVALID_SQL_STATEMENT_NAME || *code == SqlState::DUPLICATE_PSTATEMENT {
            reason.push_str("; behind PgBouncer in transaction mode the URL says `?pgbouncer=true`");
        }
        let is_damaged = *code == SqlState::DATA_CORRUPTED || *code == SqlState::INDEX_CORRUPTED;
        let error = if is_damaged { StoreError::Corrupt { reason } } else { StoreError::unavailable(reason) };
        // A server that can no longer be written to has a successor, which a new connection may find.
        let is_lost = *code == SqlState::READ_ONLY_SQL_TRANSACTION
            || *code == SqlState::ADMIN_SHUTDOWN
            || *code == SqlState::CRASH_SHUTDOWN
            || *code == SqlState::INVALID_SQL_STATEMENT_NAME;
        Self { error, remedy, may_be_done: false, is_lost }
    }
}

fn is_input_output(error: &Error) -> bool {
    error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// An error and what has caused it, as one sentence.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}
