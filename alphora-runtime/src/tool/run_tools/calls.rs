//! What a loop has called so far, so that it can say so and notices when nothing new comes.

use crate::tool::ToolResult;
use crate::wire::ToolCall;

/// After so many equal rounds in a row, another one would be equal too.
const SAME_ROUNDS: usize = 3;
/// How many names are counted apart; a model can invent any number of them.
const MOST_NAMES: usize = 32;

/// What a loop has called so far.
#[derive(Default)]
pub(super) struct Calls {
    rounds: usize,
    counts: Vec<(String, usize)>,
    last: Vec<Made>,
    same: usize,
}

/// One call and what came of it, without ids, which differ from call to call.
#[derive(PartialEq)]
struct Made {
    name: String,
    arguments: String,
    content: String,
}

impl Calls {
    /// How many rounds of calls were made.
    pub(super) fn rounds(&self) -> usize {
        self.rounds
    }

    /// Adds a round that was made.
    pub(super) fn add(&mut self, calls: &[ToolCall], results: &[ToolResult]) {
        self.rounds += 1;
        self.count(calls);
        let made = calls.iter().zip(results).map(|(call, result)| Made {
            name: call.function.name.clone(),
            arguments: call.function.arguments.clone(),
            content: result.content.clone(),
        });
        let made: Vec<_> = made.collect();
        self.same = if made == self.last { self.same + 1 } else { 1 };
        self.last = made;
    }

    fn count(&mut self, calls: &[ToolCall]) {
        for call in calls {
            let name = &call.function.name;
            if let Some((_, count)) = self.counts.iter_mut().find(|(known, _)| known == name) {
                *count += 1;
            } else if self.counts.len() < MOST_NAMES {
                self.counts.push((name.clone(), 1));
            }
        }
    }

    /// The tools that were called, and how often each.
    pub(super) fn counted(self) -> Vec<(String, usize)> {
        self.counts
    }

    /// How many rounds in a row were the same, if they are too many.
    pub(super) fn repeated(&self) -> Option<usize> {
        (self.same >= SAME_ROUNDS).then_some(self.same)
    }
}
