//! What can go wrong, in the words that a client gets.

use serde_json::{Value, json};

use super::parts::{Object, header, response, schema};

/// One kind of failure.
struct Failure {
    name: &'static str,
    description: &'static str,
    /// Headers besides `x-request-id`, with their names among [`headers`].
    headers: &'static [(&'static str, &'static str)],
    /// What the error body may say.
    errors: &'static [Words],
}

/// The words of an error body.
struct Words {
    kind: &'static str,
    code: &'static str,
    param: Option<&'static str>,
    message: &'static str,
}

const fn words(kind: &'static str, code: &'static str, message: &'static str) -> Words {
    Words { kind, code, param: None, message }
}

const fn at(param: &'static str, code: &'static str, message: &'static str) -> Words {
    Words { kind: INVALID, code, param: Some(param), message }
}

const INVALID: &str = "invalid_request_error";
const SERVER: &str = "server_error";
const CONFLICT: &str = "conflict_error";
const NO_RETRY: (&str, &str) = ("x-should-retry", "ShouldRetry");
const LATER: (&str, &str) = ("retry-after", "RetryAfter");

const FAILURES: [Failure; 17] = [
    Failure {
        name: "InvalidRequest",
        description: "The request cannot be understood or served. `param` names the field.",
        headers: &[],
        errors: &[
            words(INVALID, "invalid_json", "the request body is not valid JSON"),
            words(INVALID, "invalid_body", "the body could not be read"),
            at("messages", "invalid_type", "`messages` must be an array, not a string"),
            at("messages[0].role", "missing_required_parameter", "`messages[0].role` is missing"),
            at("n", "unsupported_value", "`n` is 2: only one answer a request can be served"),
            at("session_id", "invalid_value", "this server does not take session ids that clients choose"),
        ],
    },
    Failure {
        name: "NotFound",
        description: "The agent says that what was asked for does not exist, with a code of its own. A path that \
            is not served is `unknown_url`.",
        headers: &[NO_RETRY],
        errors: &[
            words("not_found_error", "account_not_found", "there is no such account"),
            words(INVALID, "unknown_url", "unknown request URL: GET /nope"),
        ],
    },
    Failure {
        name: "UnknownModel",
        description: "No agent of this name is served here. `GET models` lists those that are.",
        headers: &[],
        errors: &[at("model", "model_not_found", "the model `gpt-4` does not exist")],
    },
    Failure {
        name: "WrongMethod",
        description: "The path is served, but not under this method. `allow` lists those that it takes.",
        headers: &[("allow", "Allow")],
        errors: &[words(INVALID, "method_not_allowed", "this URL does not take this method: PUT /health")],
    },
    Failure {
        name: "UnknownRun",
        description: "No run of this id is under way here, or none whose events are kept.",
        headers: &[],
        errors: &[words(INVALID, "run_not_found", "no run of this id is under way here")],
    },
    Failure {
        name: "EventsGone",
        description: "The run has sent more since than is kept of a run.",
        headers: &[],
        errors: &[words(INVALID, "run_events_gone", "events after this one are no longer kept")],
    },
    Failure {
        name: "UnknownSession",
        description: "No session of this id is stored for whoever asks.",
        headers: &[],
        errors: &[words(INVALID, "session_not_found", "there is no session of this id")],
    },
    Failure {
        name: "Unauthenticated",
        description: "Nobody who is known here has signed the request.",
        headers: &[("www-authenticate", "Challenge")],
        errors: &[words(INVALID, "invalid_api_key", "the request has no API key that is known here")],
    },
    Failure {
        name: "Conflict",
        description: "Earlier turns of this session took too long, or too many are waiting, or this one may not wait; \
            then `retry-after` says when to try again. Or the run was ended, by a later turn of its session or through \
            its id, before anything was sent, or its session was removed or lost; then `x-should-retry` is `false`.",
        headers: &[LATER, NO_RETRY],
        errors: &[
            words(
                CONFLICT,
                "session_busy",
                "an earlier turn of this session is still running, and no more turns may wait for it",
            ),
            words(
                CONFLICT,
                "session_conflict",
                "this session was removed, or another server has taken it over, while its turn ran",
            ),
            words(CONFLICT, "run_superseded", "a later turn of this session took the place of this one"),
            words(CONFLICT, "run_cancelled", "the run was cancelled before its answer was complete"),
            words(
                CONFLICT,
                "idempotency_key_reused",
                "this `Idempotency-Key` was sent before with another request: the body differs",
            ),
            words(
                CONFLICT,
                "idempotency_in_progress",
                "the first request with this `Idempotency-Key` is still under way: send it again",
            ),
        ],
    },
    Failure {
        name: "AnswerGone",
        description: "The first request with this `Idempotency-Key` was run, and its answer is not kept: it is larger than \
            what is kept, could not be stored, or later answers took its room.",
        headers: &[NO_RETRY],
        errors: &[words(
            INVALID,
            "idempotency_answer_gone",
            "the first request with this `Idempotency-Key` was run, and its answer is not kept",
        )],
    },
    Failure {
        name: "TooLarge",
        description: "The body is larger than the server's limit, or the session would become larger than a \
            session may be; then it stays as it was.",
        headers: &[NO_RETRY],
        errors: &[
            words(INVALID, "request_too_large", "the body is larger than 33554432 bytes, the server's limit"),
            words(INVALID, "session_too_large", "the session is too large"),
        ],
    },
    Failure {
        name: "UnsupportedMediaType",
        description: "The body is not declared as `application/json`.",
        headers: &[],
        errors: &[words(
            INVALID,
            "unsupported_media_type",
            "the body has to be JSON: send `Content-Type: application/json`",
        )],
    },
    Failure {
        name: "Overloaded",
        description: "The server has as many requests as it can take, or the caller has asked for as much as it may, \
            or as many of its answers wait for runs under way as may. \
            Where there are limits, `x-ratelimit-limit-requests`, `-remaining-requests`, `-reset-requests` and the same \
            for tokens say how they stand, in every answer.",
        headers: &[LATER],
        errors: &[
            words(
                "rate_limit_error",
                "server_overloaded",
                "the server is running as many requests as it can: try again",
            ),
            words(
                "rate_limit_error",
                "rate_limit_exceeded",
                "rate limit reached for requests per minute of this API key: limit 60, try again in 1s",
            ),
        ],
    },
    Failure {
        name: "Failed",
        description: "The agent failed before anything was sent, or the server did, or the session is not one that \
            this agent can read. The server's log has the cause under the request's id; the session is as it was, \
            unless its agent keeps what it remembers so far.",
        headers: &[NO_RETRY],
        errors: &[
            words(SERVER, "agent_error", "the agent failed; the server's log has the cause"),
            words(SERVER, "internal_error", "the server failed"),
            words(SERVER, "session_unreadable", "this session cannot be read by this agent"),
        ],
    },
    Failure {
        name: "Unavailable",
        description: "The server is stopping, has no room for another session, or cannot reach its sessions.",
        headers: &[LATER],
        errors: &[
            words(SERVER, "shutdown", "the server is stopping and the answer could not be finished"),
            words(
                SERVER,
                "session_capacity",
                "there is no room for this session while all others are in use",
            ),
            words(
                SERVER,
                "session_store_unavailable",
                "the sessions cannot be reached at the moment: try again",
            ),
            words(
                SERVER,
                "idempotency_unavailable",
                "what was answered to this `Idempotency-Key` cannot be looked up at the moment: try again",
            ),
            words(SERVER, "run_lost", "nothing is heard any more of the server that ran this request"),
        ],
    },
    Failure {
        name: "TimedOut",
        description: "The agent took too long, and nothing was sent. The session is as it was, unless its \
            agent keeps what it remembers so far.",
        headers: &[NO_RETRY],
        errors: &[words(SERVER, "timeout", "the agent has not begun to answer in time")],
    },
    Failure {
        name: "AgentsOwn",
        description: "An error that the agent chose, with a status from 400 to 599 and words of its own.",
        headers: &[NO_RETRY],
        errors: &[],
    },
];

