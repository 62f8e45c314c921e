//! What a repetition gets: the first one's answer, whenever it comes.

use alphora_tests::Connection;
use tokio::task::JoinSet;

use super::*;

#[tokio::test]
async fn a_repetition_gets_the_answer_of_the_first() {
    let bench = Bench::start().await;
    for (nth, (path, stream)) in
        [(AGENT, true), (AGENT, false), (OPENAI, true), (OPENAI, false)].into_iter().enumerate()
    {
        let body = body("text a\nsleep 20\nnth", stream);
        let key = format!("key-{nth}");
        let first = ask(bench.addr(), path, &key, &body).await;
        assert_eq!(first.status, 200, "{}", first.body);
        assert!(first.body.contains(first.header("x-run-id").unwrap()), "the answer's id is the run's");
        for _ in 0..3 {
            assert_repeats(&first, &ask(bench.addr(), path, &key, &body).await);
        }
        assert_eq!(bench.begun(), nth + 1);
        let text = if stream { text_of(&first) } else { first.content() };
        assert_eq!(text, format!("a{}", nth + 1));
        assert_eq!(first.body.ends_with("data: [DONE]\n\n"), stream);
    }
    until_runs(bench.addr(), 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_at_once_are_one_run() {
    let bench = Bench::start().await;
    for (nth, (path, stream)) in
        [(AGENT, true), (OPENAI, false), (OPENAI, true), (AGENT, false)].into_iter().enumerate()
    {
        let body = body("text a\nsleep 200\nnth\nsleep 100\ntext c", stream);
        let mut asking = JoinSet::new();
        for number in 0..50 {
            let (addr, body) = (bench.addr(), body.clone());
            asking.spawn(async move {
                // Some come at once, some while the first is under way, some when it has ended.
                tokio::time::sleep(Duration::from_millis(number / 10 * 120)).await;
                ask(addr, path, &format!("{nth}"), &body).await
            });
        }
        let answers = asking.join_all().await;
        let (firsts, others): (Vec<_>, Vec<_>) =
            answers.iter().partition(|answer| answer.header("idempotent-replayed").is_none());
        assert_eq!((firsts.len(), others.len(), bench.begun()), (1, 49, nth + 1));
        for other in others {
            assert_repeats(firsts[0], other);
        }
    }
    until_runs(bench.addr(), 0).await;
}

#[tokio::test]
async fn the_first_client_may_leave() {
    let bench = Bench::start().await;
    for (key, path, stream) in
        [("a", OPENAI, true), ("b", OPENAI, false), ("c", AGENT, true), ("d", AGENT, false)]
    {
        let body = body("text a\nsleep 300\nnth", stream);
        let before = bench.begun();
        let connection = Connection::send(bench.addr(), &bytes_of(path, key, &body)).await.unwrap();
        until("it has begun", async || bench.begun() > before).await;
        drop(connection);
        let again = ask(bench.addr(), path, key, &body).await;
        assert_eq!(
            (again.status, again.header("idempotent-replayed")),
            (200, Some("true")),
            "{}",
            again.body
        );
        let text = if stream { text_of(&again) } else { again.content() };
        assert_eq!(text, format!("a{}", before + 1));
        assert_repeats_each_other(&again, &ask(bench.addr(), path, key, &body).await);
        assert_eq!(bench.begun(), before + 1);
    }
    until_runs(bench.addr(), 0).await;
}

fn assert_repeats_each_other(one: &Answer, other: &Answer) {
    assert_eq!((one.header("x-run-id"), said(one)), (other.header("x-run-id"), said(other)));
}

#[tokio::test]
async fn a_turn_is_taken_once() {
    let bench = Bench::start().await;
    let turn = |script: &str, stream: bool| json!({ "messages": [{ "role": "user", "content": script }], "stream": stream, "session_id": "s" });
    for (key, stream) in [("a", true), ("b", false)] {
        let body = turn("remember x\nrecall", stream);
        let first = ask(bench.addr(), OPENAI, key, &body).await;
        assert_eq!(first.header("x-session-id"), Some("s"));
        // Another turn has the session meanwhile, and is neither waited for nor disturbed.
        let gate = Gate::new();
        let other = turn(&format!("gate {gate}\nrecall"), false);
        let (other, again) = tokio::join!(post(bench.addr(), OPENAI, other, &[]), async {
            gate.reached(1).await;
            let again = tokio::time::timeout(PATIENCE, ask(bench.addr(), OPENAI, key, &body)).await;
            gate.open();
            again.expect("it does not wait for the other turn")
        });
        assert_repeats(&first, &again);
        assert_eq!(other.content(), if key == "a" { "x" } else { "x,x" });
    }
}

#[tokio::test]
async fn a_new_session_is_announced_once() {
    let bench = Bench::start().await;
    for (key, stream) in [("a", true), ("b", false)] {
        let body = body("remember x", stream);
        let first = ask(bench.addr(), AGENT, key, &body).await;
        let session = first.header("x-session-id").unwrap().to_owned();
        assert_repeats(&first, &ask(bench.addr(), AGENT, key, &body).await);
        let next = json!({ "messages": [{ "role": "user", "content": "recall" }], "session_id": session, "stream": false });
        assert_eq!(post(bench.addr(), OPENAI, next, &[]).await.content(), "x");
    }
}

#[tokio::test]
async fn a_key_lasts_for_its_time_after_the_end() {
    let server = ServerConfig { idempotency_time: Duration::from_millis(600), ..ServerConfig::default() };
    let bench = Bench::start_with(server, None).await;
    let body = body("sleep 900\nnth", false);
    let first = ask(bench.addr(), OPENAI, "k", &body).await;
    assert_eq!(first.content(), "1");
    assert_repeats(&first, &ask(bench.addr(), OPENAI, "k", &body).await);
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(ask(bench.addr(), OPENAI, "k", &body).await.content(), "2");
}

#[tokio::test]
async fn a_stream_can_be_resumable_too() {
    let bench = Bench::start().await;
    let body = body("text a\ntext b", true);
    let headers = [("Idempotency-Key", "k"), ("x-alphora-resumable", "1")];
    let first = post(bench.addr(), OPENAI, &body, &headers).await;
    assert_eq!(first.header("x-alphora-resumable"), Some("1"));
    let path = format!("/v1/runs/{}/events", first.header("x-run-id").unwrap());
    let rest = exchange(bench.addr(), &request("GET", &path, &[("Last-Event-ID", "1")], b"")).await;
    assert!(rest.status == 200 && first.body.ends_with(&rest.body) && !rest.body.is_empty(), "{}", rest.body);
    assert_repeats(&first, &ask(bench.addr(), OPENAI, "k", &body).await);
    // What is kept in one piece is no stream to come back to.
    let whole = ask(bench.addr(), OPENAI, "whole", &super::body("text a", false)).await;
    let path = format!("/v1/runs/{}/events", whole.header("x-run-id").unwrap());
    assert_eq!(get(bench.addr(), &path).await.error()["code"], "run_not_found");
}
