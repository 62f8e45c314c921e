//! The API document of what is served, and the page that shows it without asking any other host.

mod document;
mod examples;
mod operations;
mod page;
mod parts;
mod paths;
mod prune;
mod responses;
mod runs;
mod schemas;
mod sessions;

#[cfg(test)]
mod tests;

pub(crate) use document::{DocumentedAgent, document};
pub(crate) use page::{CONTENT_SECURITY_POLICY, PAGE_FILES};
