//! The tool calls of a reply, put together from their pieces.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::model::tool_calls::{check_for_another, invented_id};
use crate::model::{ModelError, ModelErrorKind, ToolCallDelta};
use crate::wire::ToolCall;

/// The calls of a reply: by index while they come, in order when all are there.
#[derive(Default)]
pub(super) struct Calls {
    coming: BTreeMap<usize, ToolCall>,
    done: Vec<ToolCall>,
}

impl Calls {
    pub(super) fn push(&mut self, delta: ToolCallDelta) -> Result<(), ModelError> {
        let ToolCallDelta { index, id, name, arguments } = delta;
        let begun = self.coming.len();
        let call = match self.coming.entry(index) {
            Entry::Occupied(call) => call.into_mut(),
            Entry::Vacant(place) => {
                check_for_another(begun)?;
                place.insert(ToolCall::new("", "", ""))
            }
        };
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
                call.id = invented_id()?;
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
