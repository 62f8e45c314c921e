//! How resumable runs end: with their log, without it, by their clocks, and with their server.

use std::time::Instant;

use alphora_tests::Gate;
use tokio::time::timeout;

use super::*;

/// Shorter than anything else that could end them.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn the_log_is_whole_before_the_client_is_told() {
    let log = Log::new();
    let server = ServerConfig { max_runs: 1, ..ServerConfig::default() };
    let bench = Bench::start_with(&log, ScriptedConfig::default(), server).await;
    log.append_takes.store(150, Ordering::SeqCst);
    for nth in 1..=5 {
        let begun = Instant::now();
        let answer = bench.ask("text a").await;
        // The only place is free again as soon as the client knows.
        assert_eq!(answer.status, 200, "{}", answer.body);
        let all = exact(&answer.body);
        check_whole(&all, 1);
        assert_eq!((log.last.load(Ordering::SeqCst), log.finished.load(Ordering::SeqCst)), (4, nth));
        assert!(begun.elapsed() >= Duration::from_millis(150));
    }
}

#[tokio::test]
async fn the_live_stream_does_not_wait_for_the_log() {
    let (log, gate) = (Log::new(), Gate::new());
    let bench = Bench::start(&log).await;
    log.gate.store(gate.number(), Ordering::SeqCst);
    let mut stream = bench.begin("text a\nsleep 50\ntext b", 3).await;
    let early = timeout(Duration::from_millis(100), stream.until(5)).await;
    assert!(early.is_err(), "but its end does");
    gate.open();
    stream.until(5).await;
}

#[tokio::test]
async fn an_agent_is_not_faster_than_a_slow_log() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    log.append_takes.store(100, Ordering::SeqCst);
    let begun = Instant::now();
    // More than two MiB: 27 times what may wait for the log, which takes four fifths of it at once at most.
    let answer = bench.ask("flood 8000").await;
    check_whole(&exact(&answer.body), 1);
    let bytes = answer.body.len();
    let largest = log.largest.load(Ordering::SeqCst);
    assert!(largest < 100 * 1024, "{largest} bytes waited at once");
    let batches = u64::try_from(bytes / largest).unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(100 * batches), "{:?}", begun.elapsed());
    // A log that keeps pace is not asked for each event.
    log.append_takes.store(0, Ordering::SeqCst);
    let before = log.appends.load(Ordering::SeqCst);
    bench.ask(&"sleep 2\ntext x\n".repeat(100)).await;
    let appends = log.appends.load(Ordering::SeqCst) - before;
    assert!(appends <= 20, "{appends} for 100 events");
}

#[tokio::test]
async fn a_log_that_fails_takes_nothing_but_coming_back() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    log.is_full.store(true, Ordering::SeqCst);
    let answer = bench.ask("text a\nsleep 100\nflood 3000").await;
    assert_eq!((answer.status, answer.header("x-alphora-resumable")), (200, None));
    check_whole(&exact(&answer.body), 1);
    let found = bench.rest(answer.header("x-run-id").unwrap(), None).await;
    assert_eq!(found.status, 404);

    // It fails in the middle, and the client reads nothing for a while.
    log.is_full.store(false, Ordering::SeqCst);
    let stream = bench.begin("text a\nsleep 100\nflood 3000", 2).await;
    log.is_full.store(true, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(300)).await;
    check_whole(&events(&stream.whole().await), 1);
    until_runs(bench.addr(), 0).await;

    // The client of a run whose log has failed leaves.
    log.is_full.store(false, Ordering::SeqCst);
    let stream = bench.begin("text a\nsleep 100\nflood 3000\ntext b", 2).await;
    log.is_full.store(true, Ordering::SeqCst);
    drop(stream);
    until_runs(bench.addr(), 0).await;

    log.is_blind.store(true, Ordering::SeqCst);
    let answer = bench.rest(answer.header("x-run-id").unwrap(), None).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert_eq!(answer.error()["code"], "session_store_unavailable");
}

#[tokio::test]
async fn a_log_that_comes_back_soon_misses_nothing() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    let stream = bench.begin("text a\nsleep 100\nflood 300", 2).await;
    log.is_full.store(true, Ordering::SeqCst);
    let run = stream.run.clone();
    let back = async {
        tokio::time::sleep(Duration::from_millis(1_000)).await;
        log.is_full.store(false, Ordering::SeqCst);
    };
    let (text, ()) = tokio::join!(stream.whole(), back);
    let all = events(&text);
    check_whole(&all, 1);
    assert_eq!(exact(&bench.rest(&run, None).await.body), all);
}

