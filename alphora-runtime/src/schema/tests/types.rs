//! Types as users write them for their tools, each with something that schemas show.

use std::collections::HashSet;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) struct Primitives {
    pub(super) text: String,
    pub(super) flag: bool,
    pub(super) integer: i32,
    pub(super) small: u8,
    pub(super) number: f64,
    pub(super) letter: char,
}

/// What may be left out.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) struct Optional {
    /// As many as there are, unless told otherwise.
    pub(super) limit: Option<u32>,
    pub(super) unit: Option<Unit>,
    pub(super) place: Option<Place>,
    #[serde(default)]
    pub(super) deep: bool,
    #[serde(default)]
    pub(super) order: Unit,
    #[serde(default = "rome")]
    pub(super) origin: Place,
}

fn rome() -> Place {
    Place { city: "Rome".to_owned(), country: None }
}

#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Unit {
    #[default]
    Celsius,
    Fahrenheit,
}

/// Where something is.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) struct Place {
    /// The city, in English.
    pub(super) city: String,
    pub(super) country: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) struct Lists {
    pub(super) words: Vec<String>,
    pub(super) position: [f64; 3],
    pub(super) tags: HashSet<String>,
    /// From where to where.
    pub(super) route: Vec<Place>,
    pub(super) perhaps: Option<Vec<Option<i64>>>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) enum Shape {
    /// Nothing at all.
    Empty,
    /// All points at one distance.
    Circle {
        radius: f64,
    },
    Polygon(Vec<Place>),
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Step {
    Walk { minutes: u32 },
    GoTo(Place),
    Wait,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "value")]
pub(super) enum Setting {
    Volume(u8),
    Name(String),
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Amount {
    Number(f64),
    Text(String),
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) struct Enums {
    pub(super) unit: Unit,
    pub(super) shape: Shape,
    pub(super) steps: Vec<Step>,
    pub(super) setting: Setting,
    pub(super) amount: Option<Amount>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) struct Paging {
    pub(super) page: u32,
    #[serde(default)]
    pub(super) size: u32,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nested {
    pub(super) query: String,
    /// Where to look.
    pub(super) place: Place,
    pub(super) inner: Option<Inner>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) struct Inner {
    #[serde(flatten)]
    pub(super) paging: Paging,
    #[serde(flatten)]
    pub(super) step: Step,
    pub(super) places: List<Place>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) struct List<T> {
    pub(super) items: Vec<T>,
}

/// A tree of names.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) struct Tree {
    pub(super) name: String,
    /// The trees below.
    pub(super) children: Vec<Tree>,
    /// The tree beside it.
    pub(super) next: Option<Box<Tree>>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "lowercase")]
pub(super) enum Formula {
    Add(Pair),
    Negate { of: Box<Formula> },
    Value { is: f64 },
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) struct Pair {
    pub(super) left: Box<Formula>,
    pub(super) right: Box<Formula>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) struct Recursive {
    pub(super) tree: Tree,
    pub(super) formula: Formula,
}

/// A schema that was written by hand, with words that strict mode does not know.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct ByHand {
    pub(super) day: String,
    pub(super) code: String,
    pub(super) share: Option<f64>,
    pub(super) level: u8,
}

impl JsonSchema for ByHand {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ByHand".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "title": "By hand",
            "$comment": "not for models",
            "type": "object",
            "properties": {
                "day": { "type": "string", "format": "date", "examples": ["2026-01-01"] },
                "code": { "type": "string", "pattern": "^[A-Z]{3}$", "minLength": 3, "maxLength": 3 },
                "share": { "type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.5 },
                "level": { "enum": [1, 2, 3] },
            },
            "required": ["day", "code", "level"],
            "minProperties": 3,
        })
    }
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(super) struct Nothing {}
