//! What becomes of the schemas of types, and of what models write.
//!
//! `ALPHORA_GOLDEN=overwrite cargo test -p alphora-runtime golden` writes the golden files anew.

mod checker;
mod fit;
mod golden;
mod refused;
mod types;
mod validate;

use schemars::JsonSchema;
use serde_json::Value;

use super::CompiledSchema;

/// The strict schema of `T`, which must have one.
fn strict<T: JsonSchema>() -> CompiledSchema {
    CompiledSchema::strict_of::<T>().unwrap_or_else(|error| panic!("{}: {error}", T::schema_name()))
}

/// What a model reads when `value` does not fit `T`.
fn mistakes<T: JsonSchema>(value: Value) -> String {
    strict::<T>().fit(value).unwrap_err()
}
