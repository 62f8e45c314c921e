//! What a session remembers: who said what.

use std::borrow::Cow;

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

/// The turns of one session, oldest first.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Conversation {
    turns: Vec<Message>,
}

impl Memory for Conversation {}

impl Conversation {
    pub(crate) fn add_user(&mut self, text: &str) {
        self.turns.push(Message::user(text));
    }

    pub(crate) fn add_assistant(&mut self, text: &str) {
        self.turns.push(Message::assistant(text));
    }

    /// The texts of the user's turns, oldest first.
    pub(crate) fn user_turns(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.turns.iter().filter(|turn| turn.role == Role::User).map(Message::text)
    }
}
