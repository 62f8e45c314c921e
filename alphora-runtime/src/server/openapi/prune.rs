//! Leaves out of a document what nothing in it refers to.

use std::collections::BTreeSet;

use serde_json::Value;

/// Removes the components that no operation refers to, by itself or through another component.
pub(super) fn prune(document: &mut Value) {
    let mut referred = BTreeSet::new();
    let mut next = Vec::new();
    references(&document["paths"], &mut next);
    while let Some(reference) = next.pop() {
        let component = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        if let Some(component) = component
            && referred.insert(reference.clone())
        {
            references(component, &mut next);
        }
    }
    let kinds = document.get_mut("components").and_then(Value::as_object_mut);
    for (kind, components) in kinds.into_iter().flatten() {
        if let Value::Object(components) = components {
            components.retain(|name, _| referred.contains(&format!("#/components/{kind}/{name}")));
        }
    }
}

/// What a part of a document refers to.
fn references(part: &Value, found: &mut Vec<String>) {
    match part {
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}
