//! API keys: the file that lists them, and how a key is found among them.

mod api_keys;
mod date;
mod digest;
mod file;
mod table;

#[cfg(test)]
mod tests;

pub use api_keys::ApiKeys;
