//! Loops of a scripted model and real tools.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::{Error, ErrorKind};
use crate::model::{
    ChatModel, ChatOptions, ChatRequest, ModelError, ModelErrorKind, ModelEvent, ModelStream, OpenAILike,
    ScriptedModel, ScriptedReply,
};
use crate::session::MemoryManager;
use crate::stream::{DataStreamer, FinishReason};
use crate::tool::{
    Tool, ToolArguments, ToolContext, ToolError, ToolExecutor, ToolLoopAnswer, ToolLoopError, ToolOutput,
    ToolParameters, ToolRegistry,
};
use crate::wire::{Role, ToolChoice, Usage};

struct Weather;

impl Tool for Weather {
    fn name(&self) -> &'static str {
        "weather"
    }

    fn description(&self) -> &'static str {
        "The weather in a city."
    }

    fn parameters(&self) -> ToolParameters {
        ToolParameters::new().with::<String>("city", "")
    }

    async fn call(&self, mut arguments: ToolArguments, _: ToolContext) -> Result<ToolOutput, ToolError> {
        Ok(ToolOutput::text(format!("sunny in {}", arguments.take::<String>("city")?)))
    }
}

/// Gives another number at every call.
struct Counter(AtomicUsize);

impl Tool for Counter {
    fn name(&self) -> &'static str {
        "count"
    }

    fn description(&self) -> &'static str {
        ""
    }

    fn parameters(&self) -> ToolParameters {
        ToolParameters::new()
    }

    async fn call(&self, _: ToolArguments, _: ToolContext) -> Result<ToolOutput, ToolError> {
        ToolOutput::json(&self.0.fetch_add(1, Ordering::SeqCst))
    }
}

struct World {
    model: ScriptedModel,
    executor: ToolExecutor,
    memory: MemoryManager,
    stream: DataStreamer,
}

fn world(replies: impl IntoIterator<Item: Into<ScriptedReply>>) -> World {
    let mut registry = ToolRegistry::new();
    registry.register(Weather).unwrap().register(Counter(AtomicUsize::new(0))).unwrap();
    let mut memory = MemoryManager::default();
    memory.add_user("How is the weather?");
    World {
        model: ScriptedModel::new(replies),
        executor: ToolExecutor::new(registry).status(false),
        memory,
        stream: DataStreamer::capture(),
    }
}

impl World {
    async fn run(&mut self) -> Result<ToolLoopAnswer, Error> {
        let llm = OpenAILike::from_model(self.model.clone());
        self.executor.run_tools(&llm, &mut self.memory, &self.stream).await
    }

    fn roles(&self) -> Vec<Role> {
        self.memory.messages().map(|message| message.role.clone()).collect()
    }
}

fn loop_error(error: &Error) -> &ToolLoopError {
    assert_eq!(error.kind(), ErrorKind::Tool);
    std::error::Error::source(error).unwrap().downcast_ref().unwrap()
}

