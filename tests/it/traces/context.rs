//! Traces that begin elsewhere, go on elsewhere, and are not torn in between.

use super::*;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn a_trace_comes_in_and_goes_on_to_the_model() {
    let bench = Bench::start(&[]).await;
    let parent = format!("00-{TRACE}-{PARENT}-01");
    let headers = [("traceparent", parent.as_str()), ("tracestate", "vendor=1"), ("baggage", "user=canary")];
    bench.program.ask("ask", &headers).await;
    let received = bench.collector.spans(2).await;
    let (run, chat) = (span(&received, "invoke_agent Traced"), span(&received, "chat small-model"));
    assert_eq!((hexadecimal(&run.trace_id), hexadecimal(&run.parent_span_id)), (TRACE.into(), PARENT.into()));
    assert_eq!((&chat.trace_id, &chat.parent_span_id), (&run.trace_id, &run.span_id));

    let asked = bench.model.record.requests().remove(0);
    let expected = format!("00-{TRACE}-{}-01", hexadecimal(&chat.span_id));
    assert_eq!(asked.header("traceparent"), Some(expected.as_str()));
    assert_eq!(asked.header("tracestate"), Some("vendor=1"));
    assert_eq!(asked.header("baggage"), None);
}

#[tokio::test]
async fn a_trace_goes_on_to_what_a_tool_fetches_and_to_nobody_it_is_redirected_to() {
    let collector = Collector::start().await;
    let elsewhere = ModelServer::start(answer).await;
    let location = elsewhere.base_url.clone();
    let page = ModelServer::start(move |_| Answer::status(302, &[("location", &location)], "")).await;
    let url = page.base_url.clone();
    let model = ModelServer::start(move |seen| {
        if seen.body.contains("tool_call_id") { Answer::words(&["read"]) } else { visit(&url) }
    })
    .await;
    let program = Traced::start(&model.base_url, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)]).await;
    program.ask("tools", &[]).await;
    let received = collector.spans(4).await;
    let tool = span(&received, "execute_tool visit");
    let expected = format!("00-{}-{}-01", hexadecimal(&tool.trace_id), hexadecimal(&tool.span_id));
    assert_eq!(page.record.requests()[0].header("traceparent"), Some(expected.as_str()));
    assert_eq!(elsewhere.record.requests()[0].header("traceparent"), None);
}

/// The model wants `url` visited.
fn visit(url: &str) -> Answer {
    let function = json!({ "name": "visit", "arguments": json!({ "url": url }).to_string() });
    let delta = json!({ "tool_calls": [{ "index": 0, "id": "call_1", "function": function }] });
    let choice = json!({ "index": 0, "delta": delta, "finish_reason": "tool_calls" });
    Answer::events(&[json!({ "choices": [choice] }).to_string(), DONE.to_owned()])
}

#[tokio::test]
async fn what_the_caller_does_not_sample_is_not_sampled() {
    let bench = Bench::start(&[]).await;
    let parent = format!("00-{TRACE}-{PARENT}-00");
    bench.program.ask("ask", &[("traceparent", &parent)]).await;
    bench.program.ask("ask", &[]).await;
    let received = bench.collector.spans(2).await;
    assert!(received.spans.iter().all(|span| hexadecimal(&span.trace_id) != TRACE), "{:?}", received.spans);
    // The model server is told so, too.
    let asked = bench.model.record.requests().remove(0);
    let told = asked.header("traceparent").unwrap();
    assert!(told.starts_with(&format!("00-{TRACE}-")) && told.ends_with("-00"), "{told}");
}

#[tokio::test]
async fn a_header_that_is_none_is_as_good_as_none() {
    let bench = Bench::start(&[]).await;
    let malformed = ["", "rubbish", &format!("ff-{TRACE}-{PARENT}-01"), &format!("00-{TRACE}-{PARENT}-01-")];
    for (number, parent) in malformed.into_iter().enumerate() {
        let answer = bench.program.ask("hello", &[("traceparent", parent), ("tracestate", "=,,")]).await;
        assert_eq!(answer.status, 200);
        let received = bench.collector.spans(number + 1).await;
        let run = &received.spans[number];
        assert_eq!(run.parent_span_id, [0_u8; 0], "{parent}");
        assert_ne!(hexadecimal(&run.trace_id), TRACE);
    }
}

#[tokio::test]
async fn what_a_spawned_task_asks_belongs_to_its_run() {
    for script in ["spawn", "spawn in a span"] {
        let bench = Bench::start(&[]).await;
        bench.program.ask(script, &[]).await;
        let received = bench.collector.spans(2).await;
        let (run, chat) = (span(&received, "invoke_agent Traced"), span(&received, "chat small-model"));
        assert_eq!((&chat.trace_id, &chat.parent_span_id), (&run.trace_id, &run.span_id), "{script}");
        assert_eq!(received.spans.len(), 2, "spans of the user's own are not exported unasked");
    }
}

#[tokio::test]
async fn without_a_collector_nothing_is_told_to_the_model_server() {
    let model = ModelServer::start(answer).await;
    for variables in
        [&[][..], &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"), ("OTEL_SDK_DISABLED", "true")]]
    {
        let program = Traced::start(&model.base_url, variables).await;
        let parent = format!("00-{TRACE}-{PARENT}-01");
        program.ask("ask", &[("traceparent", &parent)]).await;
        let asked = model.record.requests().pop().unwrap();
        assert_eq!((asked.header("traceparent"), asked.header("tracestate")), (None, None));
    }
}
