//! How spans end: well, with an error, because somebody has ended them, and with whoever holds on to them.

use std::time::{Duration, Instant};

use alphora_tests::{Connection, post, request};

use super::*;

/// The end of the run of `script`, and its status.
async fn ending(bench: &Bench, script: &str) -> (String, StatusCode, Option<String>) {
    let earlier = bench.collector.received().spans.len();
    bench.program.ask(script, &[]).await;
    let received = bench.collector.spans(earlier + 1).await;
    let run = &received.spans[earlier];
    assert_eq!(run.name, "invoke_agent Traced");
    (text(run, "alphora.outcome").unwrap(), status(run), text(run, "error.type"))
}

#[tokio::test]
async fn a_run_that_fails_says_so() {
    let bench = Bench::start(&[]).await;
    for (script, kind) in [("fail", "agent_error"), ("hello\nfail", "agent_error"), ("panic", "panic")] {
        let expected = (kind.to_owned(), StatusCode::Error, Some(kind.to_owned()));
        assert_eq!(ending(&bench, script).await, expected, "{script}");
    }
    // What the client did wrong is no failure of the server's.
    assert_eq!(ending(&bench, "refuse").await, ("refused".to_owned(), StatusCode::Unset, None));
}

#[tokio::test]
async fn a_model_that_fails_is_named_with_its_attempts_in_one_span() {
    let collector = Collector::start().await;
    let model = ModelServer::queue([Answer::status(503, &[], "{}")]).await;
    let program = Traced::start(&model.base_url, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)]).await;
    program.ask("ask", &[]).await;
    let received = collector.spans(2).await;
    let chat = span(&received, "chat small-model");
    assert_eq!((status(chat), text(chat, "error.type").as_deref()), (StatusCode::Error, Some("busy")));
    assert_eq!(fraction(chat, "gen_ai.response.time_to_first_chunk"), None);
    assert!(model.record.request_count() > 1, "it was asked again");
    assert_eq!(received.spans.len(), 2);
}

#[tokio::test]
async fn a_run_that_is_ended_from_outside_is_no_error() {
    let bench = Bench::start(&[]).await;
    for (expected, cancels) in [("cancelled", true), ("disconnected", false)] {
        let earlier = bench.collector.received().spans.len();
        let bytes = request("POST", PATH, &[], body("begun\nwait").as_bytes());
        let mut connection = Connection::send(bench.program.addr(), &bytes).await.unwrap();
        let head = connection.until("begun").await.unwrap();
        if cancels {
            let id = head.split("x-run-id: ").nth(1).unwrap().split("\r\n").next().unwrap();
            let answer = post(bench.program.addr(), &format!("/traced/runs/{id}/cancel"), "", &[]).await;
            assert_eq!(answer.status, 202);
        }
        drop(connection);
        let received = bench.collector.spans(earlier + 1).await;
        let run = &received.spans[earlier];
        assert_texts(run, &[("alphora.outcome", expected), ("gen_ai.conversation.id", SESSION)]);
        assert_eq!((status(run), text(run, "error.type")), (StatusCode::Unset, None));
        assert!(run.end_time_unix_nano > run.start_time_unix_nano);
    }
}

#[tokio::test]
async fn an_answer_that_nobody_reads_to_its_end_is_cancelled() {
    let collector = Collector::start().await;
    let model = ModelServer::start(|_| answer_without_end()).await;
    let program = Traced::start(&model.base_url, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)]).await;
    program.ask("leave", &[]).await;
    let received = collector.spans(2).await;
    let chat = span(&received, "chat small-model");
    assert_texts(chat, &[("alphora.outcome", "cancelled")]);
    assert_eq!(status(chat), StatusCode::Unset);
    assert!(fraction(chat, "gen_ai.response.time_to_first_chunk").is_some());
}

fn answer_without_end() -> Answer {
    let complete = Answer::words(&["a", "b"]);
    let bytes = complete.bytes_up_to("\"a\"");
    complete.first(bytes, alphora_tests::model_server::Step::Stall)
}

#[tokio::test]
async fn a_tool_that_is_left_behind_holds_no_span_back() {
    let collector = Collector::start().await;
    let model = ModelServer::start(|seen| {
        let has_results = seen.body.contains("\"tool\"") && seen.body.contains("tool_call_id");
        if has_results { Answer::words(&["sorry"]) } else { answer_that_blocks() }
    })
    .await;
    let program = Traced::start(&model.base_url, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)]).await;
    let begun = Instant::now();
    program.ask("tools", &[]).await;
    let received = collector.spans(4).await;
    assert!(begun.elapsed() < Duration::from_secs(30), "the thread works for a minute");
    let tool = span(&received, "execute_tool block");
    assert_eq!((status(tool), text(tool, "error.type").as_deref()), (StatusCode::Error, Some("timeout")));
    assert_eq!(tool.parent_span_id, span(&received, "invoke_agent Traced").span_id);
}

fn answer_that_blocks() -> Answer {
    let call = json!({ "index": 0, "id": "call_1", "function": { "name": "block", "arguments": "{}" } });
    let choice = json!({ "index": 0, "delta": { "tool_calls": [call] }, "finish_reason": "tool_calls" });
    Answer::events(&[json!({ "choices": [choice] }).to_string(), DONE.to_owned()])
}
