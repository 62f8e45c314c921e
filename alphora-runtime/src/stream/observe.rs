//! What a run does beside writing its answer, told to whoever counts it.

use std::time::Duration;

/// Is told what runs do. It is called in the middle of a run: it must not block.
pub(crate) trait Observe: Send + Sync {
    /// A call of a model is over, whatever came of it.
    fn model_called(&self, call: &ModelCall);

    /// A call of a tool is over.
    fn tool_called(&self, call: &ToolRun);
}

/// One call of a model, all of its attempts included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModelCall {
    /// Until the model began to answer, if it did.
    pub(crate) first_chunk: Option<Duration>,
    pub(crate) duration: Duration,
    /// `ok`, `cancelled`, or the kind of the error as a word: a few words in all.
    pub(crate) outcome: &'static str,
}

/// One call of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToolRun {
    pub(crate) duration: Duration,
    /// `ok`, or the kind of the error as a word: a few words in all.
    pub(crate) outcome: &'static str,
}
