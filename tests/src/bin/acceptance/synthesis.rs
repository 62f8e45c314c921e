//! A value that fits a JSON schema, made of what a text says.

mod text;

pub(crate) use text::quoted_spans;

use text::first_number;

use crate::json::Json;

/// The most values in one result: a schema that refers to itself would have no end.
const MOST_VALUES: usize = 256;

/// A value that fits `schema`; its strings and numbers are from `text`.
pub(crate) fn synthesise(schema: &Json, text: &str) -> Json {
    Synthesis { root: schema, text, left: MOST_VALUES }.value(schema, None)
}

struct Synthesis<'a> {
    /// What references are resolved in.
    root: &'a Json,
    text: &'a str,
    /// How many values may still be made.
    left: usize,
}

impl<'a> Synthesis<'a> {
    /// A value for `schema`, which is that of property `name`.
    fn value(&mut self, schema: &'a Json, name: Option<&str>) -> Json {
        let Some(left) = self.left.checked_sub(1) else { return Json::Null };
        self.left = left;
        if let Some(target) = schema.get("$ref").and_then(Json::as_text).and_then(|path| self.resolve(path)) {
            return self.value(target, name);
        }
        if let Some(branches) = ["anyOf", "oneOf"].iter().find_map(|key| schema.get(key)?.as_array()) {
            let branch = branches.iter().find(|branch| kind(branch, name) != "null");
            return branch.map_or(Json::Null, |branch| self.value(branch, name));
        }
        // What is listed is all that fits, whatever its type.
        let listed = schema.get("enum").and_then(|values| values.as_array()?.first());
        if let Some(value) = listed.or(schema.get("const")) {
            return value.clone();
        }
        match kind(schema, name) {
            "object" => self.object(schema),
            "array" => {
                let item = schema.get("items").map(|items| self.value(items, name));
                Json::Array(item.into_iter().collect())
            }
            "integer" => first_number(self.text).map_or(Json::Number(1.into()), whole),
            "number" => first_number(self.text).map_or(Json::Number(1.into()), Json::Number),
            "boolean" => Json::Boolean(true),
            "null" => Json::Null,
            _ => Json::from(quoted_spans(self.text).next().or(name).unwrap_or_default()),
        }
    }

    /// The required properties, or all if the schema does not say, in the order of the schema.
    fn object(&mut self, schema: &'a Json) -> Json {
        let required = schema.get("required").and_then(Json::as_array);
        let is_required = |name: &str| {
            required.is_none_or(|required| required.iter().any(|known| known.as_text() == Some(name)))
        };
        let Some(Json::Object(properties)) = schema.get("properties") else {
            return Json::Object(Vec::new());
        };
        let fields = properties
            .iter()
            .filter(|(name, _)| is_required(name))
            .map(|(name, property)| (name.clone(), self.value(property, Some(name))))
            .collect();
        Json::Object(fields)
    }

    /// What `#/$defs/City` means.
    fn resolve(&self, path: &str) -> Option<&'a Json> {
        let mut names = path.strip_prefix('#')?.split('/').filter(|name| !name.is_empty());
        names.try_fold(self.root, |place, name| place.get(name))
    }
}

/// The type that a schema asks for; of several the first that is not `null`.
fn kind<'a>(schema: &'a Json, name: Option<&str>) -> &'a str {
    match schema.get("type") {
        Some(Json::Text(kind)) => kind,
        Some(Json::Array(kinds)) => {
            kinds.iter().filter_map(Json::as_text).find(|kind| *kind != "null").unwrap_or("null")
        }
        // Arguments as a whole are an object even if their schema forgets to say so.
        _ if name.is_none() || schema.get("properties").is_some() => "object",
        _ => "string",
    }
}

/// `2.5` as `2`.
fn whole(number: serde_json::Number) -> Json {
    if number.is_f64() {
        let text = number.to_string();
        let digits = text.split('.').next().unwrap_or(&text);
        return Json::Number(digits.parse::<i64>().unwrap_or(1).into());
    }
    Json::Number(number)
}

#[cfg(test)]
mod tests {
    use super::synthesise;
    use crate::json::Json;

    fn check(schema: &str, text: &str, expected: &str) {
        let schema: Json = serde_json::from_str(schema).unwrap();
        assert_eq!(synthesise(&schema, text).to_string(), expected, "{schema} for {text:?}");
    }

    #[test]
    fn properties_keep_their_order_and_only_the_required_ones_appear() {
        let properties =
            r#""properties":{"z":{"type":"string"},"a":{"type":"integer"},"m":{"type":"boolean"}}"#;
        check(&format!(r#"{{"type":"object",{properties}}}"#), "12 'x'", r#"{"z":"x","a":12,"m":true}"#);
        check(
            &format!(r#"{{"type":"object",{properties},"required":["m","z"]}}"#),
            "",
            r#"{"z":"z","m":true}"#,
        );
        check(&format!(r#"{{"type":"object",{properties},"required":[]}}"#), "", "{}");
        check("{}", "'x'", "{}");
    }

    #[test]
    fn values_come_from_the_schema_first_and_then_from_the_text() {
        for (property, text, expected) in [
            (r#"{"type":"string","enum":["b","a"]}"#, "'x'", r#""b""#),
            (r#"{"type":"string","const":"c"}"#, "'x'", r#""c""#),
            (r#"{"type":"string"}"#, "it's 'x y'", r#""x y""#),
            (r#"{"type":"string"}"#, "no quotes", r#""p""#),
            (r#"{"type":"number"}"#, "it is -2.5 there", "-2.5"),
            (r#"{"type":"integer"}"#, "it is 2.5 there", "2"),
            (r#"{"type":"integer"}"#, "no number", "1"),
            (r#"{"type":"null"}"#, "", "null"),
            (r#"{"type":["null","integer"]}"#, "7", "7"),
            (r#"{"type":"array","items":{"type":"integer"}}"#, "7", "[7]"),
            (r#"{"type":"array"}"#, "7", "[]"),
            (r#"{"anyOf":[{"type":"null"},{"type":"integer"}]}"#, "7", "7"),
            (r#"{"oneOf":[{"type":"null"}]}"#, "7", "null"),
        ] {
            let schema = format!(r#"{{"type":"object","properties":{{"p":{property}}}}}"#);
            check(&schema, text, &format!(r#"{{"p":{expected}}}"#));
        }
    }

    #[test]
    fn references_are_followed_and_circles_end() {
        check(
            r##"{"$ref":"#/$defs/City","$defs":{"City":{"type":"object","properties":{"name":{"type":"string"}}}}}"##,
            "'Lyon'",
            r#"{"name":"Lyon"}"#,
        );
        let circle: Json = serde_json::from_str(
            r##"{"type":"object","properties":{"left":{"$ref":"#"},"a":{"$ref":"#/properties/a"},"b":{"$ref":"#/x"}}}"##,
        )
        .unwrap();
        assert!(synthesise(&circle, "").to_string().starts_with(r#"{"left":"#));
    }
}