fn weather(city: &str) -> ScriptedReply {
    ScriptedReply::tool_call("weather", format!(r#"{{"city":"{city}"}}"#))
}

#[tokio::test]
async fn two_rounds_of_calls_and_an_answer() {
    let talks = ScriptedReply::text(["Let me ", "look."]).and_tool_call("weather", r#"{"city":"Rome"}"#);
    let both = weather("Oslo").and_tool_call("weather", r#"{"city":"Bonn"}"#);
    let answer = ScriptedReply::text(["It is ", "sunny."]).thinking("so much sun");
    let mut world = world([talks, both, answer]);
    assert_eq!(world.run().await.unwrap(), "It is sunny.");
    assert_eq!(
        world.stream.captured(),
        [
            ("text", "Let me "),
            ("text", "look."),
            ("thinking", "so much sun"),
            ("text", "It is "),
            ("text", "sunny."),
        ]
    );
    let (user, assistant, tool) = (Role::User, Role::Assistant, Role::Tool);
    assert_eq!(
        world.roles(),
        [&user, &assistant, &tool, &assistant, &tool, &tool, &assistant].map(Clone::clone)
    );
    let texts: Vec<_> = world.memory.messages().map(|message| message.text().into_owned()).collect();
    assert_eq!(texts[1..3], ["Let me look.", "sunny in Rome"]);
    assert_eq!(texts[4..], ["sunny in Oslo", "sunny in Bonn", "It is sunny."]);

    let requests = world.model.requests();
    assert_eq!(requests.iter().map(|request| request.messages.len()).collect::<Vec<_>>(), [1, 3, 6]);
    let tools: Vec<_> = requests[0].tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(tools, ["weather", "count"]);
    assert_eq!(requests[0].tools[0].strict, Some(true));
}

#[tokio::test]
async fn a_model_can_heal_what_it_wrote() {
    let garbage = ScriptedReply::tool_call("weather", r#"{"city":"#);
    let wrong = ScriptedReply::tool_call("weather", r#"{"town":"Rome"}"#);
    let unknown = ScriptedReply::tool_call("get_weather", r#"{"city":"Rome"}"#);
    let mut world = world([garbage, wrong, unknown, weather("Rome"), "Sunny.".into()]);
    assert_eq!(world.run().await.unwrap(), "Sunny.");
    let results: Vec<_> = world.memory.messages().filter(|message| message.role == Role::Tool).collect();
    let texts: Vec<_> = results.iter().map(|message| message.text()).collect();
    assert!(texts[0].starts_with(r#"{"error":"invalid_json""#), "{}", texts[0]);
    assert!(texts[1].contains("`city` is missing"), "{}", texts[1]);
    assert!(texts[2].contains("did you mean `weather`?"), "{}", texts[2]);
    assert_eq!(texts[3], "sunny in Rome");
}

#[tokio::test]
async fn a_loop_without_end_is_an_error_that_says_what_was_called() {
    let replies = (0..20).map(|_| ScriptedReply::tool_call("count", "").and_tool_call("weather", "{}"));
    let mut world = world(replies);
    let error = world.run().await.unwrap_err();
    let called = vec![("count".to_owned(), 8), ("weather".to_owned(), 8)];
    assert_eq!(loop_error(&error), &ToolLoopError::TooManyRounds { rounds: 8, called });
    assert_eq!(
        error.to_string(),
        "the model has no answer after 8 rounds of tool calls (`count` 8 times, `weather` 8 times): allow more with \
         `max_rounds`, or say in the instructions when to stop"
    );
    assert!(world.memory.check_tool_chain().is_ok());
    assert_eq!(world.model.requests().len(), 9);
}

#[tokio::test]
async fn the_same_over_and_over_ends_early() {
    let mut world = world((0..20).map(|_| weather("Rome")));
    let error = world.run().await.unwrap_err();
    let called = vec![("weather".to_owned(), 3)];
    assert_eq!(loop_error(&error), &ToolLoopError::Repeated { rounds: 3, called });
    assert!(world.memory.check_tool_chain().is_ok());
    assert_eq!(world.model.requests().len(), 3);
}

/// A tool that is asked again because its result changes is not the same over and over.
#[tokio::test]
async fn asking_until_something_changes_is_allowed() {
    let counts = (0..6).map(|_| ScriptedReply::tool_call("count", ""));
    let mut world = world(counts.chain(["Six.".into()]));
    assert_eq!(world.run().await.unwrap(), "Six.");
}

#[tokio::test]
async fn rounds_calls_and_history_are_the_callers() {
    let mut world = world([weather("Rome"), "Sunny.".into()]);
    world.memory = (0..9).map(|nth| crate::wire::Message::user(format!("question {nth}"))).collect();
    let llm = OpenAILike::from_model(world.model.clone());
    let options = ChatOptions { seed: Some(7), ..ChatOptions::default() };
    let answer = world
        .executor
        .run_tools(&llm, &mut world.memory, &world.stream)
        .options(options)
        .call(|call| call.temperature(0.5))
        .history(|memory| memory.build_history().max_rounds(1))
        .max_rounds(1)
        .await
        .unwrap();
    assert_eq!(answer, "Sunny.");
    let requests = world.model.requests();
    assert_eq!(requests.iter().map(|request| request.messages.len()).collect::<Vec<_>>(), [1, 3]);
    assert_eq!((requests[1].options.temperature, requests[1].options.seed), (Some(0.5), Some(7)));

    world.model.push(weather("Oslo"));
    let error =
        world.executor.run_tools(&llm, &mut world.memory, &world.stream).max_rounds(0).await.unwrap_err();
    assert_eq!(loop_error(&error), &ToolLoopError::TooManyRounds { rounds: 0, called: vec![] });
}

#[tokio::test]
async fn a_model_that_fails_ends_the_loop_with_its_own_error() {
    let mut world =
        world([weather("Rome"), ScriptedReply::fail(ModelError::new(ModelErrorKind::Busy, "later"))]);
    let error = world.run().await.unwrap_err();
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::Model, "later".to_owned()));
    assert!(world.memory.check_tool_chain().is_ok());
}

#[tokio::test]
async fn an_answer_says_how_it_came_about() {
    let calls = weather("Rome").usage(Usage::new(10, 5));
    let mut world = world([calls, ScriptedReply::text(["Sunny."]).usage(Usage::new(20, 3))]);
    let answer = world.run().await.unwrap();
    assert_eq!((answer.finish_reason(), answer.rounds()), (&FinishReason::Stop, 1));
    assert_eq!((answer.usage(), world.stream.reported_usage()), (Usage::new(30, 8), Usage::new(30, 8)));
    assert_eq!(format!("{answer:>8}"), "  Sunny.");
    assert!(answer.ends_with('.') && answer == *"Sunny." && answer.as_str() == "Sunny.");
    assert_eq!(answer, String::from(answer.clone()));
}

/// Says half of what it has to say.
struct Cut(FinishReason);

impl ChatModel for Cut {
    fn name(&self) -> &'static str {
        "cut"
    }

    async fn chat(&self, _: &ChatRequest) -> Result<ModelStream, ModelError> {
        Ok(ModelStream::of([ModelEvent::Text("It is su".to_owned()), ModelEvent::Finish(self.0.clone())]))
    }
}

#[tokio::test]
async fn an_answer_that_was_cut_says_so() {
    for reason in [FinishReason::Length, FinishReason::ContentFilter] {
        let mut world = world([""; 0]);
        let llm = OpenAILike::from_model(Cut(reason.clone()));
        let answer = world.executor.run_tools(&llm, &mut world.memory, &world.stream).await.unwrap();
        assert_eq!((answer.as_str(), answer.finish_reason()), ("It is su", &reason));
    }
}

#[tokio::test]
async fn a_model_that_must_call_a_tool_may_answer_afterwards() {
    for (choice, later) in [
        (ToolChoice::Required, ToolChoice::Auto),
        (ToolChoice::function("weather"), ToolChoice::Auto),
        (ToolChoice::Auto, ToolChoice::Auto),
        (ToolChoice::None, ToolChoice::None),
    ] {
        let mut world = world([weather("Rome"), weather("Oslo"), "Sunny.".into()]);
        let llm = OpenAILike::from_model(world.model.clone());
        let tools = world.executor.run_tools(&llm, &mut world.memory, &world.stream);
        let answer = tools.call(|call| call.tool_choice(choice.clone())).await.unwrap();
        assert_eq!((answer.as_str(), answer.rounds()), ("Sunny.", 2));
        let asked: Vec<_> = world
            .model
            .requests()
            .iter()
            .map(|request| format!("{:?}", request.options.tool_choice))
            .collect();
        let later = format!("{:?}", Some(later));
        assert_eq!(asked, [format!("{:?}", Some(choice)), later.clone(), later]);
    }
    let mut world = world([weather("Rome"), "Sunny.".into()]);
    world.run().await.unwrap();
    assert!(world.model.requests().iter().all(|request| request.options.tool_choice.is_none()));
}
