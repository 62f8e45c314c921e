//! Heartbeats of a silent stream: one after each `keep_alive` without a chunk, never earlier and never later.

use std::sync::Arc;
use std::time::Duration;

use alphora::Environment;
use alphora_tests::{Scripted, ScriptedConfig};
use http_body_util::{BodyExt, Full};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use proptest::prelude::*;
use tokio::time::Instant;

/// What a client sees, and after how many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Seen {
    Chunk(u64),
    Beat(u64),
}

/// The agent sends after each of these waits, and then its method returns.
fn expected(keep_alive: u64, waits: &[u64]) -> Vec<Seen> {
    let (mut seen, mut now) = (Vec::new(), 0);
    for wait in waits {
        // An event at the very moment of a heartbeat takes its place.
        seen.extend(
            (1..).map(|nth| nth * keep_alive).take_while(|at| at < wait).map(|at| Seen::Beat(now + at)),
        );
        now += wait;
        seen.push(Seen::Chunk(now));
    }
    seen
}

async fn seen(keep_alive: u64, waits: &[u64]) -> Vec<Seen> {
    let config = ScriptedConfig { keep_alive: Duration::from_millis(keep_alive), ..Default::default() };
    let router = alphora::publish(Scripted::new(Arc::default()))
        .config(config)
        .environment(Environment::empty())
        .router()
        .unwrap();
    let script: String = waits.iter().map(|wait| format!("sleep {wait}\ntext x\n")).collect();
    let body = serde_json::json!({ "messages": [{ "role": "user", "content": script }], "stream": true });
    let request = hyper::Request::post("/v1/chat/completions")
        .header("content-type", "application/json")
        .header("host", "localhost")
        .body(Full::<bytes::Bytes>::from(body.to_string()))
        .unwrap();
    let begun = Instant::now();
    let mut response = TowerToHyperService::new(router).call(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut seen = Vec::new();
    while let Some(frame) = response.body_mut().frame().await {
        let bytes = frame.unwrap().into_data().unwrap();
        let now = u64::try_from(begun.elapsed().as_millis()).unwrap();
        let frame = if bytes.starts_with(b":") { Seen::Beat(now) } else { Seen::Chunk(now) };
        // What is sent at one time may come in any number of frames.
        if seen.last() != Some(&frame) || matches!(frame, Seen::Beat(_)) {
            seen.push(frame);
        }
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_silent_stream_has_a_heartbeat_after_each_keep_alive(
        keep_alive in 1..60_u64,
        waits in prop::collection::vec(1..150_u64, 1..=12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let seen = runtime.block_on(seen(keep_alive, &waits));
        prop_assert_eq!(seen, expected(keep_alive, &waits));
    }
}
