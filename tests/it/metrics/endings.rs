//! Each run has one end, and it is counted as what it was.

use alphora_tests::until_draining;

use super::*;

/// How often each outcome is expected, and that nothing else was counted.
#[track_caller]
fn assert_ended(samples: &Samples, expected: &[(&str, f64)]) {
    for (outcome, count) in expected {
        assert!((samples.ended(outcome) - count).abs() < 0.5, "{outcome}: {}", samples.ended(outcome));
    }
    let all: f64 = expected.iter().map(|(_, count)| count).sum();
    let started = samples.get("alphora_runs_started_total{agent=\"Scripted\"}");
    assert!((started - all).abs() < 0.5, "{started} have begun, {all} were expected");
    assert!((samples.sum("alphora_runs_total{") - all).abs() < 0.5, "each has ended once");
    let timed = samples.get("alphora_run_duration_seconds_count{agent=\"Scripted\"}");
    assert!((timed - all).abs() < 0.5, "each is in the distribution: {timed}");
}

#[tokio::test]
async fn runs_that_end_by_themselves() {
    let config = ScriptedConfig { timeout: Duration::from_millis(300), ..Default::default() };
    let bench = Bench::start(config).await;
    for stream in [true, false] {
        for (script, status) in [
            ("text a\nusage 7 5", 200),
            ("hang", 200),
            ("text a\nhang", 200),
            ("fail x", 500),
            ("panic x", 500),
            ("public 400 no", 400),
        ] {
            let answer = bench.ask(script, stream, &[]).await;
            assert_eq!(answer.status, status, "{script}: {}", answer.body);
        }
        // After the first byte it is an event of the stream, and a failure all the same.
        bench.ask("text a\nfail x", stream, &[]).await;
    }
    let samples = bench.idle().await;
    assert_ended(
        &samples,
        &[("ok", 2.0), ("timeout", 4.0), ("failed", 4.0), ("panicked", 2.0), ("refused", 2.0)],
    );
    let tokens =
        |kind: &str| samples.get(&format!("alphora_tokens_total{{agent=\"Scripted\",kind=\"{kind}\"}}"));
    assert_eq!((tokens("prompt"), tokens("completion")), (14.0, 10.0));
    let first = samples.get("alphora_run_first_event_seconds_count{agent=\"Scripted\"}");
    assert!((first - 6.0).abs() < 0.5, "those that have sent something: {first}");
}

#[tokio::test]
async fn runs_whose_clients_leave() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    for stream in [true, false] {
        drop(bench.begun("text a\nhang", stream, &[]).await);
        bench.idle().await;
    }
    assert_ended(&bench.idle().await, &[("disconnected", 2.0)]);
    // One that goes on ends as it would have with its client.
    let goes_on = [("x-alphora-on-disconnect", "continue")];
    drop(bench.begun("text a\nsleep 300", false, &goes_on).await);
    bench.idle().await;
    drop(bench.begun("text a\nsleep 300\nfail x", true, &goes_on).await);
    assert_ended(&bench.idle().await, &[("disconnected", 2.0), ("ok", 1.0), ("failed", 1.0)]);
}

#[tokio::test]
async fn runs_that_others_end() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    for stream in [true, false] {
        let mut left = bench.begun("hang", stream, &[]).await;
        let second = bench.ask("text b", false, &[("x-alphora-concurrency", "rollback")]).await;
        assert_eq!(second.status, 200, "{}", second.body);
        left.rest().await.unwrap();
        let mut busy = bench.begun("text a\nsleep 200", stream, &[]).await;
        let refused = bench.ask("text b", stream, &[("x-alphora-concurrency", "reject")]).await;
        assert_eq!(refused.status, 409, "{}", refused.body);
        busy.rest().await.unwrap();
    }
    let mut stream = bench.begun("text a\nhang", true, &[]).await;
    let head = stream.until("\r\n\r\n").await.unwrap();
    let run = head.split("x-run-id: ").nth(1).unwrap().split("\r\n").next().unwrap();
    let cancel = post(bench.addr(), &format!("/v1/runs/{run}/cancel"), "", &[]).await;
    assert_eq!(cancel.status, 202, "{}", cancel.body);
    stream.rest().await.unwrap();
    let expected = [("superseded", 2.0), ("session_busy", 2.0), ("ok", 4.0), ("cancelled", 1.0)];
    assert_ended(&bench.idle().await, &expected);
}

#[tokio::test]
async fn resumable_runs() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    let resumable = [("x-alphora-resumable", "1")];
    assert_eq!(bench.ask("text a", true, &resumable).await.status, 200);
    assert_eq!(bench.ask("fail x", true, &resumable).await.status, 500);
    drop(bench.begun("text a\nsleep 300", true, &resumable).await);
    assert_ended(&bench.idle().await, &[("ok", 2.0), ("failed", 1.0)]);
}

#[tokio::test]
async fn what_is_under_way_is_told_while_it_is() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    let mut first = bench.begun("text a\nhang", true, &[]).await;
    first.until("\"a\"").await.unwrap();
    // It waits for the session that the first one has.
    let bytes = request("POST", OPENAI, &[], body("text b", false).to_string().as_bytes());
    let second = Connection::send(bench.addr(), &bytes).await.unwrap();
    let waiting = "alphora_session_turns_waiting{agent=\"Scripted\"}";
    let samples = until_some("a turn waits", async || {
        Some(bench.scrape().await).filter(|samples| samples.get(waiting) > 0.5)
    })
    .await;
    assert_eq!(samples.get("alphora_runs_active{agent=\"Scripted\"}"), 2.0);
    assert_eq!(samples.get("alphora_streams_open"), 1.0);
    assert_eq!(samples.get("alphora_connections_open"), 3.0, "the two and that of the scrape");
    drop((first, second));
    let idle = bench.idle().await;
    assert_eq!(idle.get(waiting), 0.0);
    assert_ended(&idle, &[("disconnected", 2.0)]);
}

#[tokio::test]
async fn runs_that_are_cut_by_a_stop() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    let (addr, mut server) = (bench.addr(), bench.server);
    let bytes = request("POST", AGENT, &[], body("text a\nhang", true).to_string().as_bytes());
    let mut stream = Connection::send(addr, &bytes).await.unwrap();
    stream.until("\"a\"").await.unwrap();
    server.tell_to_stop();
    until_draining(addr).await;
    let samples = Samples::of(addr).await;
    assert_eq!(samples.get("alphora_draining"), 1.0, "a server that drains is still scraped");
    assert_eq!(samples.get("alphora_runs_active{agent=\"Scripted\"}"), 1.0);
    let refused = post(addr, OPENAI, body("text b", false), &[]).await;
    assert_eq!(refused.status, 503);
    let samples = Samples::of(addr).await;
    assert_eq!(samples.get("alphora_requests_refused_total{reason=\"draining\"}"), 1.0);
}
