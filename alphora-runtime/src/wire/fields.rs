//! Fields that the types here do not know, kept as they came.

use std::fmt;

use serde::Serialize;
use serde::ser::SerializeMap;
use serde_json::value::RawValue;

/// JSON fields that have no field in Rust, kept verbatim and in order. Empty, it is one word and no allocation.
#[derive(Clone, Default)]
pub struct Fields(Option<Box<List>>);

#[derive(Clone)]
struct List {
    fields: Vec<(Box<str>, Box<RawValue>)>,
}

impl Fields {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// The JSON of field `name`. Of several with one name the last counts, as everywhere in JSON.
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        self.slice().iter().rev().find(|(known, _)| **known == *name).map(|(_, value)| &**value)
    }

    /// Adds a field, or replaces those of the same name.
    ///
    /// # Errors
    /// `value` cannot be written as JSON.
    pub fn insert(
        &mut self,
        name: impl Into<String>,
        value: impl Serialize,
    ) -> Result<(), serde_json::Error> {
        let (name, value) = (name.into(), serde_json::value::to_raw_value(&value)?);
        self.remove(&name);
        self.push(name.into(), value);
        Ok(())
    }

    /// Takes out every field of this name.
    pub fn remove(&mut self, name: &str) {
        if let Some(list) = &mut self.0 {
            list.fields.retain(|(known, _)| **known != *name);
        }
    }

    /// All fields in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &RawValue)> {
        self.slice().iter().map(|(name, value)| (&**name, &**value))
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.slice().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.slice().is_empty()
    }

    /// Adds a field, whatever is there.
    pub(super) fn push(&mut self, name: Box<str>, value: Box<RawValue>) {
        let list = self.0.get_or_insert_with(|| Box::new(List { fields: Vec::new() }));
        list.fields.push((name, value));
    }

    /// Writes every field into a map that is being written.
    pub(super) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))
    }

    fn slice(&self) -> &[(Box<str>, Box<RawValue>)] {
        self.0.as_ref().map_or(&[], |list| &list.fields)
    }
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().zip(other.iter()).all(|((a, x), (b, y))| a == b && x.get() == y.get())
    }
}

impl Eq for Fields {}

/// How many fields there are: also their names may be anything.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fields({})", self.len())
    }
}

impl Serialize for Fields {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        self.write(&mut map)?;
        map.end()
    }
}
