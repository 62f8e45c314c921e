//! Types and schemas that have no strict form, and what their authors read.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde_json::{Value, json};

use super::types::{Place, Step};
use crate::schema::CompiledSchema;

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is looked at")]
struct Filter {
    labels: HashMap<String, u32>,
}

fn refusal(schema: &Value) -> String {
    CompiledSchema::strict(schema).unwrap_err().to_string()
}

fn refusal_of<T: JsonSchema>() -> String {
    refusal(&crate::tool::ToolParameters::new().with::<T>("filter", "").schema())
}

#[test]
fn what_has_no_strict_form_says_where_and_what_else() {
    let map = "is a map, and strict mode knows no names that are chosen later: use a list of structs that have a key \
               and a value";
    assert_eq!(refusal_of::<HashMap<String, u32>>(), format!("`filter` {map}"));
    assert_eq!(refusal_of::<Vec<HashMap<String, u32>>>(), format!("`filter[]` {map}"));
    assert_eq!(refusal_of::<HashMap<u32, Place>>(), format!("`filter` {map}"));
    assert_eq!(refusal_of::<Filter>(), format!("`Filter.labels` {map}"));
    assert_eq!(refusal_of::<Value>(), "`filter` can be any value: use a type that says what it is");
    assert_eq!(
        refusal_of::<(u8, String)>(),
        "`filter` is a tuple, and strict mode knows no places: use a struct with named fields"
    );
    assert_eq!(refusal_of::<Vec<Value>>(), "`filter[]` can be any value: use a type that says what it is");
}

#[test]
fn only_an_object_is_a_root() {
    let refusal_of_root = |schema: Value| refusal(&schema);
    assert_eq!(
        refusal_of_root(json!({"type": "string"})),
        "the schema is that of a text: only an object has named fields, so make it a field of a struct"
    );
    let step = CompiledSchema::strict_of::<Step>().unwrap_err().to_string();
    assert!(step.starts_with("the schema is that of one of several alternatives"), "{step}");
    let list = CompiledSchema::strict_of::<Vec<Place>>().unwrap_err().to_string();
    assert!(list.starts_with("the schema is that of a list"), "{list}");
    assert!(CompiledSchema::open(&json!({"type": "array"})).is_err());
}

#[test]
fn conditions_are_refused_and_mere_bounds_left_out() {
    let with = |word: &str, value: Value| {
        let mut schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        schema["properties"]["a"][word] = value;
        CompiledSchema::strict(&schema).map(|schema| schema.sent()["properties"]["a"].clone())
    };
    for word in ["not", "if", "patternProperties", "dependentSchemas"] {
        assert!(with(word, json!({})).is_err(), "{word}");
    }
    for word in ["minLength", "uniqueItems", "title", "examples", "contentEncoding", "x-own"] {
        assert_eq!(with(word, json!(1)).unwrap(), json!({"type": ["string", "null"]}), "{word}");
    }
}

#[test]
fn parts_are_brought_into_one_or_refused() {
    let with = |schema: Value| {
        let root = json!({
            "type": "object",
            "properties": {"a": schema},
            "required": ["a"],
            "$defs": {
                "B": {"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]},
                "C": {"type": "integer"},
            },
        });
        CompiledSchema::strict(&root).map(|schema| {
            assert_eq!(super::checker::broken_rules(schema.sent()), [""; 0]);
            schema.sent()["properties"]["a"].clone()
        })
    };
    let closed = |properties: Value| {
        let names: Vec<_> = properties.as_object().unwrap().keys().cloned().collect();
        json!({"type": "object", "properties": properties, "required": names, "additionalProperties": false})
    };
    let b = json!({"$ref": "#/$defs/B"});
    let text = json!({"type": "string"});
    assert_eq!(with(json!({"allOf": [b]})).unwrap(), b);
    assert_eq!(
        with(json!({"allOf": [b], "description": "x"})).unwrap(),
        json!({"description": "x", "anyOf": [b]})
    );
    assert_eq!(
        with(json!({"$ref": "#/$defs/C", "minimum": 1})).unwrap(),
        json!({"anyOf": [{"$ref": "#/$defs/C"}]})
    );
    let c = json!({"type": "object", "properties": {"c": text}, "required": ["c"]});
    assert_eq!(with(json!({"allOf": [b, c]})).unwrap(), closed(json!({"b": text, "c": text})));
    assert_eq!(
        with(json!({"type": "object", "oneOf": [b, c]})).unwrap(),
        json!({"anyOf": [closed(json!({"b": text})), closed(json!({"c": text}))]})
    );
    for refused in [
        json!({"allOf": [{"$ref": "#/$defs/C"}, {"maximum": 3}]}),
        json!({"type": "object", "oneOf": [text, b]}),
        json!({"allOf": [b, {"type": "object", "properties": {"b": {"type": "integer"}}}]}),
    ] {
        let error = with(refused).unwrap_err().to_string();
        assert!(error.starts_with("`a` is made of parts that cannot be brought into one"), "{error}");
    }
}

#[test]
fn a_schema_that_is_too_large_is_refused() {
    let wide: serde_json::Map<_, _> =
        (0..5_001).map(|index| (format!("p{index}"), json!({"type": "string"}))).collect();
    assert_eq!(
        refusal(&json!({"type": "object", "properties": wide})),
        "the schema has 5001 properties, and strict mode takes at most 5000"
    );
    let mut deep = json!({"type": "string"});
    for _ in 0..11 {
        deep = json!({"type": "object", "properties": {"a": deep}});
    }
    assert!(refusal(&deep).contains("11 objects in each other"));
    let values: Vec<_> = (0..1_001).collect();
    assert!(
        refusal(&json!({"type": "object", "properties": {"a": {"enum": values}}, "required": ["a"]}))
            .contains("1001 values of enums")
    );
    let of_values = |number: usize, length: usize| {
        let values: Vec<_> = (0..number).map(|nth| format!("{nth:0>3}{}", "ä".repeat(length - 3))).collect();
        CompiledSchema::strict(
            &json!({"type": "object", "properties": {"a": {"enum": values}}, "required": ["a"]}),
        )
    };
    assert!(of_values(251, 59).is_ok() && of_values(250, 400).is_ok());
    assert_eq!(
        of_values(251, 60).unwrap_err().to_string(),
        "the schema has 15060 characters in an enum of more than 250 texts, and strict mode takes at most 15000"
    );
}

/// A schema that leads to itself with something beside it has no end; it is refused or taken, but never followed for
/// ever.
#[test]
fn a_schema_that_contains_itself_ends() {
    let endless = json!({
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/A"}},
        "$defs": {
            "A": {"type": "object", "properties": {
                "b": {"$ref": "#/$defs/A", "properties": {"c": {"type": "string"}}},
                "d": {"$ref": "#/$defs/A", "properties": {"e": {"type": "string"}}},
            }},
            "B": {"$ref": "#/$defs/B"},
        },
    });
    let _ = CompiledSchema::strict(&endless);
    let own = json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/B"}}, "$defs": {"B": {"$ref": "#/$defs/B"}}});
    let schema = CompiledSchema::strict(&own).unwrap();
    assert!(schema.fit(json!({"a": 1})).unwrap_err().contains("nested too deeply"));
}
