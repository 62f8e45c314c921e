//! Which path answers to what.

use serde_json::{Value, json};

use super::document::{DocumentedAgent, Group};
use super::operations::{Chat, may_be_signed, open_operation, operation};
use super::parts::{Object, header, json_content, parameter, response};
use super::{runs, sessions};
use crate::agent::OnDisconnect;
use crate::server::negotiate;
use crate::session::Concurrency;

/// The paths of one agent.
pub(super) fn of_agent(agent: &DocumentedAgent, group: &Group) -> Object {
    let path = &agent.path;
    let mut paths = Object::from_iter([(
        format!("{path}/chat/completions"),
        json!({"post": Chat::of_agent(agent).operation(group)}),
    )]);
    paths.extend(models(path, group));
    paths.extend(runs::of_surface(path, group));
    paths.extend(sessions::of_agent(agent, group));
    let health = json!(ok("It is served.", "AgentHealth"));
    let health = open_operation(group, "health", "How is this agent doing?", health);
    let health = if group.authenticated { may_be_signed(health) } else { health };
    paths.insert(format!("{path}/health"), json!({"get": health}));
    paths
}

/// The paths of `/v1`.
pub(super) fn of_openai(path: &str, agents: &[DocumentedAgent], group: &Group) -> Object {
    let mut paths = Object::from_iter([(
        format!("{path}/chat/completions"),
        json!({"post": Chat::of_openai(agents).operation(group)}),
    )]);
    paths.extend(models(path, group));
    paths.extend(runs::of_surface(path, group));
    paths
}

/// The paths of the server itself, none of which asks who somebody is. Where requests are `authenticated` otherwise, some
/// tell more to whom they know.
pub(super) fn of_server(group: &Group, authenticated: bool) -> Object {
    let draining = json!({
        "description": "The server is about to stop and takes no new requests, or its session store cannot be used.",
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
    let ready = operation(group, "ready", "May requests be sent here?", &ready);
    let ready = if authenticated { may_be_signed(ready) } else { ready };
    Object::from_iter([
        (
            "/health".to_owned(),
            json!({"get": operation(group, "health", "Is the server alive?", &ok("It is.", "Health"))}),
        ),
        ("/ready".to_owned(), json!({"get": ready})),
        (
            "/openapi.json".to_owned(),
            json!({"get": operation(group, "document", "This document", &document)}),
        ),
    ])
}

/// The parameters that operations refer to.
pub(super) fn parameters() -> Object {
    let in_path = |name: &str, description: &str| {
        json!({
            "name": name,
            "in": "path",
            "required": true,
            "description": description,
            "schema": {"type": "string"},
        })
    };
    let word = |name: &str, description: &str, words: &[&str]| {
        json!({
            "name": name,
            "in": "header",
            "description": description,
            "schema": {"type": "string", "enum": words},
        })
    };
    let on_disconnect = "What becomes of this run if the client leaves: it ends, or goes on and is stored. The agent's \
        own policy counts if this is absent.";
    let concurrency = "What this request does if another turn of its session is under way: wait, be refused, or end \
        that turn and keep (`interrupt`) or discard (`rollback`) what it remembers. The agent's own policy counts if \
        this is absent.";
    let all = [
        ("Model".to_owned(), in_path("model", "An agent's published name.")),
        (
            "OnDisconnect".to_owned(),
            word(negotiate::ON_DISCONNECT, on_disconnect, &OnDisconnect::ALL.map(OnDisconnect::as_str)),
        ),
        (
            "Concurrency".to_owned(),
            word(negotiate::CONCURRENCY, concurrency, &Concurrency::ALL.map(Concurrency::as_str)),
        ),
    ];
    all.into_iter().chain(runs::parameters()).chain(sessions::parameters()).collect()
}

fn models(path: &str, group: &Group) -> Object {
    let list = ok("What can be given as `model`.", "ModelList");
    let mut one = ok("The model.", "Model");
    one.insert("404".to_owned(), response("UnknownModel"));
    let mut get_one = operation(group, "get_model", "One model by its id", &one);
    get_one.insert("parameters".to_owned(), json!([parameter("Model")]));
    Object::from_iter([
        (format!("{path}/models"), json!({"get": operation(group, "list_models", "The models", &list)})),
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
