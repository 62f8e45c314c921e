//! The operations on an owner's sessions with an agent.

use serde_json::{Value, json};

use super::document::{DocumentedAgent, Group};
use super::operations::operation;
use super::parts::{Object, header, json_content, parameter, response};

const INVALID: (&str, &str) = ("400", "InvalidRequest");

/// The paths of an agent's sessions; none where they are not open.
pub(super) fn of_agent(agent: &DocumentedAgent, group: &Group) -> Object {
    if !agent.session_endpoints {
        return Object::new();
    }
    let path = format!("{}/sessions", agent.path);
    let mut list = on(group, "list_sessions", "The sessions of whoever asks", listed(), &[INVALID]);
    list.insert("parameters".to_owned(), json!([parameter("Limit"), parameter("After")]));
    let of_one = |id: &str, summary: &str, answer| {
        let mut one = on(group, id, summary, answer, &[INVALID, ("404", "UnknownSession")]);
        one.insert("parameters".to_owned(), json!([parameter("Session")]));
        one
    };
    let read = of_one("get_session", "One session with its memory", of_session("The session.", "Session"));
    let delete = of_one("delete_session", "Delete a session", of_session("It is gone.", "DeletedSession"));
    let mut file = of_session("The session, as a file.", "Session");
    file["headers"]["content-disposition"] = header("Attachment");
    let export = of_one("export_session", "Download a session", file);
    Object::from_iter([
        (path.clone(), json!({"get": list})),
        (format!("{path}/{{id}}"), json!({"get": read, "delete": delete})),
        (format!("{path}/{{id}}/export"), json!({"get": export})),
    ])
}

/// The parameters of these operations.
pub(super) fn parameters() -> [(String, Value); 3] {
    let in_query = |name: &str, description: &str, schema: Value| json!({"name": name, "in": "query", "description": description, "schema": schema});
    let limit = json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 20});
    let after = "The `last_id` of the page before.";
    // What is empty is absent.
    let id_or_nothing = json!({"type": "string", "pattern": "^[A-Za-z0-9._:~-]{0,128}$"});
    [
        (
            "Session".to_owned(),
            json!({
                "name": "id",
                "in": "path",
                "required": true,
                "description": "A session's id.",
                "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:~-]{1,128}$"},
            }),
        ),
        ("Limit".to_owned(), in_query("limit", "How many sessions at most.", limit)),
        ("After".to_owned(), in_query("after", after, id_or_nothing)),
    ]
}

/// An operation of `group` with its answer and what the client can get wrong; the server can fail in any.
fn on(group: &Group, id: &str, summary: &str, answer: Value, refusals: &[(&str, &str)]) -> Object {
    let mut responses = Object::from_iter([("200".to_owned(), answer)]);
    for (status, name) in refusals.iter().chain(&[("500", "Failed"), ("503", "Unavailable")]) {
        responses.insert((*status).to_owned(), response(name));
    }
    operation(group, id, summary, &responses)
}

fn listed() -> Value {
    json!({
        "description": "A page of them, in the order of their ids.",
        "headers": {"x-request-id": header("RequestId")},
        "content": json_content("SessionList"),
    })
}

fn of_session(description: &str, schema_name: &str) -> Value {
    json!({
        "description": description,
        "headers": {"x-request-id": header("RequestId"), "x-session-id": header("SessionId")},
        "content": json_content(schema_name),
    })
}
