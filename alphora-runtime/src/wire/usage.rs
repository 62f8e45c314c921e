//! How many tokens a completion took.

use serde::{Deserialize, Serialize};

/// How many tokens a run took, as OpenAI's `usage` object.
///
/// ```
/// use alphora_runtime::wire::Usage;
///
/// let usage = Usage::new(7, 5).with_reasoning_tokens(2);
/// assert_eq!(usage.total_tokens, 12);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the prompt.
    pub prompt_tokens: u64,
    /// Tokens of the answer, reasoning included.
    pub completion_tokens: u64,
    /// The sum of both.
    pub total_tokens: u64,
    /// What the answer's tokens were, where it is known.
    #[serde(default)]
    pub completion_tokens_details: CompletionTokensDetails,
}

/// What the tokens of an answer were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CompletionTokensDetails {
    /// Tokens of reasoning.
    #[serde(default)]
    pub reasoning_tokens: u64,
}

impl Usage {
    /// `prompt` and `completion` tokens, and their sum.
    pub fn new(prompt: u64, completion: u64) -> Self {
        Self {
            prompt_tokens: prompt,
            completion_tokens: completion,
            total_tokens: prompt.saturating_add(completion),
            completion_tokens_details: CompletionTokensDetails::default(),
        }
    }

    /// Says how many of the completion's tokens were reasoning.
    #[must_use]
    pub fn with_reasoning_tokens(mut self, reasoning: u64) -> Self {
        self.completion_tokens_details.reasoning_tokens = reasoning;
        self
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.prompt_tokens = self.prompt_tokens.saturating_add(other.prompt_tokens);
        self.completion_tokens = self.completion_tokens.saturating_add(other.completion_tokens);
        self.total_tokens = self.total_tokens.saturating_add(other.total_tokens);
        let reasoning = &mut self.completion_tokens_details.reasoning_tokens;
        *reasoning = reasoning.saturating_add(other.completion_tokens_details.reasoning_tokens);
    }
}
