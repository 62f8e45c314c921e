//! Why a history cannot be sent.

use super::ToolChainError;
use crate::error::{Error, ErrorKind};

/// Why a history cannot be sent to a model. The memory is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// Calls without results, or results without calls.
    #[error(transparent)]
    BrokenToolChain(#[from] ToolChainError),

    /// Not even the newest message fits, together with what is always kept.
    #[error(
        "the newest message takes {tokens} tokens with the system and pinned messages, and the history may take \
         {limit}: raise `max_tokens`, pin less, or shorten the message"
    )]
    TooLong {
        /// How many tokens these messages take.
        tokens: usize,
        /// How many the history may take.
        limit: usize,
    },

    /// Not even the newest tool call fits with its results, which are sent together or not at all.
    #[error(
        "the newest tool calls and their results are {messages} messages, and the history may have {limit}: raise \
         `max_messages`, or limit the history by rounds or tokens"
    )]
    TooManyMessages {
        /// How many messages these are.
        messages: usize,
        /// How many the history may have.
        limit: usize,
    },
}

impl From<HistoryError> for Error {
    fn from(error: HistoryError) -> Self {
        Self::new(ErrorKind::Memory, error.to_string()).with_source(error)
    }
}
