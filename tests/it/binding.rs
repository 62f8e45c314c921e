//! What the generated code binds to a run: fields that call models and tools work for it, wherever they go.

use std::sync::Arc;

use alphora::model::{ScriptedModel, ScriptedReply};
use alphora::prelude::*;
use alphora_tests::{TestServer, post};
use serde_json::json;

/// A model that takes 9 and 3 tokens for each of its answers.
fn model() -> OpenAILike {
    let reply = || ScriptedReply::text(["fine"]).usage(Usage::new(9, 3));
    OpenAILike::from_model(ScriptedModel::new([reply(), reply()]))
}

/// The whole answer to one question.
async fn answer(llm: &OpenAILike, query: &str) -> Result<String, ModelError> {
    Ok(llm.acall(query).await?.response().await?.to_owned())
}

/// Has no marked field, and asks its model twice.
#[agent]
struct Asks {
    llm: OpenAILike,
}

#[agent(path = "/asks")]
impl Asks {
    async fn run(&self, request: OpenAIRequest) -> Result<String, AgentError> {
        let first = answer(&self.llm, &request.get_user_query()).await?;
        let second = answer(&self.llm, "again").await?;
        Ok(format!("{first} {second}"))
    }
}

/// Asks from a task of its own; its type has parameters, and its fields conditions.
#[agent]
struct Sends<T> {
    name: T,
    #[cfg(test)]
    llm: OpenAILike,
    #[cfg(not(test))]
    gone: OpenAILike,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/sends")]
impl<T: ToString + Send + Sync> Sends<T> {
    async fn run(&self, request: OpenAIRequest) -> alphora::Result {
        let llm = self.llm.clone();
        #[expect(clippy::disallowed_methods, reason = "it is awaited")]
        let asked = tokio::spawn(async move { answer(&llm, &request.get_user_query()).await });
        let answer = asked.await.map_err(std::io::Error::other)??;
        self.stream.text(format!("{}: {answer}", self.name.to_string())).await
    }
}

/// Holds its model where the generated code does not look, and binds it by hand.
#[agent]
struct ByHand {
    llm: Arc<OpenAILike>,
    bound: bool,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/by-hand")]
impl ByHand {
    async fn run(&self, request: OpenAIRequest) -> Result<String, AgentError> {
        let llm = if self.bound { self.llm.bound_to(&self.stream) } else { OpenAILike::clone(&self.llm) };
        Ok(answer(&llm, &request.get_user_query()).await?)
    }
}

/// Takes its time.
#[tool]
async fn look_up(context: ToolContext) -> &'static str {
    context.status("looking").await;
    "found"
}

/// Calls a tool that says how far it is.
#[agent]
struct Calls {
    tools: ToolExecutor,
}

#[agent(path = "/calls")]
impl Calls {
    async fn run(&self, _: OpenAIRequest) -> Result<String, AgentError> {
        let results = self.tools.execute([ToolCall::new("call_1", "look_up", "{}")]).await;
        Ok(results.into_iter().map(|result| result.content).collect())
    }
}

/// The answer and the tokens of a call that does not stream.
async fn asked(server: &TestServer, path: &str) -> (String, serde_json::Value) {
    let body = json!({"messages": [{"role": "user", "content": "how are you?"}], "stream": false});
    let answer = post(server.addr, &format!("{path}/chat/completions"), body, &[]).await;
    let usage = answer.json()["usage"].clone();
    (answer.content(), usage)
}

#[tokio::test]
async fn the_tokens_of_all_calls_of_a_run_add_up() {
    let server = TestServer::start(alphora::publish(Asks::new(model()))).await;
    let (answer, usage) = asked(&server, "/asks").await;
    assert_eq!(answer, "fine fine");
    assert_eq!((&usage["prompt_tokens"], &usage["completion_tokens"]), (&json!(18), &json!(6)));
}

#[tokio::test]
async fn a_clone_in_a_task_still_works_for_the_run() {
    let server = TestServer::start(alphora::publish(Sends::new("task", model()))).await;
    let (answer, usage) = asked(&server, "/sends").await;
    assert_eq!(answer, "task: fine");
    assert_eq!(usage["total_tokens"], 12);
}

#[tokio::test]
async fn other_types_are_bound_by_hand() {
    for (bound, total) in [(true, 12), (false, 0)] {
        let agent = ByHand::new(Arc::new(model()), bound);
        let server = TestServer::start(alphora::publish(agent)).await;
        let (answer, usage) = asked(&server, "/by-hand").await;
        assert_eq!(answer, "fine");
        assert_eq!(usage["total_tokens"].as_u64().unwrap_or(0), total, "{usage}");
    }
}

#[tokio::test]
async fn what_tools_say_reaches_the_client() {
    let mut registry = ToolRegistry::new();
    registry.register(look_up).unwrap();
    let server = TestServer::start(alphora::publish(Calls::new(ToolExecutor::new(registry)))).await;
    let body = json!({"messages": [{"role": "user", "content": "go"}], "stream": true});
    let answer = post(server.addr, "/calls/chat/completions", body, &[]).await;
    let said: Vec<_> = answer.chunks().iter().map(|chunk| chunk["choices"][0]["delta"].clone()).collect();
    let status = |delta: &&serde_json::Value| delta["content_type"] == "status";
    assert!(said.iter().filter(status).any(|delta| delta["content"] == "look_up: looking"), "{said:?}");
    assert!(said.iter().any(|delta| delta["content"] == "found"), "{said:?}");
}
