//! A schema in its two forms: as a model reads it, and as its arguments are checked.

use schemars::JsonSchema;
use serde_json::Value;

use super::SchemaError;
use super::fit::fit;
use super::generate::schema_of;
use super::merge::merged;
use super::strict::strict;
use super::validate::validate;

/// A schema in its two forms: as a model reads it, and as its arguments are checked.
#[derive(Debug, Clone)]
pub(crate) struct CompiledSchema {
    sent: Value,
    checked: Value,
    is_strict: bool,
}

impl CompiledSchema {
    /// `schema` as strict mode accepts it.
    ///
    /// # Errors
    /// It has no such form.
    pub(crate) fn strict(schema: &Value) -> Result<Self, SchemaError> {
        let checked = merged(schema);
        Ok(Self { sent: strict(&checked)?, checked, is_strict: true })
    }

    /// `schema` as it is.
    ///
    /// # Errors
    /// It is not that of an object, and arguments always are one.
    pub(crate) fn open(schema: &Value) -> Result<Self, SchemaError> {
        if schema.get("type").is_none_or(|kind| kind != "object") {
            return Err(SchemaError::new(
                "",
                "is not that of an object: write `\"type\": \"object\"` at its root",
            ));
        }
        Ok(Self { checked: merged(schema), sent: schema.clone(), is_strict: false })
    }

    /// The strict schema of `T`.
    ///
    /// # Errors
    /// As those of [`strict`](Self::strict).
    pub(crate) fn strict_of<T: JsonSchema>() -> Result<Self, SchemaError> {
        Self::strict(&schema_of::<T>())
    }

    /// What a model reads.
    pub(crate) fn sent(&self) -> &Value {
        &self.sent
    }

    /// Whether it is one for strict mode.
    pub(crate) fn is_strict(&self) -> bool {
        self.is_strict
    }

    /// `value` as a type reads it: what is `null` because strict mode has no other way to leave it out, is left out.
    ///
    /// # Errors
    /// It does not fit. The text says what to change.
    pub(crate) fn fit(&self, mut value: Value) -> Result<Value, String> {
        validate(&value, &self.checked, self.is_strict)?;
        fit(&mut value, &self.checked, self.is_strict);
        Ok(value)
    }
}
