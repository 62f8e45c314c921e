//! Whether arguments fit a schema, and if not, what a model has to change.
//!
//! The words that schemas of types use are understood: types, values, properties, items, bounds, unions, references.
//! `pattern` and `format` are left to the type that reads the value, and unknown words mean nothing. `oneOf` is read
//! as `anyOf`, as strict mode does. Two things are milder than in JSON Schema, because models do both: what is not
//! required may be `null`, and what may be `null` may be left out.

use serde_json::{Map, Value};

use super::compare::{broken_bounds, has_other_tags, is_of_type, meant, same};
use super::describe::{excerpt, expected, names};
use super::path::Path;
use super::reference::{resolve, takes_null};

/// How many mistakes are told at once, and in how many bytes.
const MOST_PROBLEMS: usize = 8;
const LONGEST_TEXT: usize = 2_000;
/// How many pairs of a value and a schema are looked at, whatever the value, and how many more for each value in it:
/// recursive unions can be tried in very many ways, but a long list is no reason to give up.
const MOST_STEPS: usize = 100_000;
const STEPS_FOR_EACH: usize = 8;
/// How many schemas deep a value is followed, references and unions included.
const DEEPEST: usize = 400;
const TOO_MANY_WAYS: &str = "there are too many ways to read this: write less at once";

/// Checks `value` against `root`. In a `closed` schema, objects have no properties but those that are listed.
pub(super) fn validate(value: &Value, root: &Value, closed: bool) -> Result<(), String> {
    let mut steps = steps_for(value);
    let mut check = Check { root, closed, steps: &mut steps, most: MOST_PROBLEMS, problems: Vec::new() };
    check.value(value, root, Place { path: &Path::Root, depth: 0 });
    let mut problems = std::mem::take(&mut check.problems);
    if problems.is_empty() {
        return Ok(());
    }
    if problems.len() > MOST_PROBLEMS {
        problems.truncate(MOST_PROBLEMS);
        problems.push("and more".to_owned());
    }
    let mut text = problems.join("; ");
    if text.len() > LONGEST_TEXT {
        text.truncate(text.floor_char_boundary(LONGEST_TEXT));
        text.push_str("..");
    }
    Err(text)
}

/// How many steps it may take to judge `value`.
pub(super) fn steps_for(value: &Value) -> usize {
    MOST_STEPS + STEPS_FOR_EACH * number_of_values(value)
}

/// How many values there are in `value`, itself included. Its depth is bounded by the parser.
fn number_of_values(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(number_of_values).sum(),
        Value::Object(properties) => properties.values().map(number_of_values).sum(),
        _ => 0,
    }
}

/// Whether `value` fits `schema`, a part of `root`.
pub(super) fn fits(value: &Value, schema: &Value, root: &Value, closed: bool, steps: &mut usize) -> bool {
    let mut check = Check { root, closed, steps, most: 0, problems: Vec::new() };
    check.value(value, schema, Place { path: &Path::Root, depth: 0 });
    check.problems.is_empty()
}

struct Check<'a> {
    root: &'a Value,
    closed: bool,
    steps: &'a mut usize,
    /// With more problems than this nothing more is looked for.
    most: usize,
    problems: Vec<String>,
}

#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a Path<'a>,
    depth: usize,
}

impl<'a> Place<'a> {
    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    fn at(self, path: &'a Path<'a>) -> Self {
        Self { path, depth: self.depth + 1 }
    }
}

