//! Arguments that fit a schema are arguments that the type reads.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::strict;
use super::types::{Enums, Nested, Optional, Paging, Place, Primitives, Setting, Shape, Step, Tree, Unit};
use crate::schema::CompiledSchema;

fn read<T: DeserializeOwned + schemars::JsonSchema>(value: Value) -> T {
    let fitting = strict::<T>().fit(value).unwrap();
    T::deserialize(&fitting).unwrap_or_else(|error| panic!("{error}: {fitting}"))
}

/// In strict mode a model must write `null` where it would leave something out.
#[test]
fn what_has_a_default_is_left_out_and_not_null() {
    assert_eq!(read::<Paging>(json!({"page": 1, "size": null})), Paging { page: 1, size: 0 });
    let left_out =
        json!({"limit": null, "unit": null, "place": null, "deep": null, "order": null, "origin": null});
    assert_eq!(read::<Optional>(left_out), read::<Optional>(json!({})));
    assert_eq!(read::<Optional>(json!({})).origin.city, "Rome");
}

#[test]
fn whole_floats_are_integers() {
    let value = json!({"text": "a", "flag": true, "integer": -3.0, "small": 2.0, "number": 3, "letter": "c"});
    let read = read::<Primitives>(value);
    assert_eq!((read.integer, read.small, read.number), (-3, 2, 3.0));
}

#[test]
fn alternatives_and_flattened_fields_are_reached() {
    let read_enums = read::<Enums>(json!({
        "unit": "fahrenheit",
        "shape": {"Circle": {"radius": 2}},
        "steps": [{"kind": "walk", "minutes": 5.0}, {"kind": "go_to", "city": "Rome", "country": null}, {"kind": "wait"}],
        "setting": {"type": "Volume", "value": 3.0},
        "amount": null,
    }));
    assert_eq!(read_enums.unit, Unit::Fahrenheit);
    assert_eq!(read_enums.shape, Shape::Circle { radius: 2.0 });
    assert_eq!(read_enums.setting, Setting::Volume(3));
    let rome = Place { city: "Rome".to_owned(), country: None };
    assert_eq!(read_enums.steps, [Step::Walk { minutes: 5 }, Step::GoTo(rome), Step::Wait]);

    let nested = read::<Nested>(json!({
        "query": "x",
        "place": {"city": "Rome", "country": null},
        "inner": {"page": 2, "size": null, "kind": "walk", "minutes": 1, "places": {"items": []}},
    }));
    let inner = nested.inner.unwrap();
    assert_eq!((inner.paging, inner.step), (Paging { page: 2, size: 0 }, Step::Walk { minutes: 1 }));
}

#[test]
fn trees_are_reached_at_every_depth() {
    let tree = read::<Tree>(json!({
        "name": "a",
        "children": [{"name": "b", "children": [], "next": {"name": "c", "children": [], "next": null}}],
        "next": null,
    }));
    assert_eq!(tree.children[0].next.as_ref().unwrap().name, "c");
}

#[test]
fn an_open_schema_keeps_null_where_it_is_meant() {
    let schema = CompiledSchema::open(&json!({
        "type": "object",
        "properties": {"a": {"type": ["string", "null"]}, "b": {"type": "string"}},
    }))
    .unwrap();
    assert_eq!(schema.fit(json!({"a": null, "b": null, "c": null})).unwrap(), json!({"a": null, "c": null}));
}
