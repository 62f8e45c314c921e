//! How spans leave the program: who sends, when, and what happens where nobody takes them.

use std::time::{Duration, Instant};

use alphora_tests::until;
use serde_json::Value as Json;

use super::*;

fn named(received: &Received, name: &str) -> Option<String> {
    match received.resource.get(name)? {
        Value::StringValue(text) => Some(text.clone()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_resource_is_the_program_unless_variables_say_otherwise() {
    let bench = Bench::start(&[]).await;
    bench.program.ask("hello", &[]).await;
    let received = bench.collector.spans(1).await;
    assert_eq!(named(&received, "service.name").as_deref(), Some("traced"));
    assert_eq!(named(&received, "service.version").as_deref(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(named(&received, "telemetry.sdk.language").as_deref(), Some("rust"));

    let variables = [
        ("OTEL_SERVICE_NAME", "shop"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test,service.version=7,service.name=other"),
    ];
    let bench = Bench::start(&variables).await;
    bench.program.ask("hello", &[]).await;
    let received = bench.collector.spans(1).await;
    assert_eq!(named(&received, "service.name").as_deref(), Some("shop"));
    assert_eq!(named(&received, "service.version").as_deref(), Some("7"));
    assert_eq!(named(&received, "deployment.environment.name").as_deref(), Some("test"));
}

#[tokio::test]
async fn the_signals_own_endpoint_and_sampler_count() {
    let collector = Collector::start().await;
    let endpoint = format!("{}/v1/traces", collector.url);
    let model = ModelServer::start(answer).await;
    let variables = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint.as_str())];
    let program = Traced::start(&model.base_url, &variables).await;
    program.ask("hello", &[]).await;
    assert_eq!(collector.spans(1).await.spans.len(), 1);

    let bench = Bench::start(&[("OTEL_TRACES_SAMPLER", "always_off")]).await;
    bench.program.ask("ask", &[]).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(bench.collector.received().spans.is_empty());
}

#[tokio::test]
async fn what_is_left_is_sent_at_the_end_of_main() {
    // The next batch would leave in an hour.
    let mut bench = Bench::start(&[("OTEL_BSP_SCHEDULE_DELAY", "3600000")]).await;
    bench.program.ask("tools", &[]).await;
    assert!(bench.collector.received().spans.is_empty());
    let (status, _) = bench.program.terminate().await;
    assert!(status.success());
    assert_eq!(bench.collector.spans(5).await.spans.len(), 5);
}

#[tokio::test]
async fn a_collector_that_is_down_costs_nobody_anything() {
    let model = ModelServer::start(answer).await;
    let nobody = alphora_tests::model_server::closed_port().await;
    let nobody = nobody.trim_end_matches("/v1");
    // One that takes connections and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let hanging = format!("http://{}", silent.local_addr().unwrap());
    for url in [nobody, &hanging] {
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", url),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "500"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "16"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "8"),
        ];
        let mut program = Traced::start(&model.base_url, &variables).await;
        let mut slowest = Duration::ZERO;
        for _ in 0..100 {
            let begun = Instant::now();
            let answer = program.ask("hello", &[]).await;
            slowest = slowest.max(begun.elapsed());
            assert_eq!((answer.status, answer.content().as_str()), (200, "hello"));
        }
        assert!(slowest < Duration::from_secs(2), "{slowest:?}");
        tokio::time::sleep(Duration::from_secs(2)).await;
        let complaints = program.log().matches("the collector did not take").count();
        assert!(complaints <= 1, "{}", program.log());
        let (status, took) = program.terminate().await;
        assert!(status.success() && took < Duration::from_secs(8), "{took:?}");
    }
}

#[tokio::test]
async fn a_variable_that_makes_no_sense_is_named_and_not_repeated() {
    let model = ModelServer::start(answer).await;
    for (name, value) in [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "canary is no URL"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "ftp://canary:canary@host"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:canary@127.0.0.1:4318"),
    ] {
        let program = Traced::start(&model.base_url, &[(name, value)]).await;
        assert_eq!(program.ask("hello", &[]).await.status, 200);
        until(format!("{name} is named"), async || program.log().contains(name)).await;
        let log = program.log();
        assert!(log.contains("no traces are sent") && !log.contains("canary"), "{log}");
    }
    let variables =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")];
    let program = Traced::start(&model.base_url, &variables).await;
    until("the protocol is named", async || program.log().contains("OTEL_EXPORTER_OTLP_PROTOCOL")).await;
}

#[tokio::test]
async fn what_is_logged_within_a_run_has_its_ids_and_no_attributes() {
    for level in ["info", "traced=info"] {
        let bench = Bench::start(&[("ALPHORA_LOG", "json"), ("RUST_LOG", level)]).await;
        let answer = bench.program.ask("log\ntools", &[]).await;
        bench.collector.spans(5).await;
        let log = bench.program.log();
        for (message, spans) in [("said by the method", 1), ("a tool is at work", 2)] {
            let line = log.lines().find(|line| line.contains(message)).unwrap_or_else(|| panic!("{log}"));
            let line: Json = serde_json::from_str(line).unwrap();
            let within = line["spans"].as_array().unwrap();
            assert_eq!((within.len(), &within[0]["name"]), (spans, &json!("invoke_agent")), "{line}");
            assert_eq!(within[0]["run_id"], answer.header("x-run-id").unwrap());
            assert_eq!(within[0]["request_id"], answer.header("x-request-id").unwrap());
            assert!(within[0]["session_id"].is_string());
            assert!(!line.to_string().contains("gen_ai."), "{line}");
        }
    }
}
