//! What a model can do wrong, at an agent in a server: an error or a result that it can act on, and the session as it
//! was before the turn.

use alphora::model::ModelErrorKind;
use alphora::prelude::*;
use alphora::testing::ScriptedReply;
use alphora::{ScriptedModel, tools::ToolLoopError};
use alphora_tests::model_server::{Answer, ModelServer};
use alphora_tests::{TestServer, post};
use serde_json::{Value, json};

/// Adds two numbers.
#[tool]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

#[agent]
struct Calculator {
    llm: OpenAILike,
    executor: ToolExecutor,
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Calculator {
    async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        if request.get_user_query() == "recall" {
            let said: Vec<_> = self.memory.messages().map(|message| message.text().into_owned()).collect();
            self.stream.text(said.join("|")).await?;
            // Nothing was said in this turn.
            return Ok(());
        }
        self.memory.add_user(request.get_user_query());
        let answered = self.executor.run_tools(&self.llm, &mut self.memory, &self.stream).await;
        // Says which, for the tests: in earnest this would stay private.
        answered.map(drop).map_err(|error| {
            let source = std::error::Error::source(&error);
            let kind = source.and_then(|source| source.downcast_ref::<ModelError>()).map(ModelError::kind);
            let endless = source.is_some_and(|source| source.is::<ToolLoopError>());
            AgentError::public(
                500,
                if endless { "endless".into() } else { format!("{kind:?}") },
                error.to_string(),
            )
        })
    }
}

struct Turns(TestServer);

impl Turns {
    async fn start(llm: OpenAILike) -> Self {
        let mut registry = ToolRegistry::new();
        registry.register(add).unwrap();
        let executor = ToolExecutor::new(&registry).status(false);
        Self(TestServer::start(publish(Calculator::new(llm, executor))).await)
    }

    async fn say(&self, text: &str) -> Value {
        let body = json!({
            "messages": [{ "role": "user", "content": text }], "session_id": "s", "stream": false
        });
        post(self.0.addr, "/v1/chat/completions", body, &[]).await.json()
    }

    async fn content(&self, text: &str) -> String {
        self.say(text).await["choices"][0]["message"]["content"].as_str().unwrap().to_owned()
    }

    async fn error(&self, text: &str) -> Value {
        self.say(text).await["error"]["code"].clone()
    }
}

/// The second turn goes wrong like this; the first and the third are good.
async fn after(bad: impl IntoIterator<Item = ScriptedReply>) -> (ScriptedModel, Turns, Value) {
    let model = ScriptedModel::new(["hello"]);
    let turns = Turns::start(OpenAILike::from_model(model.clone())).await;
    assert_eq!(turns.content("hi").await, "hello");
    bad.into_iter().for_each(|reply| model.push(reply));
    let code = turns.error("go on").await;
    (model, turns, code)
}

#[tokio::test]
async fn arguments_that_are_no_json_are_told_to_the_model() {
    for (arguments, word) in
        [("{bad", "invalid_json"), (r#"{"a":1}"#, "invalid_arguments"), ("", "invalid_arguments")]
    {
        let (model, turns, code) =
            after([ScriptedReply::tool_call("add", arguments), "it is 3".into()]).await;
        assert_eq!(code, Value::Null);
        let told = model.requests()[2].messages.last().unwrap().text().into_owned();
        assert!(told.contains(word), "{arguments}: {told}");
        assert!(turns.content("recall").await.ends_with("it is 3"));
    }
}

#[tokio::test]
async fn an_unknown_tool_is_told_to_the_model() {
    let (model, turns, code) = after([ScriptedReply::tool_call("ad", "{}"), "sorry".into()]).await;
    assert_eq!(code, Value::Null);
    let told = model.requests()[2].messages.last().unwrap().text().into_owned();
    assert!(told.contains("unknown_tool") && told.contains("did you mean `add`?"), "{told}");
    assert!(turns.content("recall").await.ends_with("sorry"));
}

#[tokio::test]
async fn a_tool_that_is_repeated_for_ever_ends_the_run_and_leaves_the_session() {
    let again = || ScriptedReply::tool_call("add", r#"{"a":1,"b":2}"#);
    let (_, turns, code) = after((0..20).map(|_| again())).await;
    assert_eq!(code, "endless");
    assert_eq!(turns.content("recall").await, "hi|hello");
    // Other arguments each time: then it is the number of rounds.
    let other = |nth: i64| ScriptedReply::tool_call("add", json!({ "a": nth, "b": 2 }).to_string());
    let (_, turns, code) = after((0..20).map(other)).await;
    assert_eq!(code, "endless");
    assert_eq!(turns.content("recall").await, "hi|hello");
}

#[tokio::test]
async fn an_answer_that_breaks_off_leaves_the_session() {
    let cut = ScriptedReply::text(["half an ans"])
        .then_fail(ModelError::new(ModelErrorKind::Interrupted, "the answer broke off"));
    let (_, turns, code) = after([cut]).await;
    assert_eq!(code, "Some(Interrupted)");
    assert_eq!(turns.content("recall").await, "hi|hello");
}

#[tokio::test]
async fn servers_without_choices_or_room_leave_the_session() {
    let too_long = r#"{"error":{"message":"too long","code":"context_length_exceeded"}}"#;
    let bad = [
        (Answer::status(200, &[], r#"{"id":"x","choices":[]}"#), "Some(InvalidResponse)"),
        (Answer::status(400, &[], too_long), "Some(ContextTooLong)"),
    ];
    for (answer, code) in bad {
        let words = ["hello".to_owned()];
        let server = ModelServer::queue([Answer::words(&words), answer]).await;
        let llm = OpenAILike::builder().base_url(&server.base_url).model_name("m").build().unwrap();
        let turns = Turns::start(llm).await;
        assert_eq!(turns.content("hi").await, "hello");
        assert_eq!(turns.error("go on").await, code);
        assert_eq!(turns.content("recall").await, "hi|hello");
    }
}
