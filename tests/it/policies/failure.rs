//! What is remembered of a run that does not end well.

use alphora::prelude::*;

use super::*;

fn keep() -> ScriptedConfig {
    ScriptedConfig { on_failure: OnFailure::Keep, timeout: Duration::from_millis(200), ..Default::default() }
}

#[tokio::test]
async fn what_is_kept_is_kept_however_the_run_fails() {
    let bench = Bench::start(keep()).await;
    for stream in [true, false] {
        for (nth, script) in
            ["fail x", "text begun\nfail x", "hang", "text begun\nhang", "public 400 x"].iter().enumerate()
        {
            let session = format!("s-{nth}-{stream}");
            let script = format!("remember {nth}\n{script}");
            post(bench.server.addr, OPENAI, body(&script, stream, &session), &[]).await;
            let recalled = post(bench.server.addr, OPENAI, body("recall", false, &session), &[]).await;
            assert_eq!(recalled.content(), nth.to_string(), "{script}");
        }
        for script in ["remember a\npanic x", "remember a\ntext begun\npanic x"] {
            bench.ask(script, stream, &[]).await;
            assert_eq!(bench.recall().await, "", "after a panic nothing is kept");
        }
    }
}

#[tokio::test]
async fn a_session_that_no_client_named_is_kept_under_the_id_that_it_was_told() {
    let bench = Bench::start(keep()).await;
    let answer = bench.server.addr;
    let failed = post(answer, OPENAI, body("remember a\nfail x", false, ""), &[]).await;
    assert_eq!(failed.status, 500);
    let session = failed.header("x-session-id").unwrap().to_owned();
    let recalled = post(answer, OPENAI, body("recall", false, &session), &[]).await;
    assert_eq!(recalled.content(), "a");
}

#[tokio::test]
async fn what_is_too_large_to_be_kept_does_not_hide_the_failure() {
    let pool = alphora::session::MemoryPool::default().with_max_session_bytes(100);
    let publisher = alphora::publish(Scripted::new(Arc::default())).config(keep()).memory_pool(pool);
    let bench = Bench { server: TestServer::start(publisher).await, running: Arc::default() };
    let script = format!("remember {}\npublic 418 a teapot", "x".repeat(200));
    let answer = bench.ask(&script, false, &[]).await;
    assert_eq!((answer.status, &answer.error()["message"]), (418, &json!("a teapot")));
    assert_eq!(bench.recall().await, "");
}

/// Asks for two tools, gets the result of one, and fails.
#[agent]
struct Halfway {
    #[agent(memory)]
    memory: MemoryManager,
}

#[agent(on_failure = "keep")]
impl Halfway {
    async fn run(&mut self, request: OpenAIRequest) -> Result<String, AgentError> {
        if request.get_user_query() == "recall" {
            return Ok(self.memory.messages().map(|message| message.text().into_owned() + ";").collect());
        }
        self.memory.add_user(request.get_user_query());
        let calls = ["one", "two"].map(|id| ToolCall::new(id, "weather", "{}"));
        self.memory.add_assistant(Message::assistant_calls(calls.into()));
        self.memory.add_tool_result(("one", "sunny"));
        Err("halfway".into())
    }
}

#[tokio::test]
async fn a_round_of_tools_that_is_not_complete_is_not_kept() {
    let server = TestServer::start(alphora::publish(Halfway::new())).await;
    assert_eq!(post(server.addr, OPENAI, body("how is it?", false, "s"), &[]).await.status, 500);
    assert_eq!(post(server.addr, OPENAI, body("recall", false, "s"), &[]).await.content(), "how is it?;");
}
