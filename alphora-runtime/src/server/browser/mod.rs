//! What a browser on a user's machine could be made to do: reach a server that is meant for that machine alone, read
//! across origins, or take an answer for a page.

mod answers;
mod authority;
mod cors;
mod guard;

pub(super) use answers::{as_data, as_page};
pub(super) use cors::cors;
pub(super) use guard::{Guard, guard};
