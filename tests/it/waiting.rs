//! A run that waits for a model or a tool is not silent: what it waits for has clocks of its own.

use std::time::Duration;

use alphora::prelude::*;
use alphora::testing::{ScriptedReply, scripted};
use alphora_tests::{TestServer, post};

/// Takes its time.
#[tool]
async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_millis(1300)).await;
    "done"
}

#[agent]
struct Patient {
    llm: OpenAILike,
    executor: ToolExecutor,
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Patient {
    async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        let query = request.get_user_query().into_owned();
        self.memory.add_user(query.as_str());
        if query == "hang" {
            std::future::pending::<()>().await;
        }
        if query == "tools" {
            self.executor.run_tools(&self.llm, &mut self.memory, &self.stream).await?;
            return Ok(());
        }
        // The seed's order: ask, then iterate.
        let mut reply = self.llm.acall(query).await?;
        reply.has_tool_calls().await?;
        reply.send_to(&self.stream).await?;
        Ok(())
    }
}

/// What a client gets of an agent that may be silent for 400 ms at first, and for a second later.
async fn answer(query: &str, replies: impl IntoIterator<Item = ScriptedReply>) -> (u16, String) {
    let mut registry = ToolRegistry::new();
    registry.register(slow).unwrap();
    let executor = ToolExecutor::new(&registry).status(false);
    let (first_event_timeout, idle_timeout) = (Duration::from_millis(400), Duration::from_millis(1000));
    let config = PatientConfig { first_event_timeout, idle_timeout, ..Default::default() };
    let server = TestServer::start(publish(Patient::new(scripted(replies), executor)).config(config)).await;
    let body = serde_json::json!({ "messages": [{ "role": "user", "content": query }], "stream": false });
    let answer = post(server.addr, "/v1/chat/completions", body, &[]).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn a_model_that_begins_late_is_waited_for() {
    let late = ScriptedReply::text(["hello"]).delay(Duration::from_millis(700));
    let (status, text) = answer("late", [late]).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("hello"), "{text}");
}

#[tokio::test]
async fn a_model_that_is_read_ahead_keeps_the_run_alive() {
    let pieces = ["a ", "b ", "c ", "d ", "e ", "f ", "g ", "h"];
    let (status, text) =
        answer("ahead", [ScriptedReply::text(pieces).delay(Duration::from_millis(150))]).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("a b c d e f g h"), "{text}");
}

#[tokio::test]
async fn a_tool_that_works_keeps_the_run_alive() {
    let replies = [ScriptedReply::text(["wait "]).and_tool_call("slow", "{}"), "done".into()];
    let (status, text) = answer("tools", replies).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("done") && text.contains(r#""finish_reason":"stop""#), "{text}");
}

#[tokio::test]
async fn an_agent_that_waits_for_nothing_is_ended() {
    let (status, text) = answer("hang", ["unused".into()]).await;
    assert_eq!(status, 504, "{text}");
}

#[tokio::test]
async fn a_model_that_stalls_is_ended() {
    let (status, text) = answer("stall", [ScriptedReply::text(["half"]).then_stall()]).await;
    assert_eq!(status, 504, "{text}");
}
