//! What is answered when nothing was commanded: as much like a model as the clients' own suites need.

use alphora::ResponseFormat;
use alphora::prelude::*;

use crate::answer::Answer;
use crate::command::is_tool_result;
use crate::json::Json;
use crate::synthesis::{quoted_spans, synthesise};
use crate::tools;

pub(crate) async fn answer(
    request: &OpenAIRequest,
    query: &str,
    answer: &mut Answer,
) -> Result<(), AgentError> {
    if let Some(results) = tool_results(request) {
        return answer.speak("text", &format!("Tool result: {results}")).await;
    }
    let tools = request.tools()?;
    if let Some(tool) = tools::wanted(&tools, &request.tool_choice()?, query) {
        let arguments = match &tool.parameters {
            Some(schema) => synthesise(&Json::of(schema), query).to_string(),
            None => "{}".to_owned(),
        };
        return answer.call(&tool.name, &arguments).await;
    }
    let text = match request.response_format()? {
        ResponseFormat::JsonSchema { schema, .. } => synthesise(&Json::of(&schema), query).to_string(),
        ResponseFormat::JsonObject => object_of_spans(query).to_string(),
        _ => format!("You said: {query}"),
    };
    answer.speak("text", &text).await
}

/// The results at the end of the conversation, if it ends with some.
fn tool_results(request: &OpenAIRequest) -> Option<String> {
    let messages = &request.messages;
    let begin = messages.iter().rposition(|message| !is_tool_result(message)).map_or(0, |last| last + 1);
    let results = messages.get(begin..).filter(|results| !results.is_empty())?;
    Some(results.iter().map(Message::text).collect::<Vec<_>>().join("; "))
}

/// An object with an entry for each quoted span, called like it.
fn object_of_spans(query: &str) -> Json {
    let mut fields: Vec<(String, Json)> =
        quoted_spans(query).map(|span| (span.to_owned(), Json::from(span))).collect();
    if fields.is_empty() {
        fields.push(("answer".to_owned(), Json::from("ok")));
    }
    Json::Object(fields)
}
