//! The shapes of what is sent and answered.

mod answer;
mod request;
mod service;
mod session;

use super::parts::Object;

/// Every schema that operations refer to. A request has at most `max_messages` messages.
pub(super) fn all(max_messages: usize) -> Object {
    let all = request::all(max_messages)
        .into_iter()
        .chain(answer::all())
        .chain(service::all())
        .chain(session::all());
    all.map(|(name, schema)| (name.to_owned(), schema)).collect()
}
