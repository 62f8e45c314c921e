//! Every way in which a call can come to nothing, and what the model reads of it.

use std::time::Duration;

use super::tools::{call, echo, executor, result, tool, wait};
use crate::tool::{ToolError, ToolErrorKind, ToolOutput, ToolParameters, ToolRegistry};
use crate::wire::{Message, Role};

fn explained(error: &str, message: &str) -> String {
    serde_json::json!({ "error": error, "message": message }).to_string()
}

#[tokio::test]
async fn a_good_call_gives_what_the_tool_gives() {
    let result = result(&executor([echo()]), "echo", r#"{"text": "hi"}"#).await;
    assert_eq!((result.content.as_str(), result.error), ("hi", None));
    let message = Message::from(result);
    assert_eq!((message.role, message.tool_call_id.as_deref()), (Role::Tool, Some("call_1")));
}

#[tokio::test]
async fn arguments_that_are_no_json_say_what_is_wrong() {
    let executor = executor([echo()]);
    for (arguments, says) in [
        (
            r#"{"text": "hi"#,
            "the arguments end before their JSON does: write the whole object, or a shorter one",
        ),
        (
            "{text}",
            "the arguments are no JSON (key must be a string at line 1 column 2): write one JSON object",
        ),
        (r#""hi""#, "the arguments are JSON, but no object: write {\"name\": value, ..}"),
        ("null", "the arguments are JSON, but no object: write {\"name\": value, ..}"),
    ] {
        let result = result(&executor, "echo", arguments).await;
        assert_eq!(result.error, Some(ToolErrorKind::InvalidJson), "{arguments}");
        assert_eq!(result.content, explained("invalid_json", says));
    }
    let deep = "[".repeat(100_000);
    assert_eq!(result(&executor, "echo", &deep).await.error, Some(ToolErrorKind::InvalidJson));
}

#[tokio::test]
async fn arguments_that_do_not_fit_say_what_to_write() {
    let executor = executor([echo()]);
    let wrong = result(&executor, "echo", r#"{"txt": "hi"}"#).await;
    assert_eq!(wrong.error, Some(ToolErrorKind::InvalidArguments));
    assert_eq!(
        wrong.content,
        explained(
            "invalid_arguments",
            "`text` is missing: expected a string; `txt` is unknown: expected `text`"
        )
    );
    let long = format!(r#"{{"text": "{}"}}"#, "x".repeat(2 * 1024 * 1024));
    assert_eq!(result(&executor, "echo", &long).await.error, Some(ToolErrorKind::InvalidArguments));
}

#[tokio::test]
async fn no_arguments_at_all_are_an_empty_object() {
    let time = tool("time", ToolParameters::new(), |_, _| async { Ok(ToolOutput::text("noon")) });
    let executor = executor([time]);
    for arguments in ["", "  ", "{}"] {
        assert_eq!(result(&executor, "time", arguments).await.content, "noon");
    }
}

#[tokio::test]
async fn an_unknown_tool_leads_to_those_that_exist() {
    let executor = executor([echo(), wait()]);
    for (name, says) in [
        ("Echo", "there is no tool `Echo`: did you mean `echo`?"),
        ("functions.echo", "there is no tool `functions.echo`: did you mean `echo`?"),
        ("wiat", "there is no tool `wiat`: did you mean `wait`?"),
        ("search", "there is no tool `search`: the tools are `echo`, `wait`"),
        ("", "there is no tool ``: the tools are `echo`, `wait`"),
    ] {
        let result = result(&executor, name, "{}").await;
        assert_eq!((result.error, result.name.as_str()), (Some(ToolErrorKind::UnknownTool), name));
        assert_eq!(result.content, explained("unknown_tool", says));
    }
    let none = super::tools::executor([]);
    let says = "there is no tool `echo`: answer without tools";
    assert_eq!(result(&none, "echo", "{}").await.content, explained("unknown_tool", says));
}

#[tokio::test]
async fn a_failure_is_told_in_its_own_words() {
    let fails = tool("fails", ToolParameters::new(), |_, _| async {
        Err(ToolError::failed("there is no city `Rom`; did you mean `Rome`?"))
    });
    let result = result(&executor([fails]), "fails", "").await;
    assert_eq!(result.error, Some(ToolErrorKind::Failed));
    assert_eq!(result.content, explained("failed", "there is no city `Rom`; did you mean `Rome`?"));
}

#[tokio::test(start_paused = true)]
async fn a_call_has_the_tools_time_or_the_executors() {
    let waits = r#"{"seconds": 3600}"#;
    let slow = result(&executor([wait()]), "wait", waits).await;
    let says = |time: &str| {
        explained(
            "timeout",
            &format!(
                "the tool took longer than {time}, and its result is not waited for; whether it has done its work is \
                 not known: ask for less, or go on without it"
            ),
        )
    };
    assert_eq!((slow.error, slow.content), (Some(ToolErrorKind::Timeout), says("60s")));
    let shorter = executor([wait()]).timeout(Duration::from_millis(1500));
    assert_eq!(result(&shorter, "wait", waits).await.content, says("1.5s"));
    let own = executor([wait().timeout(Duration::from_secs(2))]).timeout(Duration::from_secs(1));
    assert_eq!(result(&own, "wait", waits).await.content, says("2s"));
    assert_eq!(result(&own, "wait", r#"{"seconds": 1}"#).await.content, "waited 1");
}

/// A thread cannot be stopped, but it can be told, and it is not waited for.
#[tokio::test]
async fn a_tool_on_a_thread_of_its_own_is_told_and_left_behind() {
    let (told, hears) = std::sync::mpsc::channel();
    let blocks = tool("blocks", ToolParameters::new(), move |_, context| {
        let told = told.clone();
        async move {
            let thread = tokio::task::spawn_blocking(move || {
                while !context.is_cancelled() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                told.send(()).unwrap();
            });
            thread.await.map_err(ToolError::failed)?;
            Ok(ToolOutput::default())
        }
    });
    let executor = executor([blocks]).timeout(Duration::from_millis(20));
    assert_eq!(result(&executor, "blocks", "").await.error, Some(ToolErrorKind::Timeout));
    hears.recv_timeout(Duration::from_secs(10)).unwrap();
}

#[tokio::test]
async fn a_panic_is_contained_and_its_words_are_not_told() {
    let at_once =
        tool("at_once", ToolParameters::new(), |_, _| -> std::future::Ready<_> { panic!("secret") });
    let later = tool("later", ToolParameters::new(), |_, _| async {
        tokio::task::yield_now().await;
        panic!("secret {}", 2)
    });
    let executor = executor([at_once, later, echo()]);
    let calls = [call("1", "at_once", ""), call("2", "later", ""), call("3", "echo", r#"{"text": "hi"}"#)];
    let results = executor.execute(&calls).await;
    for result in &results[..2] {
        assert_eq!(result.error, Some(ToolErrorKind::Panicked));
        assert_eq!(result.content, explained("panicked", "the tool has a fault: go on without it"));
    }
    assert_eq!(results[2].content, "hi");
}

#[tokio::test]
async fn output_is_bounded_and_says_so() {
    let talks =
        tool("talks", ToolParameters::new().with::<usize>("letters", ""), |mut arguments, _| async move {
            Ok(ToolOutput::text("ä".repeat(arguments.take("letters")?)))
        });
    let executor = executor([talks]);
    let long = result(&executor, "talks", r#"{"letters": 1000000}"#).await;
    assert!(long.content.ends_with("\n[cut: the first 262144 of 2000000 bytes]"));
    assert!(!long.is_error());
    let short = executor.max_output_bytes(3);
    assert_eq!(
        result(&short, "talks", r#"{"letters": 9}"#).await.content,
        "ä\n[cut: the first 2 of 18 bytes]"
    );
    assert_eq!(result(&short, "talks", r#"{"letters": 1}"#).await.content, "ä");

    let complains = tool("complains", ToolParameters::new(), |_, _| async {
        Err(ToolError::failed("x".repeat(1_000_000)))
    });
    let result = result(&super::tools::executor([complains]), "complains", "").await;
    assert!(
        result.content.len() < 5_000 && serde_json::from_str::<serde_json::Value>(&result.content).is_ok()
    );
}

#[tokio::test]
async fn more_calls_than_are_made_have_a_result_each() {
    let calls: Vec<_> = (0..130).map(|nth| call(&nth.to_string(), "echo", r#"{"text": "hi"}"#)).collect();
    let results = executor([echo()]).execute(calls).await;
    assert_eq!(results.len(), 130);
    assert!(results.iter().enumerate().all(|(nth, result)| result.call_id == nth.to_string()));
    assert!(results[..128].iter().all(|result| result.content == "hi"));
    for result in &results[128..] {
        assert_eq!(result.error, Some(ToolErrorKind::TooManyCalls));
    }
}

#[test]
fn registration_says_what_is_wrong_with_a_tool() {
    let mut registry = ToolRegistry::new();
    registry.register(echo()).unwrap().register_as("echo-2", echo()).unwrap();
    let type_name = std::any::type_name_of_val(&echo());
    assert_eq!(
        registry.register(echo()).unwrap_err().to_string(),
        format!(
            "tool `echo` is registered twice, as `{type_name}` and as `{type_name}`: give one of them another name, \
             with `#[tool(name = \"..\")]` or `register_as(\"..\", ..)`"
        )
    );
    for name in ["", "search web", "größe", &"x".repeat(65)] {
        let error = registry.register_as(name, echo()).unwrap_err().to_string();
        assert!(error.contains("is no name for a tool"), "{error}");
    }
    let map = ToolParameters::new().with::<std::collections::HashMap<String, u8>>("labels", "");
    let error =
        registry.register(tool("label", map, |_, _| async { Ok(ToolOutput::default()) })).unwrap_err();
    assert!(error.to_string().starts_with("tool `label`: `labels` is a map"), "{error}");
    assert!(error.to_string().contains("`#[tool(strict = false)]`"), "{error}");
    assert_eq!(registry.names().collect::<Vec<_>>(), ["echo", "echo-2"]);
    let error = crate::Error::from(error);
    assert_eq!(error.kind(), crate::ErrorKind::Tool);
}
