//! What a model reads when its arguments do not fit.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::types::{ByHand, Enums, Formula, Lists, Nested, Optional, Place, Primitives, Recursive, Tree};
use super::{mistakes, strict};
use crate::schema::CompiledSchema;

#[test]
fn a_mistake_says_where_what_was_expected_and_what_was_found() {
    let right = json!({"text": "a", "flag": true, "integer": 1, "small": 2, "number": 3, "letter": "c"});
    assert!(strict::<Primitives>().fit(right.clone()).is_ok());
    let with = |name: &str, value: Value| {
        let mut wrong = right.clone();
        wrong[name] = value;
        mistakes::<Primitives>(wrong)
    };
    assert_eq!(with("text", json!(3)), "`text`: expected a string, found 3");
    assert_eq!(with("flag", json!("true")), "`flag`: expected a boolean, found \"true\"");
    assert_eq!(with("integer", json!(1.5)), "`integer`: expected an integer, found 1.5");
    assert_eq!(with("small", json!(256)), "`small`: expected at most 255, found 256");
    assert_eq!(with("small", json!(-1)), "`small`: expected at least 0, found -1");
    assert_eq!(
        with("letter", json!("cd")),
        "`letter`: expected a text whose length is at most 1, found \"cd\""
    );
    assert_eq!(with("text", Value::Null), "`text`: expected a string, found null");
    assert_eq!(
        with("txt", json!(1)),
        "`txt` is unknown: expected `text`, `flag`, `integer`, `small`, `number`, `letter`"
    );
}

#[test]
fn several_mistakes_are_told_at_once_but_not_any_number() {
    assert_eq!(
        mistakes::<Primitives>(json!({"text": 1, "flag": 2, "integer": 1, "small": 1, "number": 1})),
        "`letter` is missing: expected a string; `text`: expected a string, found 1; `flag`: expected a boolean, \
         found 2"
    );
    let many: Vec<_> = (0..1_000).collect();
    let told = mistakes::<Lists>(json!({"words": many, "position": [1, 2, 3], "tags": [], "route": []}));
    assert!(told.starts_with("`words[0]`: expected a string, found 0; `words[1]`"), "{told}");
    assert!(told.ends_with("`words[7]`: expected a string, found 7; and more"), "{told}");
    let long = "x".repeat(100_000);
    let told = mistakes::<Primitives>(json!({ long.clone(): 1, "text": [long.clone()], "flag": long }));
    assert!(told.len() < 1_000, "{} bytes", told.len());
}

#[test]
fn places_inside_are_named() {
    let wrong = json!({
        "words": [], "position": [1, 2], "tags": ["a"], "route": [{"city": "Rome"}, {"city": 1, "land": "Italy"}],
    });
    assert_eq!(
        mistakes::<Lists>(wrong),
        "`position`: expected a list whose length is at least 3, found a list of 2; `route[1].city`: expected a \
         string, found 1; `route[1].land` is unknown: expected `city`, `country`"
    );
}

#[test]
fn what_may_be_null_may_be_left_out() {
    let schema = strict::<Optional>();
    assert!(schema.fit(json!({})).is_ok());
    assert!(schema.fit(json!({"limit": null, "unit": null, "place": null, "deep": null})).is_ok());
    assert_eq!(
        mistakes::<Optional>(json!({"place": {"town": "Rome"}, "unit": "kelvin"})),
        "`place.city` is missing: expected a string; `place.town` is unknown: expected `city`, `country`; `unit`: \
         expected one of \"celsius\", \"fahrenheit\", found \"kelvin\""
    );
}

#[test]
fn of_a_union_the_alternative_that_was_meant_is_explained() {
    let with = |name: &str, value: Value| {
        let mut right = json!({
            "unit": "celsius", "shape": "Empty", "steps": [], "setting": {"type": "Volume", "value": 3},
        });
        assert!(strict::<Enums>().fit(right.clone()).is_ok());
        right[name] = value;
        strict::<Enums>().fit(right)
    };
    assert!(with("shape", json!({"Circle": {"radius": 1}})).is_ok());
    assert!(with("shape", json!({"Polygon": []})).is_ok());
    assert_eq!(
        with("shape", json!({"Circle": {"radius": "1"}})).unwrap_err(),
        "`shape.Circle.radius`: expected a number, found \"1\""
    );
    assert_eq!(
        with("shape", json!("Square")).unwrap_err(),
        "`shape`: expected \"Empty\" or an object with `Circle` or an object with `Polygon`, found \"Square\""
    );
    assert!(
        with("steps", json!([{"kind": "walk", "minutes": 1}, {"kind": "go_to", "city": "Rome"}])).is_ok()
    );
    assert_eq!(
        with("steps", json!([{"kind": "go_to", "place": "Rome"}])).unwrap_err(),
        "`steps[0].city` is missing: expected a string; `steps[0].place` is unknown: expected `kind`, `city`, \
         `country`"
    );
    assert!(with("amount", json!("much")).is_ok());
    assert_eq!(
        with("amount", json!([])).unwrap_err(),
        "`amount`: expected a number or a string, found a list of 0"
    );
}

