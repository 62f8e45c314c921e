//! A client that leaves before its answer is complete.

use alphora::ServerConfig;
use alphora::prelude::*;

use super::*;

fn config(on_disconnect: OnDisconnect, on_failure: OnFailure) -> ScriptedConfig {
    ScriptedConfig { on_disconnect, on_failure, ..Default::default() }
}

#[tokio::test]
async fn a_run_that_continues_is_stored_and_the_next_turn_sees_it() {
    let bench = Bench::start(config(OnDisconnect::Continue, OnFailure::Rollback)).await;
    for (stream, script) in [
        (true, "text begun\nsleep 200\nflood 20000\nremember a"),
        (false, "text begun\nsleep 200\nflood 20000\nremember b"),
        // Nothing was sent before the client left.
        (true, "sleep 200\nremember c"),
    ] {
        drop(bench.begun(script, stream, &[]).await);
        until_runs(bench.server.addr, 1).await;
        assert_eq!(bench.methods(), 1, "it goes on");
        // The next turn waits for it, as for any other.
        let expected =
            &"a,b,c"[..script.chars().last().map_or(0, |last| (last as usize - 'a' as usize) * 2 + 1)];
        assert_eq!(bench.recall().await, expected);
        until_runs(bench.server.addr, 0).await;
    }
}

#[tokio::test]
async fn a_run_that_waits_for_its_session_continues_to_wait() {
    let bench = Bench::start(config(OnDisconnect::Continue, OnFailure::Rollback)).await;
    let gate = Gate::new();
    let first = bench.begun(&format!("gate {gate}\nremember a"), false, &[]).await;
    let waiting = bench.begin("remember b", true, &[]).await;
    until_runs(bench.server.addr, 2).await;
    drop(waiting);
    until_connections(bench.server.addr, 1).await;
    assert_eq!(bench.runs().await, 2);
    gate.open();
    assert!(rest(first).await.starts_with("HTTP/1.1 200"));
    until_runs(bench.server.addr, 0).await;
    assert_eq!(bench.recall().await, "a,b");
}

#[tokio::test]
async fn a_cancelled_run_leaves_the_queue() {
    let bench = Bench::start(config(OnDisconnect::Cancel, OnFailure::Keep)).await;
    let gate = Gate::new();
    let first = bench.begun(&format!("gate {gate}\nremember a"), false, &[]).await;
    let waiting = bench.begin("remember b", true, &[]).await;
    until_runs(bench.server.addr, 2).await;
    drop(waiting);
    until_runs(bench.server.addr, 1).await;
    gate.open();
    assert!(rest(first).await.starts_with("HTTP/1.1 200"));
    assert_eq!(bench.recall().await, "a");
}

#[tokio::test]
async fn a_cancelled_run_is_kept_if_its_agent_says_so() {
    for (on_failure, expected) in [(OnFailure::Rollback, ""), (OnFailure::Keep, "a,b")] {
        let bench = Bench::start(config(OnDisconnect::Cancel, on_failure)).await;
        drop(bench.begun("remember a\ntext begun\nhang", true, &[]).await);
        until_runs(bench.server.addr, 0).await;
        drop(bench.begun("remember b\nhang", false, &[]).await);
        until_runs(bench.server.addr, 0).await;
        assert_eq!(bench.methods(), 0);
        assert_eq!(bench.recall().await, expected);
    }
}

#[tokio::test]
async fn a_run_that_continues_keeps_its_clocks_and_its_place() {
    let config =
        ScriptedConfig { timeout: Duration::from_secs(2), ..config(OnDisconnect::Continue, OnFailure::Keep) };
    let running = Arc::default();
    let publisher = alphora::publish(Scripted::new(Arc::clone(&running)))
        .config(config)
        .server(ServerConfig { max_runs: 1, ..ServerConfig::default() });
    let bench = Bench { server: TestServer::start(publisher).await, running };
    drop(bench.begun("remember a\ntext begun\nhang", true, &[]).await);
    until_connections(bench.server.addr, 0).await;
    assert_eq!(bench.ask("recall", false, &[]).await.status, 429, "it holds the only place");
    until_runs(bench.server.addr, 0).await;
    assert_eq!(bench.recall().await, "a", "its clock has ended it, and it was kept");
}

#[tokio::test]
async fn a_run_that_continues_and_panics_harms_nobody() {
    let bench = Bench::start(config(OnDisconnect::Continue, OnFailure::Keep)).await;
    drop(bench.begun("remember a\ntext begun\nsleep 50\npanic at last", true, &[]).await);
    until_runs(bench.server.addr, 0).await;
    assert_eq!(bench.recall().await, "", "after a panic nothing is kept");
}

#[tokio::test]
async fn tasks_of_a_run_that_continues_are_read_until_it_ends() {
    let bench = Bench::start(config(OnDisconnect::Continue, OnFailure::Rollback)).await;
    let gate = Gate::new();
    let mut connection = bench.begin(&format!("spawn\ngate {gate}\nremember a"), true, &[]).await;
    connection.until("spawned").await.unwrap();
    drop(connection);
    until_connections(bench.server.addr, 0).await;
    assert_eq!(bench.methods(), 2, "the method, and its task that goes on sending");
    gate.open();
    until_running(&bench.running, 0).await;
    assert_eq!(bench.recall().await, "a");
}

#[tokio::test]
async fn a_run_that_continues_is_ended_by_the_servers_end() {
    let server = ServerConfig { drain_timeout: Duration::from_millis(200), ..ServerConfig::default() };
    let running: Arc<AtomicUsize> = Arc::default();
    let pool = alphora::session::MemoryPool::default();
    let publisher = alphora::publish(Scripted::new(Arc::clone(&running)))
        .config(config(OnDisconnect::Continue, OnFailure::Keep))
        .memory_pool(pool.clone())
        .server(server);
    let mut bench = Bench { server: TestServer::start(publisher).await, running };
    drop(bench.begun("remember a\ntext begun\nhang", true, &[]).await);
    until_runs(bench.server.addr, 1).await;
    bench.server.tell_to_stop();
    until_running(&bench.running, 0).await;
    tokio::time::timeout(Duration::from_secs(3), bench.server.stopped()).await.unwrap();
    assert_eq!(pool.size(), 1, "and what it remembered is kept");
}
