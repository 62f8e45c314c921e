//! Both servers give the same answers: otherwise there is nothing to compare.

use std::time::Duration;

use serde_json::Value;

use crate::Result;
use crate::load::{Buffer, Connection, Target, request};
use crate::script::Count;

/// Chunks of the stream that is looked at: each word once, and the first again.
const CHUNKS: usize = 9;
/// What a non-streaming request says, with what has to be escaped in XML and JSON.
const ECHO: &str = "good <morning> & \\\"you\\\"?";
/// The time that the answers may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks the server at `target` for one answer of each kind, and checks both.
pub(crate) async fn check(target: Target) -> Result {
    tokio::time::timeout(PATIENCE, async {
        check_stream(target).await?;
        check_completion(target).await
    })
    .await?
}

async fn check_stream(target: Target) -> Result {
    let body = answer(target, &format!("count:{CHUNKS}"), true).await?;
    let mut contents = Vec::new();
    let mut reason = Value::Null;
    for data in body.lines().filter_map(|line| line.strip_prefix("data: ")) {
        if data == "[DONE]" {
            continue;
        }
        let chunk: Value = serde_json::from_str(data)?;
        let choice = &chunk["choices"][0];
        match &choice["finish_reason"] {
            Value::Null => contents.push(text_of(choice, "text")?),
            given => reason = given.clone(),
        }
    }
    let expected: Vec<_> = (0..CHUNKS).map(Count::word).collect();
    if contents == expected && reason == "stop" {
        Ok(())
    } else {
        Err(format!("a stream of {contents:?}, ended by {reason}").into())
    }
}

async fn check_completion(target: Target) -> Result {
    let body = answer(target, ECHO, false).await?;
    let completion: Value = serde_json::from_str(&body)?;
    let choice = &completion["choices"][0];
    let content = text_of(choice, "mixed-xml")?;
    let expected = "<content type=\"text\">good &lt;morning&gt; &amp; &quot;you&quot;?</content>";
    if content == expected && choice["finish_reason"] == "stop" {
        Ok(())
    } else {
        Err(format!("the completion {body}").into())
    }
}

/// The content of a choice that has to be of one type.
fn text_of(choice: &Value, content_type: &str) -> Result<String> {
    let delta = &choice["delta"];
    match delta["content"].as_str() {
        Some(content) if delta["content_type"] == content_type => Ok(content.to_owned()),
        _ => Err(format!("{delta} where {content_type} was expected").into()),
    }
}

async fn answer(target: Target, content: &str, stream: bool) -> Result<String> {
    let mut connection = Connection::open(target.address, &Buffer::new()).await?;
    connection.response.body = Some(Vec::new());
    connection.exchange(&request(content, stream), |_| ()).await?;
    Ok(String::from_utf8(connection.response.body.take().unwrap_or_default())?)
}
