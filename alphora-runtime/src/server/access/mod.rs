//! The access line: one event in the log for each request, when its answer is over or its client has left.

mod exchange;
mod line;
mod logged;
mod session;

pub(super) use exchange::Exchange;
pub(super) use line::{AccessLine, Route};
pub(super) use logged::LoggedBody;
pub(super) use session::SessionForLog;

/// The target of the line's event, for filters.
pub(super) const TARGET: &str = "alphora::access";
