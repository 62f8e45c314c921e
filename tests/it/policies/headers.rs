//! What one request may say for itself.

use super::*;

#[tokio::test]
async fn a_request_may_choose_for_itself() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    drop(bench.begun("sleep 100\nremember a", true, &[("X-Alphora-On-Disconnect", "continue")]).await);
    assert_eq!(bench.ask("recall", true, &[("X-Alphora-Concurrency", "reject")]).await.status, 409);
    assert_eq!(bench.ask("recall", true, &[("x-alphora-concurrency", "enqueue")]).await.content(), "a");
    drop(bench.begun("remember b\nhang", true, &[("x-alphora-on-disconnect", "cancel")]).await);
    until_runs(bench.server.addr, 0).await;
    assert_eq!(bench.recall().await, "a");
}

#[tokio::test]
async fn a_wrong_word_is_told_with_the_right_ones() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    for (header, word, words) in [
        ("x-alphora-on-disconnect", "Continue", "`cancel`, `continue`"),
        ("x-alphora-on-disconnect", "", "`cancel`, `continue`"),
        ("x-alphora-concurrency", "queue", "`enqueue`, `reject`, `interrupt`, `rollback`"),
    ] {
        let answer = bench.ask("text x", true, &[(header, word)]).await;
        let error = answer.error();
        assert_eq!((answer.status, &error["param"]), (400, &json!(header)));
        assert_eq!(error["code"], "invalid_value");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(&format!("`{word}`")) && message.ends_with(words), "{message}");
    }
    assert_eq!(bench.runs().await, 0);
}

#[tokio::test]
async fn what_is_kept_of_a_failed_run_is_not_the_clients_to_say() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    let answer = bench.ask("remember a\nfail x", false, &[("x-alphora-on-failure", "keep")]).await;
    assert_eq!(answer.status, 500);
    assert_eq!(bench.recall().await, "");
}