/// The failures of a chat completion, by status, but for 404, which differs between surfaces.
pub(super) fn of_chat() -> Object {
    let failures = [
        ("400", "InvalidRequest"),
        ("405", "WrongMethod"),
        ("409", "Conflict"),
        ("410", "AnswerGone"),
        ("413", "TooLarge"),
        ("415", "UnsupportedMediaType"),
        ("429", "Overloaded"),
        ("500", "Failed"),
        ("503", "Unavailable"),
        ("504", "TimedOut"),
        ("default", "AgentsOwn"),
    ];
    failures.into_iter().map(|(status, name)| (status.to_owned(), response(name))).collect()
}

/// Every failure that operations refer to.
pub(super) fn all() -> Object {
    FAILURES.iter().map(|failure| (failure.name.to_owned(), failure.response())).collect()
}

/// Every header that responses refer to.
pub(super) fn headers() -> Value {
    let text = |description: &str| json!({"description": description, "schema": {"type": "string"}});
    let mut request_id = text("Names the request, in the server's log too.");
    request_id["required"] = json!(true);
    json!({
        "RequestId": request_id,
        "RunId": text("Names the run; the same as the answer's `id`."),
        "SessionId": text("The session of this turn: the one that was asked for, or a new one."),
        "RetryAfter": {"description": "After how many seconds to try again.", "schema": {"type": "integer"}},
        "ShouldRetry": {
            "description": "`false`: the agent may have acted already. OpenAI's clients obey it.",
            "schema": {"type": "string", "enum": ["true", "false"]},
        },
        "Replayed": {
            "description": "`true`: this is the answer of an earlier request with the same `Idempotency-Key`.",
            "schema": {"type": "string", "enum": ["true"]},
        },
        "Attachment": text("That it is a file, and a name for it."),
        "Challenge": text("How a request is signed."),
        "Allow": text("The methods that the path answers to."),
    })
}

impl Failure {
    fn response(&self) -> Value {
        let mut headers = Object::from_iter([("x-request-id".to_owned(), header("RequestId"))]);
        headers.extend(self.headers.iter().map(|(name, component)| ((*name).to_owned(), header(component))));
        let mut content = json!({"schema": schema("Error")});
        if !self.errors.is_empty() {
            content["examples"] = Value::Object(self.examples());
        }
        json!({
            "description": self.description,
            "headers": headers,
            "content": {"application/json": content},
        })
    }

    fn examples(&self) -> Object {
        let example = |Words { kind, code, param, message }: &Words| {
            let error = json!({"message": message, "type": kind, "param": param, "code": code});
            ((*code).to_owned(), json!({"value": {"error": error}}))
        };
        self.errors.iter().map(example).collect()
    }
}
