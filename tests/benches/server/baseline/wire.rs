//! The baseline's words on the wire: the seed's request, chunk and completion, through serde.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The body of a request. Unknown fields are kept, as the seed keeps them.
#[derive(Deserialize)]
#[expect(dead_code, reason = "what the agent of this benchmark does not read, another agent would")]
pub(super) struct ChatRequest {
    model: Option<String>,
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default = "streams_by_default")]
    pub(super) stream: bool,
    pub(super) session_id: Option<String>,
    user: Option<String>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: Content,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Other(Value),
}

impl ChatRequest {
    /// The text of the last message of the user.
    pub(super) fn user_query(&self) -> String {
        let last = self.messages.iter().rev().find(|message| message.role == "user");
        match last.map(|message| &message.content) {
            Some(Content::Text(text)) => text.clone(),
            Some(Content::Other(value)) => value.to_string(),
            None => String::new(),
        }
    }
}

fn streams_by_default() -> bool {
    true
}

/// What all chunks of one response have in common.
pub(super) struct Head {
    pub(super) id: String,
    pub(super) created: u64,
}

impl Head {
    pub(super) fn chunk<'a>(
        &'a self,
        content_type: &'a str,
        content: &'a str,
        finish_reason: Option<&'a str>,
    ) -> Completion<'a> {
        self.with("chat.completion.chunk", content_type, content, finish_reason)
    }

    pub(super) fn completion<'a>(&'a self, content: &'a str, finish_reason: &'a str) -> Completion<'a> {
        self.with("chat.completion", "mixed-xml", content, Some(finish_reason))
    }

    fn with<'a>(
        &'a self,
        object: &'static str,
        content_type: &'a str,
        content: &'a str,
        finish_reason: Option<&'a str>,
    ) -> Completion<'a> {
        let choice = Choice { index: 0, delta: DeltaBody { content, content_type }, finish_reason };
        Completion { id: &self.id, object, created: self.created, model: "AlphaData", choices: [choice] }
    }
}

/// A completion, or a chunk of one.
#[derive(Serialize)]
pub(super) struct Completion<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'static str,
    choices: [Choice<'a>; 1],
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    delta: DeltaBody<'a>,
    finish_reason: Option<&'a str>,
}

#[derive(Serialize)]
struct DeltaBody<'a> {
    content: &'a str,
    content_type: &'a str,
}

/// Texts by content type as the seed's `mixed-xml`.
pub(super) fn mixed_xml(texts: &[(&str, String)]) -> String {
    let mut xml = String::new();
    for (content_type, text) in texts {
        xml.push_str("<content type=\"");
        xml.push_str(content_type);
        xml.push_str("\">");
        for character in text.chars() {
            match character {
                '&' => xml.push_str("&amp;"),
                '<' => xml.push_str("&lt;"),
                '>' => xml.push_str("&gt;"),
                '"' => xml.push_str("&quot;"),
                '\'' => xml.push_str("&apos;"),
                other => xml.push(other),
            }
        }
        xml.push_str("</content>");
    }
    xml
}
