//! What can be wrong with a stream of events.

/// Why a body is no good stream of events. Nothing else can be wrong: what the standard does not know, it ignores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SseError {
    /// An event holds more than the parser was told to accept.
    #[error("an event of the stream is larger than the {limit} bytes that are accepted")]
    TooLarge {
        /// The most bytes that are accepted.
        limit: usize,
    },
    /// The body ended where an event had begun.
    #[error("the stream ended in the middle of an event")]
    Unfinished,
}
