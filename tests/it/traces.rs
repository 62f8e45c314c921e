//! Traces, as a collector receives them that is built on the published protocol definitions.

mod collector;
mod context;
mod endings;
mod export;
mod program;

use alphora_tests::model_server::{Answer, DONE, ModelServer, Seen, usage};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde_json::json;

use self::collector::{Collector, Received, attributes};
use self::program::{PATH, Traced, body};

/// The session of [`body`], as a log and a trace have it where sessions are nobody's: `printf %s conversation-1 | sha256sum`.
const SESSION: &str = "sha256:413055e0cb3a7c6d";

/// A collector, a model server, and a program that knows both.
struct Bench {
    collector: Collector,
    model: ModelServer,
    program: Traced,
}

impl Bench {
    async fn start(variables: &[(&str, &str)]) -> Self {
        let (collector, model) = (Collector::start().await, ModelServer::start(answer).await);
        let mut all = vec![("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str())];
        all.extend(variables);
        let program = Traced::start(&model.base_url, &all).await;
        Self { collector, model, program }
    }
}

/// A model that wants two tools called where it is offered some, and then answers.
fn answer(seen: &Seen) -> Answer {
    let chunk = |delta: serde_json::Value, reason: Option<&str>| {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": reason });
        json!({ "id": "chatcmpl-9", "model": "small-model-2026", "choices": [choice] }).to_string()
    };
    let request = seen.json();
    let has_results = request["messages"].as_array().unwrap().iter().any(|message| message["role"] == "tool");
    let mut events = if request["tools"].is_array() && !has_results {
        let call = |index: usize, id: &str, name: &str, arguments: &str| json!({ "index": index, "id": id, "function": { "name": name, "arguments": arguments } });
        let calls = json!([
            call(0, "call_1", "look_up", r#"{"city":"canary-argument"}"#),
            call(1, "call_2", "fail_always", "{}"),
        ]);
        vec![chunk(json!({ "tool_calls": calls }), None), chunk(json!({}), Some("tool_calls"))]
    } else {
        vec![chunk(json!({ "content": "canary-answer" }), None), chunk(json!({}), Some("stop"))]
    };
    events.extend([usage(7, 3), DONE.to_owned()]);
    Answer::events(&events)
}

/// The only span of this name.
fn span<'a>(received: &'a Received, name: &str) -> &'a Span {
    let mut found = received.spans.iter().filter(|span| span.name == name);
    let names: Vec<_> = received.spans.iter().map(|span| &span.name).collect();
    let span = found.next().unwrap_or_else(|| panic!("there is no {name:?} in {names:?}"));
    assert!(found.next().is_none(), "there are several {name:?}: {names:?}");
    span
}

fn text(span: &Span, name: &str) -> Option<String> {
    match attributes(&span.attributes).remove(name)? {
        Value::StringValue(text) => Some(text),
        other => panic!("`{name}` is no text: {other:?}"),
    }
}

fn number(span: &Span, name: &str) -> Option<i64> {
    match attributes(&span.attributes).remove(name)? {
        Value::IntValue(number) => Some(number),
        other => panic!("`{name}` is no number: {other:?}"),
    }
}

fn fraction(span: &Span, name: &str) -> Option<f64> {
    match attributes(&span.attributes).remove(name)? {
        Value::DoubleValue(number) => Some(number),
        other => panic!("`{name}` is no fraction: {other:?}"),
    }
}

/// The texts of a list.
fn list(span: &Span, name: &str) -> Option<Vec<String>> {
    match attributes(&span.attributes).remove(name)? {
        Value::ArrayValue(list) => Some(
            list.values
                .into_iter()
                .map(|value| match value.value {
                    Some(Value::StringValue(text)) => text,
                    other => panic!("`{name}` holds {other:?}"),
                })
                .collect(),
        ),
        other => panic!("`{name}` is no list: {other:?}"),
    }
}

fn status(span: &Span) -> StatusCode {
    span.status.as_ref().map_or(StatusCode::Unset, |status| status.code())
}

fn assert_texts(span: &Span, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(text(span, name).as_deref(), Some(*value), "`{name}` of {}", span.name);
    }
}

