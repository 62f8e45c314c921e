//! JSON schemas: what OpenAI's strict mode accepts, and whether arguments fit.
//!
//! Types say what they take through `schemars`. Such a schema is brought into one place ([`merge`]), made what
//! strict mode accepts ([`strict`]), and what a model writes is checked against it ([`validate`]).

mod error;
mod path;
mod reference;

mod generate;

mod limits;
mod merge;
mod strict;

mod compare;
mod describe;
mod fit;
mod validate;

mod compiled;

#[cfg(test)]
mod tests;

pub(crate) use compiled::CompiledSchema;
pub use error::SchemaError;
pub(crate) use generate::{generator, schema_of};
pub(crate) use reference::takes_null;
