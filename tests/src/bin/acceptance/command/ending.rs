//! Commands that are about how a run ends.

use std::time::Duration;

use alphora::prelude::*;
use tokio::time::sleep;

use super::Command;
use crate::answer::Answer;

/// Performs `command` if it is one of these, and says whether it is. `limit` is the limit on a run.
pub(crate) async fn ending(
    command: Command<'_>,
    limit: Duration,
    answer: &mut Answer,
) -> Result<bool, AgentError> {
    match command {
        ("hang", None) => {
            answer.send("text", "start ").await?;
            std::future::pending::<()>().await;
        }
        ("timeout", None) => {
            answer.send("text", "partial ").await?;
            sleep(limit.saturating_mul(10)).await;
        }
        ("fail", Some(message)) => {
            answer.send("text", "partial ").await?;
            return Err(message.into());
        }
        ("fail0", Some(message)) => return Err(message.into()),
        ("status", Some(argument)) if let Some((status, message)) = status(argument) => {
            return Err(AgentError::public(status, "", message));
        }
        ("panic", Some(message)) => panic!("{message}"),
        ("panic2", Some(message)) => {
            answer.send("text", "partial ").await?;
            panic!("{message}");
        }
        // That it does not stop the stream is seen where every other command does.
        ("nostop", Some(text)) => answer.speak("text", text).await?,
        ("ghost", Some(text)) => {
            answer.speak("text", text).await?;
            answer.stop().await?;
            // It is an error, and the run ends well all the same.
            let _ = answer.send("text", "GHOST").await;
        }
        ("stop", Some(reason)) => {
            answer.send("text", "x").await?;
            answer.stop_with(reason).await?;
        }
        ("empty", None) => answer.stop().await?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// `429:no luck` as a status and a message.
fn status(argument: &str) -> Option<(u16, &str)> {
    let (status, message) = argument.split_once(':')?;
    Some((status.parse().ok()?, message))
}
