//! Asking and iterating, in every order.

use std::time::Duration;

use super::super::{ModelErrorKind, ModelEvent, OpenAILike, ScriptedModel, ScriptedReply, scripted};
use super::*;
use crate::model::{ChatModel, ChatRequest};

fn llm(reply: ScriptedReply) -> OpenAILike {
    OpenAILike::from_model(ScriptedModel::new([reply]))
}

fn calling() -> ScriptedReply {
    ScriptedReply::text(["Let me ", "check."])
        .thinking("hm")
        .and_tool_call("search", r#"{"query":"rust"}"#)
        .and_tool_call("search", r#"{"query":"axum"}"#)
        .usage(Usage::new(7, 5))
}

async fn pieces(reply: &mut Reply) -> Vec<(&'static str, String)> {
    let mut pieces = Vec::new();
    while let Some(chunk) = reply.next().await {
        let chunk = chunk.unwrap();
        let (content_type, piece) = chunk.typed();
        pieces.push((content_type, piece.to_owned()));
    }
    pieces
}

fn said() -> Vec<(&'static str, String)> {
    [("thinking", "hm"), ("text", "Let me "), ("text", "check.")]
        .map(|(content_type, piece)| (content_type, piece.to_owned()))
        .into()
}

async fn check_answers(reply: &mut Reply) {
    assert!(reply.has_tool_calls().await.unwrap());
    assert_eq!(reply.response().await.unwrap(), "Let me check.");
    assert_eq!(reply.thinking().await.unwrap(), "hm");
    assert_eq!(reply.usage().await.unwrap(), Usage::new(7, 5));
    assert_eq!(reply.finish_reason().await.unwrap(), &FinishReason::ToolCalls);
    let calls = reply.tool_calls().await.unwrap().to_vec();
    assert_eq!(calls.iter().map(|call| &*call.id).collect::<Vec<_>>(), ["call_1", "call_2"]);
    assert_eq!(calls[1].function.arguments, r#"{"query":"axum"}"#);
    let message = reply.message().await.unwrap();
    assert_eq!((message.text().as_ref(), &message.tool_calls), ("Let me check.", &calls));
}

#[tokio::test]
async fn asking_first_and_iterating_first_give_the_same() {
    let mut reply = llm(calling()).acall("?").await.unwrap();
    check_answers(&mut reply).await;
    assert_eq!(pieces(&mut reply).await, said());

    let mut reply = llm(calling()).acall("?").await.unwrap();
    assert_eq!(pieces(&mut reply).await, said());
    check_answers(&mut reply).await;
    assert!(reply.next().await.is_none());

    let mut reply = llm(calling()).acall("?").await.unwrap();
    let first = reply.next().await.unwrap().unwrap();
    assert_eq!(first.typed(), ("thinking", "hm"));
    check_answers(&mut reply).await;
    assert_eq!(pieces(&mut reply).await, said()[1..]);
}

#[tokio::test(start_paused = true)]
async fn a_question_reads_no_further_than_it_must() {
    let endless = ScriptedReply::text(["wait"]).and_tool_call("search", "{").then_stall();
    let mut reply = llm(endless).acall("?").await.unwrap();
    assert!(reply.has_tool_calls().await.unwrap());
    let all = tokio::time::timeout(Duration::from_secs(60), reply.tool_calls());
    assert!(all.await.is_err());
    assert_eq!(reply.next().await.unwrap().unwrap().content, "wait");
}

#[tokio::test]
async fn an_answer_without_calls() {
    let mut reply = scripted(["hello"]).acall("?").await.unwrap();
    assert!(!reply.has_tool_calls().await.unwrap());
    assert_eq!(pieces(&mut reply).await, [("text", "hello".to_owned())]);
    assert_eq!(reply.message().await.unwrap(), Message::assistant("hello"));
    assert!(reply.tool_calls().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_failure_follows_what_was_said_and_is_given_once() {
    let broken = ScriptedReply::text(["half"]).then_fail(ModelError::new(ModelErrorKind::Server, "down"));
    let mut reply = llm(broken).acall("?").await.unwrap();
    assert_eq!(reply.has_tool_calls().await.unwrap_err().kind(), ModelErrorKind::Server);
    assert_eq!(reply.next().await.unwrap().unwrap().content, "half");
    assert_eq!(reply.next().await.unwrap().unwrap_err().kind(), ModelErrorKind::Server);
    assert!(reply.next().await.is_none());
    assert_eq!(reply.response().await.unwrap_err().kind(), ModelErrorKind::Server);
}

/// Says these events and nothing else.
struct Says(Vec<ModelEvent>);

impl ChatModel for Says {
    fn name(&self) -> &'static str {
        "says"
    }

    async fn chat(&self, _: &ChatRequest) -> Result<ModelStream, ModelError> {
        Ok(ModelStream::of(self.0.clone()))
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_an_error() {
    for events in [vec![], vec![ModelEvent::Text("short".into())]] {
        let llm = OpenAILike::from_model(Says(events));
        let kind = match llm.acall("?").await {
            Ok(mut reply) => reply.response().await.unwrap_err().kind(),
            Err(error) => error.kind(),
        };
        assert_eq!(kind, ModelErrorKind::Interrupted);
    }
}

#[tokio::test]
async fn too_long_an_answer_is_an_error() {
    let piece = "x".repeat(1024 * 1024);
    let mut events = vec![ModelEvent::Text(piece); 17];
    events.push(ModelEvent::Finish(FinishReason::Stop));
    let mut reply = OpenAILike::from_model(Says(events)).acall("?").await.unwrap();
    assert_eq!(reply.response().await.unwrap_err().kind(), ModelErrorKind::TooLong);
}

#[tokio::test]
async fn a_call_without_a_name_is_no_answer() {
    let nameless = ScriptedReply::tool_call("", "{}");
    let mut reply = llm(nameless).acall("?").await.unwrap();
    assert_eq!(reply.tool_calls().await.unwrap_err().kind(), ModelErrorKind::InvalidResponse);
}

#[tokio::test]
async fn the_tokens_of_all_calls_reach_the_run() {
    let stream = DataStreamer::capture();
    let replies = [1, 2, 3].map(|tokens| ScriptedReply::text(["x"]).usage(Usage::new(tokens, 10)));
    let llm = scripted(replies).bound_to(&stream);
    llm.acall("read").await.unwrap().response().await.unwrap();
    let mut sent = llm.acall("sent").await.unwrap();
    assert_eq!(sent.send_to(&stream).await.unwrap(), "x");
    let clone = llm.clone();
    let task = async move { clone.acall("spawned").await.unwrap().response().await.map(str::len) };
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(task);
    assert_eq!(tasks.join_next().await.unwrap().unwrap().unwrap(), 1);
    assert_eq!(stream.reported_usage(), Usage::new(6, 30));
    assert_eq!(stream.captured(), [("text", "x")]);
}

#[tokio::test]
async fn a_run_that_is_over_ends_its_calls() {
    let over = DataStreamer::default();
    let llm = scripted([ScriptedReply::default().then_stall()]).bound_to(&over);
    assert_eq!(llm.acall("?").await.unwrap_err().kind(), ModelErrorKind::Cancelled);
}

#[tokio::test]
async fn json_is_read_with_and_without_fences() {
    for text in ["[1,2]", " [1,2]\n", "```json\n[1,2]\n```", "```\n[1,2]```"] {
        let mut reply = scripted([text]).acall("?").await.unwrap();
        assert_eq!(reply.json::<Vec<u8>>().await.unwrap(), [1, 2], "{text}");
    }
    let mut reply = scripted(["no"]).acall("?").await.unwrap();
    let error = reply.json::<Vec<u8>>().await.unwrap_err();
    assert_eq!(error.kind(), ModelErrorKind::Json);
    assert!(error.to_string().starts_with("the answer of `scripted` is not what was asked for"), "{error}");
}

/// What a model is asked for.
#[derive(Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
struct Person {
    name: String,
    #[serde(default)]
    tags: Vec<String>,
    age: Option<u32>,
}

#[tokio::test]
async fn a_type_is_asked_for_by_its_schema_and_read() {
    let model = ScriptedModel::new([r#"{"name":"Bob","tags":null,"age":42.0}"#, r#"{"name":7}"#]);
    let llm = OpenAILike::from_model(model.clone());
    let person: Person = llm.acall("who?").json().await.unwrap();
    assert_eq!(person, Person { name: "Bob".into(), tags: Vec::new(), age: Some(42) });
    let asked = serde_json::to_value(&model.requests()[0].options.response_format).unwrap();
    assert_eq!(asked["json_schema"]["name"], "Person");
    assert_eq!(asked["json_schema"]["strict"], true);
    assert_eq!(asked["json_schema"]["schema"]["required"], serde_json::json!(["name", "tags", "age"]));

    let error = llm.acall("who?").json::<Person>().await.unwrap_err();
    assert_eq!(error.kind(), ModelErrorKind::Json);
    assert!(error.to_string().contains("name"), "{error}");

    let error = llm.acall("?").json::<std::collections::HashMap<String, u8>>().await.unwrap_err();
    assert_eq!(error.kind(), ModelErrorKind::InvalidRequest);
    assert_eq!(model.requests().len(), 2, "what has no schema is not asked for");
}

#[tokio::test]
async fn what_is_read_far_ahead_is_whole_and_takes_little_room() {
    let pieces: Vec<String> = (0..10_000).map(|nth| format!("{nth} ")).collect();
    let mut reply = llm(ScriptedReply::text(pieces.clone())).acall("?").await.unwrap();
    assert!(!reply.has_tool_calls().await.unwrap());
    assert_eq!(reply.ahead.len(), MOST_AHEAD);
    let iterated = pieces_of(&mut reply).await;
    assert_eq!(iterated, pieces.concat());
}

async fn pieces_of(reply: &mut Reply) -> String {
    pieces(reply).await.into_iter().map(|(_, piece)| piece).collect()
}
