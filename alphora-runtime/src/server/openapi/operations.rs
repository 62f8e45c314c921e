//! The operations: asking an agent, on either surface, and reading something.

use serde_json::{Value, json};

use super::document::{DocumentedAgent, Group};
use super::parts::{Object, header, parameter, response, schema};
use super::{examples, responses};

/// How a request is signed, as operations refer to it.
const API_KEY: &str = "ApiKey";

/// The ways to sign a request.
pub(super) fn security_schemes() -> Value {
    let description = "The key, or token, that the operator of this server has given you.";
    json!({API_KEY: {"type": "http", "scheme": "bearer", "description": description}})
}

/// An operation that takes no body.
pub(super) fn operation(group: &Group, id: &str, summary: &str, responses: &Object) -> Object {
    let mut responses = json!(responses);
    if group.authenticated {
        responses["401"] = response("Unauthenticated");
    }
    let mut operation = open_operation(group, id, summary, responses);
    if group.authenticated {
        operation.insert("security".to_owned(), json!([{API_KEY: []}]));
    }
    operation
}

/// An operation that takes no body, and asks nobody who they are.
pub(super) fn open_operation(group: &Group, id: &str, summary: &str, responses: Value) -> Object {
    Object::from_iter([
        ("operationId".to_owned(), json!(format!("{}_{id}", group.id))),
        ("summary".to_owned(), json!(summary)),
        ("tags".to_owned(), json!([group.tag])),
        ("responses".to_owned(), responses),
    ])
}

/// Says that an operation may be signed and need not be: whom the server knows is told more.
pub(super) fn may_be_signed(mut operation: Object) -> Object {
    operation.insert("security".to_owned(), json!([{}, {API_KEY: []}]));
    operation
}

/// A chat completion, as one surface has it.
pub(super) struct Chat {
    summary: String,
    description: String,
    requests: Value,
    completion: Value,
    stream: &'static str,
    has_memory: bool,
    not_found: &'static str,
}

impl Chat {
    /// On an agent's own path: the seed's format.
    pub(super) fn of_agent(agent: &DocumentedAgent) -> Self {
        let absent = if agent.default_stream {
            "An absent `stream` means `true`, unless the client wants JSON: its header `accept` names \
             `application/json` and neither `*/*` nor `text/event-stream`, or it is one of OpenAI's libraries, which \
             leave `stream` out when they want one piece."
        } else {
            "An absent `stream` means `false`, unless the header `accept` names `text/event-stream`."
        };
        let description = format!(
            "{absent}\n\n\
             Streaming, every piece is `choices[0].delta.content` with its `content_type`: `text`, `thinking`, \
             `code`, `tool_call`, `status`, or a type of the agent's own. The last one has the type `stop` and \
             a `finish_reason`; `data: [DONE]` follows. What went wrong after the first byte is one \
             `data: {{\"error\": ..}}`, then `data: [DONE]`.\n\n\
             Not streaming, `choices[0].delta` holds all types in one text of the type `mixed-xml`, and \
             `choices[0].message` the same answer as OpenAI's clients read it.\n\n\
             {}",
            memory(agent.has_memory),
        );
        Self {
            summary: format!("Ask {}", agent.name),
            description,
            requests: examples::requests(None),
            completion: examples::agent_completion(),
            stream: examples::AGENT_STREAM,
            has_memory: agent.has_memory,
            not_found: "NotFound",
        }
    }

    /// On `/v1`: nothing that strict clients do not know.
    pub(super) fn of_openai(agents: &[DocumentedAgent]) -> Self {
        let model = match agents {
            [_] => "Any `model` is accepted and echoed: one agent is served.",
            _ => "`model` chooses the agent by its published name; an unknown one is 404 `model_not_found`.",
        };
        let has_memory = agents.iter().any(|agent| agent.has_memory);
        let description = format!(
            "{model} An absent `stream` means `false`.\n\n\
             What the agent thinks and does is `reasoning_content`, apart from the answer, which is `content`; \
             there is no `content_type`. The finish reasons are OpenAI's: a run that took too long ends with \
             `length`. A stream ends with `data: [DONE]`, before which comes a chunk with `usage` if \
             `stream_options.include_usage` asks for it. What went wrong after the first byte is one \
             `data: {{\"error\": ..}}`, then `data: [DONE]`.\n\n\
             {}",
            memory(has_memory),
        );
        Self {
            summary: "Create a chat completion".to_owned(),
            description,
            requests: examples::requests(agents.first().map(|agent| &*agent.name)),
            completion: examples::openai_completion(),
            stream: examples::OPENAI_STREAM,
            has_memory,
            not_found: "UnknownModel",
        }
    }

    /// The operation of `group`.
    pub(super) fn operation(self, group: &Group) -> Object {
        let mut operation = operation(group, "chat", &self.summary, &self.responses());
        let mut parameters =
            vec![parameter("OnDisconnect"), parameter("Resumable"), parameter("IdempotencyKey")];
        if self.has_memory {
            parameters.push(parameter("Concurrency"));
        }
        operation.insert("parameters".to_owned(), json!(parameters));
        operation.insert("description".to_owned(), json!(self.description));
        operation.insert(
            "requestBody".to_owned(),
            json!({
                "required": true,
                "content": {"application/json": {"schema": schema("ChatCompletionRequest"), "examples": self.requests}},
            }),
        );
        operation
    }

    fn responses(&self) -> Object {
        let mut all = responses::of_chat();
        all.insert("404".to_owned(), response(self.not_found));
        all.insert("200".to_owned(), self.answer());
        all
    }

    fn answer(&self) -> Value {
        json!({
            "description": "The answer: one JSON object, or a stream of server-sent events.\n\n\
                An event is one line `data: ` and an empty line. Its data is a `ChatCompletionChunk`, at most one \
                `Error`, and `[DONE]` at the end. Lines that begin with `:` are heartbeats.",
            "headers": {
                "x-request-id": header("RequestId"),
                "x-run-id": header("RunId"),
                "x-session-id": header("SessionId"),
                "idempotent-replayed": header("Replayed"),
            },
            "content": {
                "application/json": {"schema": schema("ChatCompletion"), "example": self.completion},
                // Without a schema: in this version of the format it could only be that of the whole text. What the
                // next version calls `itemSchema` is that of an event's data.
                "text/event-stream": {
                    "example": self.stream,
                    "x-item-schema": {"anyOf": [schema("ChatCompletionChunk"), schema("Error")]},
                },
            },
        })
    }
}

fn memory(has_memory: bool) -> &'static str {
    if has_memory {
        "With a `session_id` the agent remembers what was said, and only the last message of the user is new. \
         Without one, the conversation is what `messages` say, and the answer's `x-session-id` names a new \
         session to go on with. A run that fails, takes too long or is cancelled leaves its session as it was, \
         unless the agent keeps what it remembers so far."
    } else {
        "Nothing is remembered from one request to the next: the conversation is what `messages` say."
    }
}
