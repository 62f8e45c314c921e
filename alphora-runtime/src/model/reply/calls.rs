//! The tool calls of a reply, put together from their pieces.

use std::collections::BTreeMap;

use crate::model::{ModelError, ModelErrorKind, ToolCallDelta};
use crate::random::Identifier;
use crate::wire::ToolCall;

/// The most calls that one reply may make.
const MOST_CALLS: usize = 1024;

/// The calls of a reply: by index while they come, in order when all are there.
#[derive(Default)]
pub(super) struct Calls {
    coming: BTreeMap<usize, ToolCall>,
    done: Vec<ToolCall>,
}

impl Calls {
    pub(super) fn push(&mut self, delta: ToolCallDelta) -> Result<(), ModelError> {
        let ToolCallDelta { index, id, name, arguments } = delta;
        if self.coming.len() >= MOST_CALLS && !self.coming.contains_key(&index) {
            let message = format!("the answer makes more than {MOST_CALLS} tool calls");
            return Err(ModelError::new(ModelErrorKind::TooLong, message));
        }
        let call = self.coming.entry(index).or_insert_with(|| ToolCall::new("", "", ""));
        // Some servers repeat id and name in every piece: each counts once.
        if let Some(id) = id.filter(|_| call.id.is_empty()) {
            call.id = id;
        }
        if let Some(name) = name.filter(|_| call.function.name.is_empty()) {
            call.function.name = name;
        }
        call.function.arguments.push_str(&arguments);
        Ok(())
    }

    /// All pieces are there.
    pub(super) fn finish(&mut self) -> Result<(), ModelError> {
        for (index, mut call) in std::mem::take(&mut self.coming) {
            if call.function.name.is_empty() {
                let message = format!("tool call {index} of the answer names no function");
                return Err(ModelError::new(ModelErrorKind::InvalidResponse, message));
            }
            if call.id.is_empty() {
                let id = Identifier::new("call_")
                    .map_err(|error| ModelError::new(ModelErrorKind::Other, error.to_string()))?;
                call.id = id.to_string();
            }
            self.done.push(call);
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.coming.is_empty() && self.done.is_empty()
    }

    /// The calls in order, after [`finish`](Self::finish).
    pub(super) fn done(&self) -> &[ToolCall] {
        &self.done
    }
}