#[tokio::test]
async fn a_run_with_its_model_and_tools_is_one_trace() {
    let bench = Bench::start(&[]).await;
    let answer = bench.program.ask("tools\nusage", &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let received = bench.collector.spans(5).await;
    assert_eq!(received.spans.len(), 5);

    let run = span(&received, "invoke_agent Traced");
    assert_eq!((run.kind(), run.parent_span_id.len(), status(run)), (SpanKind::Server, 0, StatusCode::Unset));
    assert_texts(
        run,
        &[
            ("gen_ai.operation.name", "invoke_agent"),
            ("gen_ai.provider.name", "alphora"),
            ("gen_ai.agent.name", "Traced"),
            ("gen_ai.conversation.id", SESSION),
            ("gen_ai.response.id", answer.header("x-run-id").unwrap()),
            ("run_id", answer.header("x-run-id").unwrap()),
            ("request_id", answer.header("x-request-id").unwrap()),
            ("alphora.outcome", "ok"),
        ],
    );
    assert_eq!(list(run, "gen_ai.response.finish_reasons"), Some(vec!["stop".to_owned()]));
    // The tokens of two calls, and those that the agent has reported itself.
    assert_eq!(number(run, "gen_ai.usage.input_tokens"), Some(7 + 7 + 30));
    assert_eq!(number(run, "gen_ai.usage.output_tokens"), Some(3 + 3 + 12));
    assert_eq!(text(run, "error.type"), None);

    let chats: Vec<_> = received.spans.iter().filter(|span| span.name == "chat small-model").collect();
    assert_eq!(chats.len(), 2);
    let port = bench.model.base_url.rsplit(':').next().unwrap().trim_end_matches("/v1");
    for chat in &chats {
        assert_eq!((chat.kind(), status(chat)), (SpanKind::Client, StatusCode::Unset));
        assert_texts(
            chat,
            &[
                ("gen_ai.operation.name", "chat"),
                ("gen_ai.provider.name", "openai"),
                ("gen_ai.conversation.id", SESSION),
                ("gen_ai.request.model", "small-model"),
                ("gen_ai.response.model", "small-model-2026"),
                ("gen_ai.response.id", "chatcmpl-9"),
                ("server.address", "127.0.0.1"),
            ],
        );
        assert_eq!(number(chat, "server.port"), port.parse().ok());
        assert_eq!(number(chat, "gen_ai.request.max_tokens"), Some(64));
        assert_eq!(fraction(chat, "gen_ai.request.temperature"), Some(0.5));
        assert_eq!(number(chat, "gen_ai.usage.input_tokens"), Some(7));
        assert_eq!(number(chat, "gen_ai.usage.output_tokens"), Some(3));
        let duration = (chat.end_time_unix_nano - chat.start_time_unix_nano) as f64 / 1e9;
        let first = fraction(chat, "gen_ai.response.time_to_first_chunk").unwrap();
        assert!(first > 0.0 && first <= duration, "{first} of {duration}");
    }
    let reasons: Vec<_> =
        chats.iter().map(|chat| list(chat, "gen_ai.response.finish_reasons").unwrap()).collect();
    assert!(reasons.contains(&vec!["tool_calls".to_owned()]) && reasons.contains(&vec!["stop".to_owned()]));

    let worked = span(&received, "execute_tool look_up");
    let failed = span(&received, "execute_tool fail_always");
    for (tool, name, id) in [(worked, "look_up", "call_1"), (failed, "fail_always", "call_2")] {
        assert_eq!(tool.kind(), SpanKind::Internal);
        assert_texts(
            tool,
            &[
                ("gen_ai.operation.name", "execute_tool"),
                ("gen_ai.tool.name", name),
                ("gen_ai.tool.type", "function"),
                ("gen_ai.tool.call.id", id),
            ],
        );
    }
    assert_eq!((status(worked), text(worked, "error.type")), (StatusCode::Unset, None));
    assert_eq!((status(failed), text(failed, "error.type").as_deref()), (StatusCode::Error, Some("failed")));

    for below in received.spans.iter().filter(|span| span.name != run.name) {
        assert_eq!((&below.trace_id, &below.parent_span_id), (&run.trace_id, &run.span_id), "{}", below.name);
        let within = run.start_time_unix_nano <= below.start_time_unix_nano
            && below.end_time_unix_nano <= run.end_time_unix_nano;
        assert!(within, "{} is not within its run", below.name);
        assert!(below.events.is_empty(), "events are for logs");
    }
    // A tool is called after the model has asked for it, and before it is asked again.
    let mut chats = chats;
    chats.sort_by_key(|chat| chat.start_time_unix_nano);
    for tool in [worked, failed] {
        assert!(chats[0].end_time_unix_nano <= tool.start_time_unix_nano);
        assert!(tool.end_time_unix_nano <= chats[1].start_time_unix_nano);
    }
}

#[tokio::test]
async fn what_users_write_and_what_is_secret_is_in_no_span() {
    let variables =
        [("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer canary-collector"), ("RUST_LOG", "trace")];
    let bench = Bench::start(&variables).await;
    let mut asked = 0;
    for (script, spans) in [("tools\ncanary-text", 5), ("log\nfail", 1), ("panic", 1), ("refuse", 1)] {
        let headers = [("Authorization", "Bearer canary-user"), ("baggage", "user=canary-baggage")];
        bench.program.ask(script, &headers).await;
        asked += spans;
        bench.collector.spans(asked).await;
    }
    let received = bench.collector.received();
    let sent = String::from_utf8_lossy(&received.bytes);
    assert!(!sent.contains("canary"), "{sent}");
    // The collector has got its key, and nobody else.
    assert!(received.heads.iter().all(|head| head.contains("authorization: bearer canary-collector")));
    let log = bench.program.log();
    for secret in
        ["canary-collector", "canary-user", "canary-key", "canary-prompt", "canary-answer", "canary-argument"]
    {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}
