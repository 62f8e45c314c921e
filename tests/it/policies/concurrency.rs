//! A turn that comes while another one of its session is under way.

use alphora::prelude::*;

use super::*;

fn config(concurrency: Concurrency) -> ScriptedConfig {
    ScriptedConfig { concurrency, ..Default::default() }
}

#[tokio::test]
async fn by_default_a_turn_waits() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    let first = bench.begun("sleep 100\nremember a", true, &[]).await;
    assert_eq!(bench.ask("remember b\nrecall", true, &[]).await.content(), "a,b");
    assert!(rest(first).await.contains("[DONE]"));
}

#[tokio::test]
async fn a_turn_that_rejects_is_refused_at_once() {
    let bench = Bench::start(config(Concurrency::Reject)).await;
    let first = bench.begun("sleep 200\nremember a", true, &[]).await;
    for stream in [true, false] {
        let refused = bench.ask("remember b", stream, &[]).await;
        assert_eq!((refused.status, refused.header("retry-after")), (409, Some("1")));
        assert_eq!(refused.error()["code"], "session_busy");
    }
    assert!(rest(first).await.contains("[DONE]"));
    assert_eq!(bench.recall().await, "a");
}

#[tokio::test]
async fn the_turn_under_way_is_ended_and_kept_or_discarded() {
    for (concurrency, expected) in [(Concurrency::Interrupt, "a,b"), (Concurrency::Rollback, "b")] {
        // After its first byte, and before it.
        for (script, stream) in
            [("remember a\ntext begun\nhang", true), ("remember a\nhang", true), ("remember a\nhang", false)]
        {
            let bench = Bench::start(config(concurrency)).await;
            let first = bench.begun(script, stream, &[]).await;
            let next = bench.ask("remember b\nrecall", stream, &[]).await;
            assert_eq!(next.content(), expected, "{concurrency:?} {script}");
            let text = rest(first).await;
            if script.contains("begun") {
                assert_cut(&text, "run_superseded");
            } else {
                assert_conflict(&text, "run_superseded");
            }
            assert_eq!(bench.methods(), 0);
        }
    }
}

#[tokio::test]
async fn turns_that_wait_are_ended_too() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    let first = bench.begun("remember a\ntext begun\nhang", true, &[]).await;
    let mut waiting = Vec::new();
    for stream in [true, false, true] {
        waiting.push(bench.begin("remember never", stream, &[]).await);
    }
    until_runs(bench.server.addr, 4).await;
    let next = bench.ask("remember b\nrecall", false, &[("x-alphora-concurrency", "interrupt")]).await;
    assert_eq!(next.content(), "a,b");
    assert_cut(&rest(first).await, "run_superseded");
    for turn in waiting {
        assert_conflict(&rest(turn).await, "run_superseded");
    }
    until_runs(bench.server.addr, 0).await;
}

#[tokio::test]
async fn a_run_without_a_client_can_be_superseded() {
    let bench = Bench::start(config(Concurrency::Rollback)).await;
    drop(bench.begun("remember a\ntext begun\nhang", true, &[("x-alphora-on-disconnect", "continue")]).await);
    until_runs(bench.server.addr, 1).await;
    assert_eq!(bench.ask("remember b\nrecall", true, &[]).await.content(), "b");
    until_runs(bench.server.addr, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn turns_that_chase_each_other_all_end() {
    let bench = Arc::new(Bench::start(ScriptedConfig::default()).await);
    let mut tasks = tokio::task::JoinSet::new();
    for turn in 0..60_usize {
        let bench = bench.clone();
        tasks.spawn(async move {
            let concurrency = Concurrency::ALL[turn % 4].as_str();
            let script = format!("remember {turn}\nsleep {}\nremember {turn}", turn % 7);
            bench.ask(&script, turn % 2 == 0, &[("x-alphora-concurrency", concurrency)]).await.status
        });
        if turn % 5 == 0 {
            tokio::task::yield_now().await;
        }
    }
    let statuses = tokio::time::timeout(Duration::from_secs(20), tasks.join_all()).await.unwrap();
    assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
    until_runs(bench.server.addr, 0).await;
    // A turn that ended well has written twice in a row; one that was interrupted, once at its end or twice.
    let recalled = bench.recall().await;
    let notes: Vec<&str> = recalled.split(',').filter(|note| !note.is_empty()).collect();
    let runs = notes.chunk_by(|one, other| one == other).collect::<Vec<_>>();
    let distinct: std::collections::HashSet<_> = notes.iter().collect();
    assert_eq!(runs.len(), distinct.len(), "no turn is torn by another: {recalled}");
}
