//! The operations on a run that is under way: ending it, and reading its stream again.

use serde_json::{Value, json};

use super::document::Group;
use super::examples;
use super::operations::operation;
use super::parts::{Object, header, json_content, parameter, response};
use crate::server::negotiate;

/// The paths of runs on one surface.
pub(super) fn of_surface(path: &str, group: &Group) -> Object {
    Object::from_iter([
        (format!("{path}/runs/{{id}}/cancel"), json!({"post": cancel(group)})),
        (format!("{path}/runs/{{id}}/events"), json!({"get": events(group)})),
    ])
}

/// The parameters of these operations, the one that makes a stream resumable, and the one that has a request run once.
pub(super) fn parameters() -> [(String, Value); 5] {
    let last = "The `id` of the last event that has arrived; all events if it is absent or empty.";
    let event = |name: &str, place: &str| json!({"name": name, "in": place, "description": last, "schema": {"type": "string", "pattern": "^[0-9]{0,19}$"}});
    let resumable = "`1` asks for a stream whose events have ids, and whose rest can be read at \
        `runs/{id}/events` after the connection has broken, for some minutes. The run goes on without its client.";
    let key = "The same for each repetition of one request, and no other, a UUID for example. A repetition gets the answer \
        of the first, with the header `idempotent-replayed`, and is not run again; another body, path, session or form of \
        answer is 409 `idempotency_key_reused`. The answer is kept for some minutes, and the run goes on without its client.";
    [
        (
            "IdempotencyKey".to_owned(),
            json!({
                "name": "idempotency-key",
                "in": "header",
                "description": key,
                "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
            }),
        ),
        (
            "Run".to_owned(),
            json!({
                "name": "id",
                "in": "path",
                "required": true,
                "description": "A run's id: its answer's `x-run-id`.",
                "schema": {"type": "string"},
            }),
        ),
        ("LastEventId".to_owned(), event("last-event-id", "header")),
        ("LastEventIdInQuery".to_owned(), event("last_event_id", "query")),
        (
            "Resumable".to_owned(),
            json!({
                "name": negotiate::RESUMABLE,
                "in": "header",
                "description": resumable,
                "schema": {"type": "string", "enum": ["0", "1"]},
            }),
        ),
    ]
}

/// Ending a run by its id.
fn cancel(group: &Group) -> Object {
    let accepted = json!({
        "description": "The run is told to end. Its client gets 409 `run_cancelled`, as an error body or as the last \
            event of its stream.",
        "headers": {"x-request-id": header("RequestId")},
        "content": json_content("CancelledRun"),
    });
    let responses =
        Object::from_iter([("202".to_owned(), accepted), ("404".to_owned(), response("UnknownRun"))]);
    let mut cancel = operation(group, "cancel_run", "End a run", &responses);
    cancel.insert("parameters".to_owned(), json!([parameter("Run")]));
    cancel
}

/// The rest of a stream.
fn events(group: &Group) -> Object {
    let events = json!({
        "description": "The events after the one that was named, and then those that are still to come, to the end.",
        "headers": {"x-request-id": header("RequestId")},
        "content": {"text/event-stream": {"example": examples::RESUMED_STREAM}},
    });
    let responses = [
        ("200", events),
        ("400", response("InvalidRequest")),
        ("404", response("UnknownRun")),
        ("410", response("EventsGone")),
        ("429", response("Overloaded")),
        ("503", response("Unavailable")),
    ];
    let responses = responses.into_iter().map(|(status, answer)| (status.to_owned(), answer)).collect();
    let mut events = operation(group, "run_events", "Go on reading a stream", &responses);
    let parameters = ["Run", "LastEventId", "LastEventIdInQuery"].map(parameter);
    events.insert("parameters".to_owned(), json!(parameters));
    events
}
