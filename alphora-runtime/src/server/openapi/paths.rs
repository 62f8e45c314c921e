//! Which path answers to what.

use serde_json::{Value, json};

use super::document::{DocumentedAgent, Group};
use super::operations::{Chat, get};
use super::parts::{Object, header, json_content, parameter, response};

/// The paths of one agent.
pub(super) fn of_agent(agent: &DocumentedAgent, group: &Group) -> Object {
    let path = &agent.path;
    let mut paths = Object::from_iter([(
        format!("{path}/chat/completions"),
        json!({"post": Chat::of_agent(agent).operation(group)}),
    )]);
    paths.extend(models(path, group));
    paths.insert(
        format!("{path}/health"),
        json!({"get": get(group, "health", "How is this agent doing?", &ok("It is served.", "AgentHealth"))}),
    );
    paths
}

/// The paths of `/v1`.
pub(super) fn of_openai(path: &str, agents: &[DocumentedAgent], group: &Group) -> Object {
    let mut paths = Object::from_iter([(
        format!("{path}/chat/completions"),
        json!({"post": Chat::of_openai(agents).operation(group)}),
    )]);
    paths.extend(models(path, group));
    paths
}

/// The paths of the server itself.
pub(super) fn of_server(group: &Group) -> Object {
    let draining = json!({
        "description": "The server is about to stop and takes no new requests.",
        "headers": {"x-request-id": header("RequestId")},
        "content": json_content("Readiness"),
    });
    let mut ready = ok("New requests are welcome.", "Readiness");
    ready.insert("503".to_owned(), draining);
    let document = Object::from_iter([(
        "200".to_owned(),
        json!({
            "description": "An OpenAPI 3.1 document.",
            "headers": {"x-request-id": header("RequestId")},
            "content": {"application/json": {"schema": {"type": "object"}}},
        }),
    )]);
    Object::from_iter([
        (
            "/health".to_owned(),
            json!({"get": get(group, "health", "Is the server alive?", &ok("It is.", "Health"))}),
        ),
        ("/ready".to_owned(), json!({"get": get(group, "ready", "May requests be sent here?", &ready)})),
        ("/openapi.json".to_owned(), json!({"get": get(group, "document", "This document", &document)})),
    ])
}

/// The parameters that operations refer to.
pub(super) fn parameters() -> Object {
    let model = json!({
        "name": "model",
        "in": "path",
        "required": true,
        "description": "An agent's published name.",
        "schema": {"type": "string"},
    });
    Object::from_iter([("Model".to_owned(), model)])
}

fn models(path: &str, group: &Group) -> Object {
    let list = ok("What can be given as `model`.", "ModelList");
    let mut one = ok("The model.", "Model");
    one.insert("404".to_owned(), response("UnknownModel"));
    let mut get_one = get(group, "get_model", "One model by its id", &one);
    get_one.insert("parameters".to_owned(), json!([parameter("Model")]));
    Object::from_iter([
        (format!("{path}/models"), json!({"get": get(group, "list_models", "The models", &list)})),
        (format!("{path}/models/{{model}}"), json!({"get": get_one})),
    ])
}

fn ok(description: &str, schema_name: &str) -> Object {
    let answer: Value = json!({
        "description": description,
        "headers": {"x-request-id": header("RequestId")},
        "content": json_content(schema_name),
    });
    Object::from_iter([("200".to_owned(), answer)])
}
