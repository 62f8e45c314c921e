//! What a run has used: what it reports, and what it is taken to have used where nobody has said.

use super::Output;
use crate::error::Error;
use crate::wire::Usage;

/// How many bytes of text are taken to be one token where its model has not said: about what OpenAI's models make of
/// English. Of other languages a token is fewer bytes in some models and more in others; it is a limit's account, not a
/// bill.
const BYTES_A_TOKEN: u64 = 4;

/// The bytes of calls that were broken off before their models have told their tokens.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Untold {
    prompt: u64,
    answer: u64,
}

impl Untold {
    fn estimate(self) -> Usage {
        Usage::new(self.prompt.div_ceil(BYTES_A_TOKEN), self.answer.div_ceil(BYTES_A_TOKEN))
    }
}

impl Output {
    pub(in crate::stream) fn add_usage(&self, usage: Usage) -> Result<(), Error> {
        let mut state = self.state();
        state.check_open()?;
        state.usage += usage;
        Ok(())
    }

    /// Adds what a call of a model took, also after the end: a run that is dropped has used it all the same, and what
    /// limits its caller has to know, although no client is told any more.
    pub(in crate::stream) fn settle_usage(&self, usage: Usage) {
        self.state().usage += usage;
    }

    /// Adds what a call was given and has said before it was broken off, in bytes. No client is told of it, because
    /// nobody knows how many tokens that were.
    pub(in crate::stream) fn estimate_usage(&self, prompt: usize, answer: usize) {
        let mut state = self.state();
        state.untold.prompt = state.untold.prompt.saturating_add(prompt as u64);
        state.untold.answer = state.untold.answer.saturating_add(answer as u64);
    }

    /// What the run has reported.
    pub(crate) fn usage(&self) -> Usage {
        self.state().usage
    }

    /// What counts for the limits of its caller, and for the metrics: what was reported, and what is estimated.
    pub(crate) fn charged_usage(&self) -> Usage {
        self.state().charged_usage()
    }
}

impl super::State {
    /// What was reported, and what is estimated.
    pub(super) fn charged_usage(&self) -> Usage {
        let mut usage = self.usage;
        usage += self.untold.estimate();
        usage
    }
}
