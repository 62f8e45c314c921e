//! What is published, under which names and paths, and what cannot be.

use std::sync::Arc;
use std::time::Duration;

use alphora::Environment;
use alphora::prelude::*;
use alphora_tests::{Scripted, ScriptedConfig, TestServer, get, post};
use serde_json::json;

mod refused;

/// An agent that says its name.
#[agent]
struct Echo;

#[agent(path = "/echo", name = "parrot", api_title = "{agent_name}!", api_description = "does {method_name}")]
impl Echo {
    async fn run(&self, request: OpenAIRequest) -> String {
        request.get_user_query().into_owned()
    }
}

/// Two endpoints over one memory.
#[agent]
struct Desk {
    #[agent(memory)]
    memory: MemoryManager,
}

#[agent(memory_ttl = 60)]
impl Desk {
    #[agent(path = "/tell")]
    async fn tell(&mut self, request: OpenAIRequest) -> &'static str {
        self.memory.add_user(request.get_user_query());
        "noted"
    }

    #[agent(path = "/count", name = "counter")]
    async fn count(&self, request: OpenAIRequest) -> String {
        format!("{} of {}", self.memory.len(), request.model.unwrap_or_default())
    }
}

fn body(model: &str, text: &str) -> serde_json::Value {
    json!({ "model": model, "messages": [{ "role": "user", "content": text }], "session_id": "s", "stream": false })
}

#[tokio::test]
async fn several_agents_are_chosen_by_path_and_by_model() {
    let publisher = alphora::publish(Echo).and(Desk::new()).and(Scripted::new(Arc::default()));
    let server = TestServer::start(publisher).await;
    let models = get(server.addr, "/v1/models").await.json();
    let names: Vec<_> = models["data"].as_array().unwrap().iter().map(|model| model["id"].clone()).collect();
    assert_eq!(names, ["parrot", "Desk.tell", "counter", "Scripted"]);

    let say = async |path: &str, model: &str, text: &str| {
        post(server.addr, &format!("{path}/chat/completions"), body(model, text), &[]).await
    };
    assert_eq!(say("/v1", "parrot", "hi").await.content(), "hi");
    assert_eq!(say("/echo", "anything", "hi").await.content(), "hi");
    assert_eq!(say("/v1", "Desk.tell", "hi").await.content(), "noted");
    assert_eq!(
        say("/count", "m", "").await.content(),
        "1 of m",
        "endpoints of one agent share their sessions"
    );
    for model in ["gpt-4", ""] {
        let unknown = say("/v1", model, "hi").await;
        assert_eq!((unknown.status, &unknown.error()["code"]), (404, &json!("model_not_found")));
    }
    let absent = json!({ "messages": [] });
    assert_eq!(post(server.addr, "/v1/chat/completions", absent, &[]).await.status, 404);
    assert_eq!(get(server.addr, "/echo/models").await.json()["data"][0]["id"], "parrot");
    assert_eq!(get(server.addr, "/v1/models/counter").await.json()["object"], "model");
    assert_eq!(get(server.addr, "/echo/health").await.json()["status"], "ok");
}

#[tokio::test]
async fn one_agent_takes_any_model_and_says_it_back() {
    let server = TestServer::start(alphora::publish(Echo)).await;
    let answer = post(server.addr, "/v1/chat/completions", body("gpt-4", "x"), &[]).await.json();
    assert_eq!(answer["model"], "gpt-4");
    let absent = json!({ "messages": [] });
    assert_eq!(post(server.addr, "/v1/chat/completions", &absent, &[]).await.json()["model"], "parrot");
    let answer =
        post(server.addr, "/echo/chat/completions", &absent, &[("Accept", "application/json")]).await.json();
    assert_eq!(answer["model"], "AlphaData");
}

#[tokio::test]
async fn the_document_has_the_configured_title() {
    let server = TestServer::start(alphora::publish(Echo)).await;
    let document = get(server.addr, "/openapi.json").await.json();
    assert_eq!(document["info"]["title"], "Echo!");
    assert_eq!(document["info"]["description"], "does run");
    assert!(document["paths"]["/echo/chat/completions"]["post"].is_object());
    let config = EchoConfig { api_title: "{agent_name} {{x}}".into(), ..Default::default() };
    let server = TestServer::start(alphora::publish(Echo).config(config)).await;
    assert_eq!(get(server.addr, "/openapi.json").await.json()["info"]["title"], "Echo {x}");
}

