//! What the server itself answers: its models, its health, and errors.

use serde_json::{Value, json};

use super::super::parts::schema;

pub(super) fn all() -> [(&'static str, Value); 7] {
    [
        ("Model", model()),
        ("ModelList", model_list()),
        ("CancelledRun", cancelled_run()),
        ("Error", error()),
        ("Health", health()),
        ("Readiness", readiness()),
        ("AgentHealth", agent_health()),
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

fn readiness() -> Value {
    json!({
        "type": "object",
        "description": "Whether the server takes requests.",
        "required": ["status", "runs", "checks"],
        "properties": {
            "status": {"enum": ["ready", "draining", "unavailable"]},
            "runs": {"type": "integer", "description": "How many runs are under way."},
            "checks": {
                "type": "object",
                "description": "What it depends on.",
                "required": ["drain", "store"],
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

fn agent_health() -> Value {
    json!({
        "type": "object",
        "description": "How an agent is doing.",
        "required": ["status", "uptime_seconds", "service", "framework", "runtime"],
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
