//! A tool that fetches what a model names: the model reads pages, and in words what it may not have.

use std::sync::Arc;

use alphora::fetch::Client;
use alphora::prelude::*;
use alphora::{ScriptedModel, ScriptedReply};
use alphora_tests::{TestServer, post};
use serde_json::json;

/// Reads a page of the web.
#[tool]
async fn read_page(url: String, context: ToolContext) -> Result<String, String> {
    let client = context.state::<Client>().ok_or("pages cannot be read here")?;
    let page = client.get(url).await.and_then(|page| page.success());
    Ok(page.map_err(|error| error.to_string())?.text())
}

#[agent]
struct Reads {
    llm: OpenAILike,
    tools: ToolExecutor,
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/reads")]
impl Reads {
    async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        self.memory.add_user(request.get_user_query());
        self.tools.run_tools(&self.llm, &mut self.memory, &self.stream).await?;
        Ok(())
    }
}

/// What the model is told of a page that it wants, with a client that may reach `allowed` besides what is public.
async fn told(url: &str, allowed: Option<&str>) -> String {
    let arguments = json!({"url": url}).to_string();
    let model =
        ScriptedModel::new([ScriptedReply::tool_call("read_page", arguments), ScriptedReply::text(["read"])]);
    let mut registry = ToolRegistry::new();
    registry.register(read_page).unwrap();
    let client = allowed.into_iter().fold(Client::builder(), |client, network| client.allow(network));
    let tools = ToolExecutor::new(&registry).with_state(client.build().unwrap());
    let agent = Reads {
        llm: OpenAILike::from_model(model.clone()),
        tools,
        memory: MemoryManager::default(),
        stream: DataStreamer::default(),
    };
    let server = TestServer::start(alphora::publish(agent)).await;
    let body = json!({"messages": [{"role": "user", "content": "read it"}], "stream": false});
    let answer = post(server.addr, "/reads/chat/completions", body, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    model.requests()[1].messages.last().unwrap().text().into_owned()
}

#[tokio::test]
async fn what_is_listed_is_read_and_the_rest_is_refused_in_words() {
    let site = TestServer::start(alphora::publish(alphora_tests::Scripted::new(Arc::default()))).await;
    let port = site.addr.port();
    let health = format!("http://127.0.0.1:{port}/health");

    assert!(told(&health, Some("127.0.0.1")).await.contains("ok"), "it is listed");
    for url in
        [health, format!("http://localhost:{port}/health"), format!("http://[::ffff:127.0.0.1]:{port}/")]
    {
        let refusal = told(&url, None).await;
        assert!(refusal.contains("only public addresses may"), "{url}: {refusal}");
    }
    let missing = told(&format!("http://127.0.0.1:{port}/none"), Some("127.0.0.0/8")).await;
    assert!(missing.contains("404"), "{missing}");
}
