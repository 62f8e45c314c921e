//! The functions that the migrations have created, and how they are called.

use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};

use crate::session::store::{Operation, StoreError};

/// A function of the schema.
pub(super) struct Function {
    name: &'static str,
    pub(super) parameters: &'static [Type],
    pub(super) operation: Operation,
    /// Whether a second call, after one whose answer was lost, does and says the same.
    pub(super) is_repeatable: bool,
}

const TEXT: Type = Type::TEXT;
const BYTES: Type = Type::BYTEA;
const NUMBER: Type = Type::INT8;
const SMALL: Type = Type::INT2;
const TRUTH: Type = Type::BOOL;

macro_rules! functions {
    ($($constant:ident = $name:literal ($($parameter:ident),*), $operation:ident;)*) => {
        $(pub(super) static $constant: Function = Function {
            name: $name,
            parameters: &[$($parameter),*],
            operation: Operation::$operation,
            is_repeatable: !matches!(Operation::$operation, Operation::Delete),
        };)*
    };
}

functions! {
    BEGIN_TURN = "begin_turn"(TEXT, TEXT, TEXT, BYTES, NUMBER, NUMBER, NUMBER, TRUTH), Begin;
    RENEW_TURN = "renew_turn"(TEXT, TEXT, TEXT, BYTES, NUMBER, NUMBER), Renew;
    COMMIT_TURN = "commit_turn"
        (TEXT, TEXT, TEXT, BYTES, NUMBER, SMALL, NUMBER, BYTES, NUMBER, NUMBER), Commit;
    RELEASE_TURN = "release_turn"(TEXT, TEXT, TEXT, BYTES, NUMBER), Release;
    PREEMPT_TURN = "preempt_turn"(TEXT, TEXT, TEXT, SMALL), Preempt;
    READ_SESSION = "read_session"(TEXT, TEXT, TEXT), Read;
    LIST_SESSIONS = "list_sessions"(TEXT, TEXT, TEXT, NUMBER), List;
    DELETE_SESSION = "delete_session"(TEXT, TEXT, TEXT), Delete;
    STATISTICS = "statistics"(), Statistics;
    SWEEP_EXPIRED = "sweep_expired"(NUMBER), Sweep;
    SWEEP_LIMITS = "sweep_limits"(NUMBER, NUMBER, NUMBER, NUMBER, NUMBER), Sweep;
    CHECK = "check_writing"(), Check;
    OPEN_RUN = "open_run"(TEXT, TEXT, BYTES, NUMBER, NUMBER), LogWrite;
    APPEND_EVENTS = "append_known_events"(TEXT, TEXT, BYTES, NUMBER, ALL_BYTES), LogWrite;
    FINISH_RUN = "finish_run"(TEXT, TEXT, BYTES), LogWrite;
    READ_EVENTS = "read_events"(TEXT, TEXT, BYTES, NUMBER, NUMBER, NUMBER), LogRead;
    CANCEL_RUN = "cancel_run"(TEXT, TEXT, BYTES), LogCancel;
    IS_RUN_CANCELLED = "is_run_cancelled"(TEXT, TEXT, BYTES), LogCancel;
    SILENCE_OF_RUN = "silence_of_run"(TEXT, TEXT, BYTES), LogRead;
    CLAIM = "claim"(TEXT, TEXT, BYTES, BYTES, NUMBER), LogWrite;
    DISCLAIM = "disclaim"(TEXT, TEXT, BYTES, BYTES), LogWrite;
    SWEEP_CLAIMS = "sweep_claims"(NUMBER), Sweep;
    TAKE_PLACE = "take_place"(TEXT, NUMBER, NUMBER, NUMBER, BYTES, NUMBER), Limits;
    RENEW_PLACES = "renew_places"(TEXT, ALL_BYTES, NUMBER), Limits;
    SETTLE_PLACES = "settle_places"(TEXT, NUMBER, NUMBER, ALL_BYTES, NUMBER, NUMBER), Limits;
    SWEEP_ACCOUNTS = "sweep_accounts"(NUMBER), Sweep;
}

const ALL_BYTES: Type = Type::BYTEA_ARRAY;

impl Function {
    /// The statement that calls it. `schema` is quoted.
    pub(super) fn statement(&self, schema: &str) -> String {
        let parameters: Vec<_> = (1..=self.parameters.len()).map(|number| format!("${number}")).collect();
        format!("select * from {schema}.{}({})", self.name, parameters.join(", "))
    }
}

/// What a column of a row has.
pub(super) fn column<'row, T: FromSql<'row>>(row: &'row Row, name: &str) -> Result<T, StoreError> {
    row.try_get(name).map_err(|_| StoreError::Corrupt {
        reason: format!("the database has answered without a fitting column `{name}`"),
    })
}
