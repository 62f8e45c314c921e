//! Which fields of spans are printed with an event: what says where it belongs, and not what is for traces.

use std::fmt;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::Record;
use tracing_subscriber::field::{RecordFields, VisitOutput as _};
use tracing_subscriber::fmt::format::{DefaultVisitor, Writer};
use tracing_subscriber::fmt::{FormatFields, FormattedFields};

/// What fields begin with that are for traces alone.
const FOR_TRACES: [&str; 5] = ["otel.", "gen_ai.", "server.", "error.", "alphora."];

fn is_shown(field: &Field) -> bool {
    !FOR_TRACES.iter().any(|prefix| field.name().starts_with(prefix))
}

/// `name=value`, as the default.
#[derive(Debug)]
pub(super) struct Text;

impl<'writer> FormatFields<'writer> for Text {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut visitor = DefaultVisitor::new(writer, true);
        fields.record(&mut Shown(&mut visitor));
        visitor.finish()
    }

    fn add_fields(&self, current: &'writer mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        let was_empty = current.fields.is_empty();
        let mut visitor = DefaultVisitor::new(current.as_writer(), was_empty);
        fields.record(&mut Shown(&mut visitor));
        visitor.finish()
    }
}

/// A JSON object, as the default.
#[derive(Debug)]
pub(super) struct Json;

impl<'writer> FormatFields<'writer> for Json {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut object = Object(Map::new());
        fields.record(&mut Shown(&mut object));
        object.write(&mut writer)
    }

    fn add_fields(&self, current: &'writer mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        let mut object = Object(serde_json::from_str(&current.fields).unwrap_or_default());
        fields.record(&mut Shown(&mut object));
        current.fields.clear();
        object.write(&mut current.as_writer())
    }
}

/// The fields of a JSON object.
struct Object(Map<String, Value>);

impl Object {
    fn write(self, writer: &mut dyn fmt::Write) -> fmt::Result {
        write!(writer, "{}", Value::Object(self.0))
    }

    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Object {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, format!("{value:?}"));
    }
}

/// Tells a visitor of the fields that are shown.
struct Shown<'a, V>(&'a mut V);

impl<V: Visit> Visit for Shown<'_, V> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if is_shown(field) {
            self.0.record_f64(field, value);
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        if is_shown(field) {
            self.0.record_i64(field, value);
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if is_shown(field) {
            self.0.record_u64(field, value);
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if is_shown(field) {
            self.0.record_bool(field, value);
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if is_shown(field) {
            self.0.record_str(field, value);
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        if is_shown(field) {
            self.0.record_error(field, value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if is_shown(field) {
            self.0.record_debug(field, value);
        }
    }
}