#[tokio::test]
async fn who_comes_back_for_what_could_not_be_kept_is_told() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    // The log is given up in the middle, and can be written again before the run ends.
    let stream = bench.begin("text a\nsleep 200\ntext b\nsleep 6500\ntext c", 2).await;
    log.is_full.store(true, Ordering::SeqCst);
    let run = stream.run.clone();
    let back = async {
        tokio::time::sleep(Duration::from_millis(6_000)).await;
        log.is_full.store(false, Ordering::SeqCst);
    };
    let (text, ()) = tokio::join!(stream.whole(), back);
    let last = events(&text).last().unwrap().0;
    until_runs(bench.addr(), 0).await;
    until("the log is finished", async || log.finished.load(Ordering::SeqCst) > 0).await;
    for seen in [log.last.load(Ordering::SeqCst), last - 1, last] {
        let answer = bench.rest(&run, Some(seen)).await;
        assert_eq!(
            (answer.status, answer.error()["code"].as_str()),
            (410, Some("run_events_gone")),
            "{seen}"
        );
    }

    // Who has everything of a run that was kept is not.
    let stream = bench.begin("text a", 2).await;
    let run = stream.run.clone();
    let last = events(&stream.whole().await).last().unwrap().0;
    let answer = bench.rest(&run, Some(last)).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert_eq!(bench.rest(&run, Some(last + 1)).await.status, 410);
}

#[tokio::test]
async fn a_log_that_fails_between_two_looks_takes_nothing_for_good() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    let stream = bench.begin("text a", 2).await;
    let run = stream.run.clone();
    let last = events(&stream.whole().await).last().unwrap().0;
    // That nothing comes after the last event is read, and not whether that was the end.
    log.sees.store(1, Ordering::SeqCst);
    let answer = bench.rest(&run, Some(last)).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{}", answer.body);
    log.sees.store(usize::MAX, Ordering::SeqCst);
    let answer = bench.rest(&run, Some(last)).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}

#[tokio::test]
async fn the_clocks_of_a_run_go_on_without_its_client() {
    let log = Log::new();
    let config = ScriptedConfig { timeout: Duration::from_millis(300), ..ScriptedConfig::default() };
    let bench = Bench::start_with(&log, config, ServerConfig::default()).await;
    let stream = bench.begin("text a\nhang", 2).await;
    let run = stream.run.clone();
    drop(stream);
    let rest = exact(&bench.rest(&run, Some(2)).await.body);
    check_whole(&rest, 3);
    assert!(rest[0].1.contains("\"finish_reason\":\"length\""), "{rest:?}");
}

#[tokio::test]
async fn a_server_that_stops_brings_its_own_runs_to_their_end() {
    let log = Log::new();
    let mut bench = Bench::start(&log).await;
    let gate = Gate::new();
    let stream = bench.begin(&format!("text a\ngate {gate}\ntext b"), 2).await;
    let run = stream.run.clone();
    drop(stream);
    let addr = bench.addr();
    until_connections(addr, 0).await;
    let bytes = request("GET", &format!("/v1/runs/{run}/events"), &[("Last-Event-ID", "1")], b"");
    let mut follower = Connection::send(addr, &bytes).await.unwrap();
    follower.until("\"a\"").await.unwrap();
    bench.server.tell_to_stop();
    until_draining(addr).await;
    let late = rest(addr, "/v1", &run, None);
    let goes_on = async {
        until_connections(addr, 2).await;
        gate.open();
    };
    let (late, ()) = tokio::join!(late, goes_on);
    let follower = String::from_utf8(follower.rest().await.unwrap()).unwrap();
    assert_eq!(check_whole(&events(&follower), 3), "b");
    assert_eq!(check_whole(&exact(&late.body), 1), "ab");
    let begun = Instant::now();
    bench.server.stopped().await;
    assert!(begun.elapsed() < SOON);
}

#[tokio::test]
async fn what_does_not_end_by_itself_is_cut_and_kept() {
    let log = Log::new();
    let server = ServerConfig { drain_timeout: Duration::from_millis(200), ..ServerConfig::default() };
    let bench = Bench::start_with(&log, ScriptedConfig::default(), server.clone()).await;
    let other = Bench::start_with(&log, ScriptedConfig::default(), server).await;
    let stream = bench.begin("text a\nhang", 2).await;
    let left = bench.begin("text a\nhang", 2).await;
    let run = left.run.clone();
    drop(left);
    let running = bench.running.clone();
    let begun = Instant::now();
    bench.server.stopped().await;
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    assert_eq!(running.load(Ordering::SeqCst), 0);
    let cut = other.rest(&run, Some(2)).await;
    for events in [exact(&cut.body), events(&stream.whole().await)[2..].to_vec()] {
        assert_eq!(events.len(), 2, "{events:?}");
        assert!(events[0].1.contains("\"shutdown\"") && events[1].1 == "[DONE]", "{events:?}");
    }
}