#[tokio::test]
async fn the_defaults_are_the_seeds() {
    let config = DeskConfig::default();
    assert_eq!((config.path.as_str(), config.max_memory_items), ("/alphadata", 1000));
    assert_eq!(
        (config.memory_ttl, config.auto_clean_interval),
        (Duration::from_secs(60), Duration::from_secs(600))
    );
    assert_eq!(config.api_title, "Alphora Agent API Service");
    assert_eq!((config.timeout, config.default_stream), (Duration::from_secs(300), true));
    assert_eq!(ScriptedConfig::default().memory_ttl, Duration::from_secs(3600));
}

#[tokio::test]
async fn a_router_leaves_the_arguments_to_its_program() {
    let environment = Environment::empty().with_argument("--port").with_argument("serial0");
    assert!(alphora::publish(Echo).environment(environment.clone()).router().is_ok());
    let error = alphora::publish(Echo).environment(environment).serve().await.unwrap_err();
    assert!(error.to_string().contains("argument --port: `serial0`"), "{error}");
}

#[tokio::test]
async fn a_config_wins_over_the_only_methods_attribute() {
    #[agent]
    struct Marked;
    #[agent]
    impl Marked {
        #[agent(path = "/method", name = "meth")]
        async fn run(&self, _request: OpenAIRequest) -> &'static str {
            "marked"
        }
    }
    assert_eq!(MarkedConfig::default().path, "/method");
    let config = MarkedConfig { path: "/config".into(), name: Some("named".into()), ..Default::default() };
    let server = TestServer::start(alphora::publish(Marked).config(config)).await;
    assert_eq!(get(server.addr, "/config/models").await.json()["data"][0]["id"], "named");
    assert_eq!(get(server.addr, "/method/models").await.status, 404);
    let environment =
        Environment::empty().with_variable("ALPHORA_PATH", "/variable").with_variable("ALPHORA_NAME", "set");
    let server = TestServer::start_with(alphora::publish(Marked).environment(environment)).await;
    assert_eq!(get(server.addr, "/variable/models").await.json()["data"][0]["id"], "set");
}

#[tokio::test]
async fn a_variable_wins_over_the_program() {
    let config = EchoConfig { path: "/program".into(), ..Default::default() };
    let environment = Environment::empty().with_variable("ALPHORA_PARROT_PATH", "/variable");
    let server = TestServer::start_with(alphora::publish(Echo).config(config).environment(environment)).await;
    assert_eq!(get(server.addr, "/variable/models").await.status, 200);
    assert_eq!(get(server.addr, "/program/models").await.status, 404);
}

#[tokio::test]
async fn an_agent_at_the_root() {
    let config = EchoConfig { path: "/".into(), ..Default::default() };
    let server = TestServer::start(alphora::publish(Echo).config(config)).await;
    assert_eq!(post(server.addr, "/chat/completions", body("m", "x"), &[]).await.content(), "x");
    assert_eq!(get(server.addr, "/health").await.status, 200);
    assert_eq!(get(server.addr, "/nope").await.error()["code"], "unknown_url");
}

#[tokio::test]
async fn a_factory_makes_each_instance() {
    struct NotClone(String);
    #[agent]
    struct Made {
        what: NotClone,
    }
    #[agent]
    impl Made {
        async fn run(&self, _request: OpenAIRequest) -> String {
            self.what.0.clone()
        }
    }
    let publisher = alphora::publish_with(|run: &alphora::RunContext<'_>| {
        Made::new(NotClone(run.request().get_header("x-who").unwrap_or("nobody").to_owned()))
    });
    let server = TestServer::start(publisher).await;
    let answer = post(server.addr, "/v1/chat/completions", body("m", ""), &[("X-Who", "张三")]).await;
    assert_eq!(answer.content(), "张三");
}