#[test]
fn bounds_and_values_that_strict_mode_does_not_know_hold_all_the_same() {
    let with = |name: &str, value: Value| {
        let mut schema = json!({"day": "2026-01-01", "code": "ABC", "level": 1});
        schema[name] = value;
        strict::<ByHand>().fit(schema)
    };
    assert!(with("share", json!(1)).is_ok());
    assert!(with("level", json!(1.0)).is_ok());
    assert_eq!(with("share", json!(0)).unwrap_err(), "`share`: expected more than 0, found 0");
    assert_eq!(
        with("code", json!("ABCD")).unwrap_err(),
        "`code`: expected a text whose length is at most 3, found \"ABCD\""
    );
    assert_eq!(with("level", json!(4)).unwrap_err(), "`level`: expected one of 1, 2, 3, found 4");
}

#[test]
fn an_open_schema_takes_what_it_does_not_mention() {
    let schema = CompiledSchema::open(&json!({
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"prefixItems": [{"type": "integer"}], "items": {"type": "null"}}},
        "required": ["a"],
    }))
    .unwrap();
    assert!(schema.fit(json!({"a": "x", "other": 1, "b": [1, null]})).is_ok());
    assert_eq!(
        schema.fit(json!({"b": [1, 2]})).unwrap_err(),
        "`a` is missing: expected a string; `b[1]`: expected null, found 2"
    );
}

/// Every level of such a formula can be tried in two ways; the steps are bounded, not the levels.
#[test]
fn recursive_values_are_checked_in_bounded_time() {
    let schema = strict::<Recursive>();
    let mut formula = json!({"op": "value", "is": 1});
    for _ in 0..20 {
        formula = json!({"op": "negate", "of": formula});
    }
    let value = |formula: &Value| json!({"tree": {"name": "a", "children": []}, "formula": formula});
    assert!(schema.fit(value(&formula)).is_ok());
    let mut wide = json!({"op": "value", "is": "one"});
    for _ in 0..12 {
        wide = json!({"op": "add", "left": wide.clone(), "right": wide});
    }
    assert!(schema.fit(value(&wide)).is_err());
    let mut list = json!({"name": "last", "children": [], "next": null});
    for _ in 0..100 {
        list = json!({"name": "a", "children": [], "next": list});
    }
    assert!(strict::<Tree>().fit(list).is_ok());
}

/// How long a value is, is no reason not to check it.
#[test]
fn a_long_list_is_checked_to_its_end() {
    #[derive(schemars::JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Long {
        numbers: Vec<i32>,
        places: Vec<Option<Place>>,
    }
    let places: Vec<_> = (0..40_000).map(|_| json!({"city": "Rome"})).collect();
    let mut value = json!({"numbers": vec![1; 150_000], "places": places});
    assert_eq!(strict::<Long>().fit(value.clone()), Ok(value.clone()));
    value["numbers"][149_999] = json!("1");
    value["places"][39_999]["city"] = json!(1);
    assert_eq!(
        mistakes::<Long>(value),
        "`numbers[149999]`: expected an integer, found \"1\"; `places[39999].city`: expected a string, found 1"
    );
}

#[test]
fn too_deep_and_too_many_ways_are_told_apart() {
    let with = |a: Value| {
        let root = json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": a}});
        CompiledSchema::open(&root).unwrap()
    };
    let mut value = json!({"a": 1});
    for _ in 0..30 {
        value = json!({ "a": value });
    }
    let object = json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}});
    let told = with(json!({"anyOf": [object, object]})).fit(value.clone()).unwrap_err();
    assert!(told.ends_with(": there are too many ways to read this: write less at once"), "{told}");
    let told = with(json!({"$ref": "#/$defs/A"})).fit(value).unwrap_err();
    assert_eq!(told, "`a`: this is nested too deeply to be checked: write it flatter");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z]{0,4}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("name".to_owned()),
        Just("children".to_owned()),
        Just("next".to_owned()),
        Just("op".to_owned()),
        Just("tree".to_owned()),
        Just("formula".to_owned()),
        "[a-z]{0,3}",
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever a model writes, it gets either a value that fits still, or a text that is not too long.
    #[test]
    fn any_value_is_judged(value in any_json()) {
        let schemas = [strict::<Tree>(), strict::<Recursive>(), strict::<Nested>(), strict::<Optional>()];
        for schema in schemas {
            match schema.fit(value.clone()) {
                Ok(fitting) => prop_assert!(schema.fit(fitting).is_ok()),
                Err(mistakes) => prop_assert!(!mistakes.is_empty() && mistakes.len() <= 2_010),
            }
        }
    }
}

#[test]
fn the_alternatives_of_a_formula_are_tags() {
    #[derive(schemars::JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Holder {
        formula: Formula,
    }
    assert_eq!(
        mistakes::<Holder>(json!({"formula": {"op": "add", "left": {"op": "value", "is": 1}}})),
        "`formula.right` is missing: expected an object with `op`: \"add\", `left`, `right` or an object with `op`: \
         \"negate\", `of` or an object with `op`: \"value\", `is`"
    );
}