impl Check<'_> {
    fn is_over(&self) -> bool {
        self.problems.len() > self.most
    }

    /// Adds a problem, unless there are enough.
    fn add(&mut self, problem: impl FnOnce() -> String) {
        if !self.is_over() {
            self.problems.push(problem());
        }
    }

    fn problem(&mut self, place: Place<'_>, problem: &str) {
        self.add(|| match place.path {
            Path::Root => problem.to_owned(),
            path => format!("`{path}`: {problem}"),
        });
    }

    fn mismatch(&mut self, value: &Value, schema: &Value, place: Place<'_>) {
        let problem = format!("expected {}, found {}", expected(schema, self.root), excerpt(value));
        self.problem(place, &problem);
    }

    fn value(&mut self, value: &Value, schema: &Value, place: Place<'_>) {
        let Value::Object(words) = schema else {
            if *schema == Value::Bool(false) {
                self.problem(place, "nothing may stand here");
            }
            return;
        };
        if self.is_over() {
            return;
        }
        if place.depth > DEEPEST {
            return self.problem(place, "this is nested too deeply to be checked: write it flatter");
        }
        match self.steps.checked_sub(1) {
            Some(left) => *self.steps = left,
            None => return self.problem(place, TOO_MANY_WAYS),
        }
        if !is_of_type(value, words.get("type"))
            || words.get("const").is_some_and(|only| !same(only, value))
            || matches!(words.get("enum"), Some(Value::Array(all)) if !all.iter().any(|one| same(one, value)))
        {
            return self.mismatch(value, schema, place);
        }
        if let Some(named) = words.get("$ref").and_then(Value::as_str).and_then(|to| resolve(to, self.root)) {
            self.value(value, named, place.deeper());
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = words.get(keyword) {
                self.union(value, branches, schema, place.deeper());
            }
        }
        for part in words.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.value(value, part, place.deeper());
        }
        self.bounds(value, words, place);
        match value {
            Value::Array(items) => self.items(items, words, place),
            Value::Object(properties) => self.object(properties, words, place),
            _ => {}
        }
    }

    fn union(&mut self, value: &Value, branches: &[Value], schema: &Value, place: Place<'_>) {
        for branch in branches.iter().filter(|branch| !has_other_tags(value, branch, self.root)) {
            let mut tried = Check {
                root: self.root,
                closed: self.closed,
                steps: self.steps,
                most: 0,
                problems: Vec::new(),
            };
            tried.value(value, branch, place);
            if tried.problems.is_empty() {
                return;
            }
        }
        // Without steps no alternative fits, so that it is not known whether one does.
        if *self.steps == 0 {
            return self.problem(place, TOO_MANY_WAYS);
        }
        // If only one alternative can be meant, what is wrong in it says more than that none fits.
        match meant(value, branches, self.root) {
            Some(branch) => self.value(value, branch, place),
            None => self.mismatch(value, schema, place),
        }
    }

    fn bounds(&mut self, value: &Value, words: &Map<String, Value>, place: Place<'_>) {
        for (says, bound) in broken_bounds(value, words) {
            self.problem(place, &format!("expected {says} {bound}, found {}", excerpt(value)));
        }
    }

    fn items(&mut self, items: &[Value], words: &Map<String, Value>, place: Place<'_>) {
        let first = words.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for (index, item) in items.iter().enumerate() {
            let Some(schema) = first.get(index).or_else(|| words.get("items")) else { continue };
            if self.is_over() {
                return;
            }
            self.value(item, schema, place.at(&place.path.item(index)));
        }
    }

    fn object(&mut self, properties: &Map<String, Value>, words: &Map<String, Value>, place: Place<'_>) {
        let known = words.get("properties").and_then(Value::as_object);
        let schema_of = |name: &str| known.and_then(|known| known.get(name));
        let required = words.get("required").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for name in required.iter().filter_map(Value::as_str) {
            if properties.contains_key(name) {
                continue;
            }
            let schema = schema_of(name);
            if schema.is_some_and(|schema| takes_null(schema, self.root)) {
                continue;
            }
            let (path, root) = (place.path.property(name), self.root);
            self.add(|| {
                let expected = schema.map_or_else(|| "a value".to_owned(), |schema| expected(schema, root));
                format!("`{path}` is missing: expected {expected}")
            });
        }
        // Only what is the schema of an object itself knows all of its properties.
        let is_closed =
            self.closed && (known.is_some() || words.get("type").is_some_and(|kind| kind == "object"));
        for (name, value) in properties {
            if self.is_over() {
                return;
            }
            let path = place.path.property(name);
            let place = place.at(&path);
            match (schema_of(name), words.get("additionalProperties")) {
                (Some(_), _) if value.is_null() && !required.iter().any(|other| other == name) => {}
                (None, Some(Value::Bool(false))) => self.unknown(place, known),
                (Some(schema), _) | (None, Some(schema)) => self.value(value, schema, place),
                (None, None) if is_closed => self.unknown(place, known),
                (None, None) => {}
            }
        }
    }

    fn unknown(&mut self, place: Place<'_>, known: Option<&Map<String, Value>>) {
        let known = known.filter(|known| !known.is_empty());
        self.add(|| {
            let known = known.map_or_else(|| "nothing".to_owned(), |known| names(known.keys()));
            format!("`{}` is unknown: expected {known}", place.path)
        });
    }
}
