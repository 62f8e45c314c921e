//! The configuration file: one table an agent, and `[server]`.

use std::collections::BTreeMap;
use std::io::ErrorKind;

use super::Environment;
use super::value::Value;
use crate::error::AgentValidationError;

/// The options of one table, in the order of their names, and the tables inside it.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) options: BTreeMap<String, Value>,
    pub(super) tables: BTreeMap<String, Table>,
}

/// Reads the file, if there is one; the text is its name, for errors.
pub(super) fn read(environment: &Environment) -> Result<Option<(String, Table)>, AgentValidationError> {
    let Some((file, named)) = environment.file() else { return Ok(None) };
    let place = file.display().to_string();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound && !named => return Ok(None),
        Err(error) => {
            return Err(AgentValidationError::InvalidFile {
                place,
                reason: format!("the configuration file cannot be read: {error}"),
            });
        }
    };
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| AgentValidationError::InvalidFile {
            place: error.span().map_or_else(
                || place.clone(),
                |span| {
                    let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
                    format!("{place}, line {line}")
                },
            ),
            reason: error.message().to_owned(),
        })?;
    Ok(Some((place, convert(table))))
}

fn convert(table: toml::Table) -> Table {
    let mut converted = Table::default();
    for (name, value) in table {
        match value {
            toml::Value::Table(inner) => {
                converted.tables.insert(name, convert(inner));
            }
            other => {
                converted.options.insert(name, convert_value(other));
            }
        }
    }
    converted
}

fn convert_value(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::Text(text),
        toml::Value::Integer(number) => Value::Integer(number),
        toml::Value::Float(number) => Value::Float(number),
        toml::Value::Boolean(value) => Value::Boolean(value),
        toml::Value::Array(values) => Value::List(values.into_iter().map(convert_value).collect()),
        toml::Value::Datetime(time) => Value::Other(time.to_string()),
        toml::Value::Table(_) => Value::Other("a table".to_owned()),
    }
}
