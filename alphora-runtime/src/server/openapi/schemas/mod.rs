//! The shapes of what is sent and answered.

mod answer;
mod request;
mod service;

use super::parts::Object;

/// Every schema that operations refer to.
pub(super) fn all() -> Object {
    let all = request::all().into_iter().chain(answer::all()).chain(service::all());
    all.map(|(name, schema)| (name.to_owned(), schema)).collect()
}
