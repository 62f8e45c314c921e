//! What the server itself answers: its models, its health, and errors.

use serde_json::{Value, json};

use super::super::parts::schema;

/// Where requests are `authenticated`, what tells how busy the server is, is for whom it knows.
pub(super) fn all(authenticated: bool) -> [(&'static str, Value); 7] {
    [
        ("Model", model()),
        ("ModelList", model_list()),
        ("CancelledRun", cancelled_run()),
        ("Error", error()),
        ("Health", health()),
        ("Readiness", readiness(authenticated)),
        ("AgentHealth", agent_health(authenticated)),
    ]
}

fn model() -> Value {
    json!({
        "type": "object",
        "description": "An agent, as OpenAI's clients list it.",
        "required": ["id", "object", "created", "owned_by"],
        "properties": {
            "id": {"type": "string", "description": "The agent's published name."},
            "object": {"const": "model"},
            "created": {"type": "integer", "description": "Since when, in seconds since 1970."},
            "owned_by": {"type": "string", "description": "Whose it is."},
        },
    })
}

fn model_list() -> Value {
    json!({
        "type": "object",
        "description": "The agents that are served here.",
        "required": ["object", "data"],
        "properties": {
            "object": {"const": "list"},
            "data": {"type": "array", "items": schema("Model"), "description": "One entry an agent."},
        },
    })
}

fn error() -> Value {
    json!({
        "type": "object",
        "description": "OpenAI's error body. All four keys are always there.",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["message", "type", "param", "code"],
                "description": "The error itself.",
                "properties": {
                    "message": {"type": "string", "description": "A sentence for people."},
                    "type": {"type": "string", "description": "The class of the error."},
                    "param": {
                        "type": ["string", "null"],
                        "description": "Which field was wrong, as a path: `messages[0].role`.",
                    },
                    "code": {"type": ["string", "null"], "description": "A word for programs."},
                },
            },
        },
    })
}

fn cancelled_run() -> Value {
    json!({
        "type": "object",
        "description": "A run that was told to end.",
        "required": ["id", "object", "status"],
        "properties": {
            "id": {"type": "string", "description": "The run's id."},
            "object": {"const": "run"},
            "status": {"const": "cancelling"},
        },
    })
}

fn health() -> Value {
    json!({
        "type": "object",
        "description": "The server is alive.",
        "required": ["status"],
        "properties": {"status": {"const": "ok"}},
    })
}

fn readiness(authenticated: bool) -> Value {
    let (description, required, of_checks) = if authenticated {
        let description = "Whether the server takes requests. A caller whom it does not know learns of `checks` only those \
            that have failed, and not how many runs are under way.";
        (description, json!(["status", "checks"]), json!([]))
    } else {
        ("Whether the server takes requests.", json!(["status", "runs", "checks"]), json!(["drain", "store"]))
    };
    json!({
        "type": "object",
        "description": description,
        "required": required,
        "properties": {
            "status": {"enum": ["ready", "draining", "unavailable"]},
            "runs": {"type": "integer", "description": "How many runs are under way."},
            "checks": {
                "type": "object",
                "description": "What it depends on.",
                "required": of_checks,
                "properties": {
                    "drain": {"enum": ["ok", "draining"], "description": "Whether the server is about to stop."},
                    "store": {
                        "enum": ["ok", "unavailable", "excluded", "none"],
                        "description": "Whether the session store can be used, if there is one and the request asks.",
                    },
                },
            },
        },
    })
}

fn agent_health(authenticated: bool) -> Value {
    let (description, required) = if authenticated {
        let description =
            "How an agent is doing. A caller who may not use it learns only `status` and `service`.";
        (description, json!(["status", "service"]))
    } else {
        let required = json!(["status", "uptime_seconds", "service", "framework", "runtime"]);
        ("How an agent is doing.", required)
    };
    json!({
        "type": "object",
        "description": description,
        "required": required,
        "properties": {
            "status": {"const": "ok"},
            "uptime_seconds": {"type": "integer", "description": "How long it has been served."},
            "service": {
                "type": "object",
                "description": "What is served.",
                "properties": {
                    "agent": {"type": "string", "description": "The name of the agent's type."},
                    "method": {"type": "string", "description": "The method that answers."},
                    "model": {"type": "string", "description": "The published name."},
                },
            },
            "framework": {
                "type": "object",
                "description": "What it is served by.",
                "properties": {"name": {"type": "string"}, "version": {"type": "string"}},
            },
            "runtime": {
                "type": "object",
                "description": "How busy it is.",
                "properties": {
                    "runs": {"type": "integer", "description": "How many runs of the server are under way."},
                    "memory_pool": {
                        "type": "object",
                        "description": "The agent's sessions in this process.",
                        "properties": {
                            "size": {"type": "integer", "description": "How many there are."},
                            "max_items": {"type": "integer", "description": "How many there may be; a store may have more."},
                        },
                    },
                },
            },
        },
    })
}
