//! The shapes of what is sent and answered.

mod answer;
mod request;
mod service;
mod session;

use super::parts::Object;

/// Every schema that operations refer to. A request has at most `max_messages` messages; where requests are
/// `authenticated`, some answers have less for whom nobody knows.
pub(super) fn all(max_messages: usize, authenticated: bool) -> Object {
    let all = request::all(max_messages)
        .into_iter()
        .chain(answer::all())
        .chain(service::all(authenticated))
        .chain(session::all());
    all.map(|(name, schema)| (name.to_owned(), schema)).collect()
}
