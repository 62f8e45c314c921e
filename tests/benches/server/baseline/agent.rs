//! The baseline's agent: it writes to a channel and remembers sessions behind a mutex.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use super::wire::ChatRequest;
use crate::script::{Count, Script};

/// The turns of one session: role and text.
pub(super) type Memory = Arc<Mutex<Vec<(&'static str, String)>>>;

/// One event of an answer.
pub(super) enum Delta {
    Content { content_type: &'static str, text: String },
    Stop { reason: &'static str },
}

/// The client has left.
pub(super) struct Gone;

pub(super) struct Agent {
    pub(super) memory: Memory,
    pub(super) events: mpsc::Sender<Delta>,
}

impl Agent {
    pub(super) async fn run(self, request: ChatRequest) -> Result<(), Gone> {
        let query = request.user_query();
        let remembers = request.session_id.is_some();
        if remembers {
            self.remember("user", query.clone());
        }
        match Script::parse(&query) {
            Script::Echo(text) => self.send("text", text).await?,
            Script::Count(count) => {
                for index in 0..count.chunks {
                    count.wait(index).await;
                    self.send("text", Count::word(index)).await?;
                }
            }
        }
        if remembers {
            self.remember("assistant", query);
        }
        self.stop("stop").await
    }

    async fn send(&self, content_type: &'static str, text: impl Into<String>) -> Result<(), Gone> {
        self.events.send(Delta::Content { content_type, text: text.into() }).await.map_err(|_| Gone)
    }

    async fn stop(&self, reason: &'static str) -> Result<(), Gone> {
        self.events.send(Delta::Stop { reason }).await.map_err(|_| Gone)
    }

    fn remember(&self, role: &'static str, text: String) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).push((role, text));
    }
}
