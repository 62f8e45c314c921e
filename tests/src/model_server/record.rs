//! What the server has seen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;

/// One request, as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The how manieth request it was, from 0.
    pub number: usize,
    /// On which connection, from 0.
    pub connection: usize,
    /// The request line.
    pub line: String,
    headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Seen {
    pub(super) fn new(connection: usize, head: &str, body: String) -> Self {
        let mut lines = head.split("\r\n");
        let line = lines.next().unwrap_or_default().to_owned();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Self { number: 0, connection, line, headers, body }
    }

    /// The value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The text of the last message.
    pub fn asked(&self) -> String {
        let json: Value = serde_json::from_str(&self.body).unwrap_or_default();
        let last = json["messages"].as_array().and_then(|messages| messages.last());
        last.and_then(|last| last["content"].as_str()).unwrap_or_default().to_owned()
    }
}

/// What the server has seen so far.
#[derive(Debug, Clone, Default)]
pub struct Record(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    connections: usize,
    requests: Vec<Seen>,
    /// How many there were with this last message.
    by_text: HashMap<String, usize>,
    abandoned: usize,
}

impl Record {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(super) fn connection(&self) -> usize {
        let mut counts = self.counts();
        counts.connections += 1;
        counts.connections - 1
    }

    pub(super) fn request(&self, seen: &mut Seen) {
        let asked = seen.asked();
        let mut counts = self.counts();
        seen.number = counts.requests.len();
        counts.requests.push(seen.clone());
        *counts.by_text.entry(asked).or_default() += 1;
    }

    pub(super) fn abandoned(&self) {
        self.counts().abandoned += 1;
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.counts().connections
    }

    /// The requests in the order in which they came.
    pub fn requests(&self) -> Vec<Seen> {
        self.counts().requests.clone()
    }

    /// How many requests came.
    pub fn request_count(&self) -> usize {
        self.counts().requests.len()
    }

    /// How many requests had `text` as their last message.
    pub fn requests_for(&self, text: &str) -> usize {
        self.counts().by_text.get(text).copied().unwrap_or_default()
    }

    /// How many answers their clients left before the end.
    pub fn abandoned_count(&self) -> usize {
        self.counts().abandoned
    }
}
