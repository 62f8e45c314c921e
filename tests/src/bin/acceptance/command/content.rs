//! Commands that are about what is sent, and when.

use std::time::Duration;

use alphora::prelude::*;
use tokio::time::sleep;

use super::{Command, two_numbers};
use crate::answer::Answer;

/// All that could be taken for the end of an event or of a stream.
const LIKE_EVENTS: &str = "a\n\ndata: [DONE]\n\nb\r\nc";

/// Letters of one to four bytes, and what XML and JSON escape.
const UNICODE: &str = "héllo 😀 你好 <b>&\"'\nx";

/// The most KiB that `big` sends; more is no command.
const BIGGEST: usize = 64 * 1024;

/// Performs `command` if it is one of these, and says whether it is.
pub(crate) async fn content(command: Command<'_>, answer: &mut Answer) -> Result<bool, AgentError> {
    match command {
        ("echo", Some(text)) => answer.speak("text", text).await?,
        ("think", Some(argument)) => {
            let (thought, text) = argument.split_once('|').unwrap_or((argument, ""));
            answer.speak("thinking", thought).await?;
            answer.speak("text", text).await?;
        }
        ("code", Some(source)) => answer.send("code", source).await?,
        ("mixed", None) => {
            for (content_type, content) in
                [("text", "A"), ("thinking", "B"), ("text", "C"), ("code", "D"), ("thinking", "E")]
            {
                answer.send(content_type, content).await?;
            }
        }
        ("type", Some(argument)) => {
            let (content_type, content) = argument.split_once(':').unwrap_or((argument, ""));
            answer.send(content_type, content).await?;
        }
        ("count", Some(count)) if let Ok(count) = count.parse() => numbers(count, 0, answer).await?,
        ("drip", Some(argument)) if let Some((count, pause)) = two_numbers(argument) => {
            numbers(count, pause, answer).await?;
        }
        ("slow", Some(pause)) if let Ok(pause) = pause.parse() => {
            sleep(Duration::from_millis(pause)).await;
            answer.send("text", "done").await?;
        }
        ("unicode", None) => {
            for letter in UNICODE.chars() {
                answer.send("text", letter.encode_utf8(&mut [0; 4])).await?;
            }
        }
        ("big", Some(size)) if let Ok(size @ 0..=BIGGEST) = size.parse::<usize>() => {
            answer.send("text", &"x".repeat(1024 * size)).await?;
        }
        ("sse", None) => answer.send("text", LIKE_EVENTS).await?,
        ("usage", Some(argument)) if let Some((prompt, completion)) = two_numbers(argument) => {
            answer.usage(prompt, completion)?;
            answer.send("text", "ok").await?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Sends `0 `, `1 ` and so on, with `pause` milliseconds before each.
async fn numbers(count: u64, pause: u64, answer: &mut Answer) -> Result<(), AgentError> {
    for number in 0..count {
        if pause > 0 {
            sleep(Duration::from_millis(pause)).await;
        }
        answer.send("text", &format!("{number} ")).await?;
    }
    Ok(())
}
