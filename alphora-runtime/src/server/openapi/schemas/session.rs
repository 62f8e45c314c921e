//! An owner's sessions: the list, one with its memory, one that was deleted.

use serde_json::{Value, json};

use super::super::parts::{Object, schema};

pub(super) fn all() -> [(&'static str, Value); 4] {
    [
        ("SessionSummary", summary()),
        ("SessionList", list()),
        ("Session", session()),
        ("DeletedSession", deleted()),
    ]
}

/// What is known of every session.
fn properties() -> Object {
    let time =
        |what: &str| json!({"type": "integer", "description": format!("{what}, in seconds since 1970.")});
    Object::from_iter([
        ("id".to_owned(), json!({"type": "string", "description": "The session's id."})),
        ("object".to_owned(), json!({"const": "session"})),
        ("created_at".to_owned(), time("When it was stored for the first time")),
        ("last_used_at".to_owned(), time("When a turn last had it")),
        ("expires_at".to_owned(), time("When it goes unless somebody uses it")),
        ("version".to_owned(), json!({"type": "integer", "description": "How often it was stored."})),
        ("bytes".to_owned(), json!({"type": "integer", "description": "How much is stored."})),
    ])
}

fn object(description: &str, properties: &Object) -> Value {
    let required: Vec<&String> = properties.keys().collect();
    json!({"type": "object", "description": description, "required": required, "properties": properties})
}

fn summary() -> Value {
    object("What is known of a session.", &properties())
}

fn list() -> Value {
    let id = |what: &str| json!({"type": ["string", "null"], "description": format!("The id of {what}.")});
    let properties = [
        ("object".to_owned(), json!({"const": "list"})),
        (
            "data".to_owned(),
            json!({
                "type": "array",
                "items": schema("SessionSummary"),
                "description": "The sessions; maybe fewer than were asked for, although there are more.",
            }),
        ),
        ("first_id".to_owned(), id("the first of them")),
        ("last_id".to_owned(), id("the last of them: `after` for the next page")),
        ("has_more".to_owned(), json!({"type": "boolean", "description": "Whether there is a next page."})),
    ];
    object("Some of an owner's sessions.", &Object::from_iter(properties))
}

fn session() -> Value {
    let mut properties = properties();
    properties
        .insert("memory".to_owned(), json!({"description": "What the agent remembers, as it writes it."}));
    object("A session with its memory.", &properties)
}

fn deleted() -> Value {
    let properties = [
        ("id".to_owned(), json!({"type": "string", "description": "The session's id."})),
        ("object".to_owned(), json!({"const": "session.deleted"})),
        ("deleted".to_owned(), json!({"const": true})),
    ];
    object("A session that was deleted.", &Object::from_iter(properties))
}
