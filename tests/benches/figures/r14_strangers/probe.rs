//! One question with an id, and what is the same of every answer to it.

use serde_json::json;

/// What is asked with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Recall,
    Stream,
    Remember,
    Read,
    Export,
    List,
    Delete,
    Cancel,
    Events,
}

pub(super) const KINDS: [Kind; 9] = [
    Kind::Recall,
    Kind::Stream,
    Kind::Remember,
    Kind::Read,
    Kind::Export,
    Kind::List,
    Kind::Delete,
    Kind::Cancel,
    Kind::Events,
];

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Recall => "turns that read",
            Self::Stream => "streams",
            Self::Remember => "turns that write",
            Self::Read => "reads",
            Self::Export => "exports",
            Self::List => "lists",
            Self::Delete => "deletions",
            Self::Cancel => "cancellations",
            Self::Events => "streams to go on with",
        }
    }

    /// Whether its id is a run's.
    pub(super) fn is_of_run(self) -> bool {
        matches!(self, Self::Cancel | Self::Events)
    }

    /// Whether it begins a session of whoever asks.
    pub(super) fn is_turn(self) -> bool {
        matches!(self, Self::Recall | Self::Stream | Self::Remember)
    }

    /// Method and path of the question with `id`, on one surface or the other, and the body of a turn.
    pub(super) fn question(self, id: &str, openai: bool) -> (&'static str, String, Option<String>) {
        let surface = if openai { "/v1" } else { "/scripted" };
        let turn = |script: &str, stream: bool| {
            let messages = json!([{ "role": "user", "content": script }]);
            let body = json!({ "messages": messages, "session_id": id, "stream": stream });
            ("POST", format!("{surface}/chat/completions"), Some(body.to_string()))
        };
        let bare = |method, path: String| (method, path, None);
        match self {
            Self::Recall => turn("recall", false),
            Self::Stream => turn("recall\ntext .", true),
            Self::Remember => turn("recall\nremember mine", false),
            Self::Read => bare("GET", format!("/scripted/sessions/{id}")),
            Self::Export => bare("GET", format!("/scripted/sessions/{id}/export")),
            Self::List => bare("GET", format!("/scripted/sessions?after={id}")),
            Self::Delete => bare("DELETE", format!("/scripted/sessions/{id}")),
            Self::Cancel => bare("POST", format!("{surface}/runs/{id}/cancel")),
            Self::Events => bare("GET", format!("{surface}/runs/{id}/events")),
        }
    }
}

/// An answer without what differs between any two: dates, and ids of requests and runs. `head` is as it came, `body`
/// without its transfer coding.
pub(super) fn steady(head: &str, body: &str, id: &str) -> String {
    let differs = ["x-request-id: ", "x-run-id: ", "date: "];
    let head = head.split("\r\n").filter(|line| !differs.iter().any(|name| line.starts_with(name)));
    let head = head.collect::<Vec<_>>().join("\n").replace(id, "ID");
    let mut steady = format!("{head}\n\n");
    let mut rest = body;
    // What follows these words is an id or a number of its own.
    while let Some((at, word)) =
        ["cmpl-", "\"created\":"].iter().filter_map(|word| Some((rest.find(word)?, word))).min()
    {
        let end = at + word.len();
        steady.push_str(&rest[..end].replace(id, "ID"));
        rest = rest[end..].trim_start_matches(|character: char| character.is_ascii_hexdigit());
    }
    steady.push_str(&rest.replace(id, "ID"));
    steady
}
