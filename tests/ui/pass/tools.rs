//! Tools of every shape: they are registered, have a schema, and can be called like the functions that they are.

#![deny(warnings, missing_docs, unreachable_pub, unused, unused_qualifications)]
#![deny(missing_debug_implementations, missing_copy_implementations)]

use std::collections::BTreeMap;
use std::fmt;

use alphora::prelude::*;
use alphora::tools::{Tool, ToolArguments, ToolError, ToolOutput};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

type Context = ToolContext;

#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
enum Unit {
    Celsius,
}

#[derive(Debug, Serialize)]
struct Weather {
    degrees: i32,
    unit: Unit,
}

#[derive(Debug)]
struct Unknown(String);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no `{}`", self.0)
    }
}

/// Adds numbers.
#[tool(left = "the first")]
fn add(
    left: i64,
    /** the second */
    right: i64,
) -> i64 {
    left + right
}

/// The weather.
#[tool(name = "weather", timeout = 2 * 5)]
async fn get_weather(city: String, unit: Option<Unit>) -> Result<Weather, Unknown> {
    std::future::ready(()).await;
    if city != "Rome" {
        return Err(Unknown(city));
    }
    Ok(Weather { degrees: 25, unit: unit.unwrap_or(Unit::Celsius) })
}

/// Counts down, by itself.
#[tool]
fn count_down(from: u8) -> String {
    if from == 0 { "0".to_owned() } else { format!("{from} {}", count_down(from - 1)) }
}

/// Knows where it is called, by two names of one type.
#[tool]
fn whereabouts(first: Context, mut second: ToolContext) -> String {
    second = second.with_state(7_u8);
    format!("{:?} {:?}", first.state::<u8>(), second.state::<u8>())
}

/// Takes what is called like Rust's own words, or like the tool.
#[tool(r#type = "its kind", strict = false, crate = alphora)]
fn r#match(r#type: String, r#match: Vec<String>, self_: BTreeMap<String, u8>) -> usize {
    r#type.len() + r#match.len() + self_.len()
}

/// Says nothing.
#[tool]
fn quiet() {}

#[tool(description = "Gives what it has as it is.")]
async fn as_it_is(context: ToolContext) -> Result<ToolOutput, ToolError> {
    if context.is_cancelled() { Err(ToolError::blocked("no")) } else { Ok("as it is".into()) }
}

/// A constant.
#[tool]
fn constant() -> &'static str {
    "a constant"
}

/// Is gone.
#[tool]
#[cfg(any())]
fn gone(what: DoesNotExist) -> DoesNotExist {
    what
}

/// Is old.
#[tool]
#[deprecated = "take `constant`"]
#[must_use]
fn old() -> u8 {
    1
}

/// Nobody calls it.
#[tool]
#[allow(dead_code)]
fn unused() {}

mod elsewhere {
    use alphora::prelude::tool;

    /// Is seen by its parent.
    #[tool]
    pub(crate) fn visible(flag: bool) -> bool {
        !flag
    }

    #[allow(non_snake_case)]
    #[tool(description = "Has a name of another style.", name = "other-style")]
    pub(super) async fn otherStyle(words: Vec<String>) -> Vec<String> {
        super::shout(words).await
    }
}

async fn shout(words: Vec<String>) -> Vec<String> {
    words.into_iter().map(|word| word.to_uppercase()).collect()
}

macro_rules! tools {
    ($($(#[$attribute:meta])* $visibility:vis fn $name:ident($($parameter:ident: $ty:ty = $words:literal),*) -> $result:ty $body:block)*) => {
        $(
            $(#[$attribute])*
            #[tool($($parameter = $words),*)]
            $visibility fn $name($($parameter: $ty),*) -> $result $body
        )*
    };
}

tools! {
    /// Doubles.
    fn double(number: u32 = "what to double") -> u32 { number * 2 }
    /// Joins.
    #[inline]
    pub(crate) fn join(words: Vec<String> = "what to join", with: String = "what to put between") -> String { words.join(&with) }
}

async fn call(tool: impl Tool, arguments: serde_json::Value) -> Result<&'static str, String> {
    let arguments = ToolArguments::try_from(arguments).unwrap();
    let output = tool.call(arguments, ToolContext::default()).await;
    output.map(|output| &*output.into_string().leak()).map_err(|error| error.message().to_owned())
}

#[alphora::main]
async fn main() {
    /// Is known in here only.
    #[tool]
    fn inside(text: String) -> String {
        helper(&text)
    }
    fn helper(text: &str) -> String {
        text.to_owned()
    }

    // As functions.
    assert_eq!(add(1, 2), 3);
    assert_eq!(get_weather("Rome".into(), None).await.unwrap().degrees, 25);
    let pending: std::pin::Pin<Box<dyn Future<Output = Result<Weather, Unknown>> + Send>> =
        get_weather("Oslo".into(), Some(Unit::Celsius));
    assert_eq!(pending.await.unwrap_err().0, "Oslo");
    assert_eq!(count_down(2), "2 1 0");
    assert_eq!(r#match("a".into(), vec![], BTreeMap::new()), 1);
    assert_eq!(inside("x".into()), "x");
    let sum: fn(i64, i64) -> i64 = *add;
    assert_eq!(sum(3, 4), 7);
    #[expect(deprecated, reason = "the struct is what is deprecated")]
    let one = old();
    assert_eq!(one, 1);
    assert!(!elsewhere::visible(true));

    // As tools.
    assert_eq!(call(add, json!({"left": 1, "right": 2})).await, Ok("3"));
    let sunny = call(get_weather, json!({"city": "Rome", "unit": "Celsius"})).await;
    assert_eq!(sunny, Ok(r#"{"degrees":25,"unit":"Celsius"}"#));
    assert_eq!(call(get_weather, json!({"city": "Oslo"})).await, Err("there is no `Oslo`".to_owned()));
    assert_eq!(call(count_down, json!({"from": 3})).await, Ok("3 2 1 0"));
    assert_eq!(call(whereabouts, json!({})).await, Ok("None Some(7)"));
    assert_eq!(call(r#match, json!({"type": "ab", "match": ["c"], "self_": {}})).await, Ok("3"));
    assert_eq!(call(quiet, json!({})).await, Ok("done"));
    assert_eq!(call(as_it_is, json!({})).await, Ok("as it is"));
    assert_eq!(call(constant, json!({})).await, Ok("a constant"));
    assert_eq!(call(elsewhere::otherStyle, json!({"words": ["a"]})).await, Ok(r#"["A"]"#));
    assert_eq!(call(double, json!({"number": 4})).await, Ok("8"));
    assert!(call(add, json!({"left": 1})).await.unwrap_err().contains("`right`"));

    assert_eq!(Tool::name(&r#match), "match");
    assert!(!r#match.is_strict() && add.is_strict());
    assert_eq!(get_weather.timeout().map(|timeout| timeout.as_secs()), Some(10));
    assert_eq!(format!("{add:?}"), "add");
    let schema = add.parameters().schema();
    assert_eq!(schema["properties"]["left"]["description"], "the first");
    assert_eq!(schema["properties"]["right"]["description"], "the second");
    assert_eq!(double.parameters().schema()["properties"]["number"]["description"], "what to double");
    assert_eq!(get_weather.parameters().schema()["required"], json!(["city"]));
    assert_eq!(whereabouts.parameters().schema()["properties"], json!({}));

    let mut registry = ToolRegistry::new();
    registry.register(add).unwrap();
    registry.register(get_weather).unwrap();
    registry.register(elsewhere::otherStyle).unwrap();
    registry.register(join).unwrap();
    registry.register(inside).unwrap();
}
