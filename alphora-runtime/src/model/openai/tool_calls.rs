//! Which piece of a tool call belongs to which call.

use super::chunk::{CallPiece, FunctionPiece};
use crate::model::{ModelError, ModelErrorKind, ToolCallDelta};
use crate::random::Identifier;

/// The most calls that one answer may make. To look for one among so many is still nothing.
const MOST_CALLS: usize = 1024;

/// The calls of one answer so far, numbered from 0 in the order in which they began.
///
/// A piece says by `index` which call it belongs to, or, from servers that leave it out, by its id or by following
/// the piece before it. Some number every call 0 and tell them apart by their ids alone.
#[derive(Debug, Default)]
pub(super) struct CallNumbers {
    begun: Vec<Begun>,
}

#[derive(Debug)]
struct Begun {
    index: Option<i64>,
    /// As the server has sent it; empty if it has not.
    id: String,
}

impl CallNumbers {
    /// One entry of `tool_calls`.
    pub(super) fn piece(&mut self, piece: CallPiece<'_>) -> Result<ToolCallDelta, ModelError> {
        let function = piece.function.unwrap_or_default();
        match self.find(piece.index, &piece.id.0, !function.name.0.is_empty()) {
            Some(number) => Ok(continued(number, &function)),
            None => self.begin(piece.index, piece.id.0, function),
        }
    }

    /// The one `function_call` that there was before there were several.
    pub(super) fn legacy(&mut self, function: FunctionPiece<'_>) -> Result<ToolCallDelta, ModelError> {
        match self.begun.len().checked_sub(1) {
            Some(number) => Ok(continued(number, &function)),
            None => self.begin(None, String::new(), function),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.begun.is_empty()
    }

    fn find(&self, index: Option<i64>, id: &str, is_named: bool) -> Option<usize> {
        let by_id = || self.begun.iter().rposition(|call| call.id == id);
        match index {
            Some(index) => {
                let number = self.begun.iter().rposition(|call| call.index == Some(index))?;
                let known = &self.begun[number].id;
                let is_same = id.is_empty() || known.is_empty() || known == id;
                if is_same { Some(number) } else { by_id() }
            }
            None if !id.is_empty() => by_id(),
            // A name without an id begins a call; arguments alone go on with the last one.
            None if is_named => None,
            None => self.begun.len().checked_sub(1),
        }
    }

    fn begin(
        &mut self,
        index: Option<i64>,
        id: String,
        function: FunctionPiece<'_>,
    ) -> Result<ToolCallDelta, ModelError> {
        let number = self.begun.len();
        if number >= MOST_CALLS {
            let message = format!("the answer makes more than {MOST_CALLS} tool calls");
            return Err(ModelError::new(ModelErrorKind::TooLong, message));
        }
        let mut delta = ToolCallDelta::new(number, function.arguments());
        delta.id = Some(if id.is_empty() { invented()? } else { id.clone() });
        delta.name = function.name.some();
        self.begun.push(Begun { index, id });
        Ok(delta)
    }
}

/// A further piece. A name that comes late, or again, does no harm: of several the first counts.
fn continued(number: usize, function: &FunctionPiece<'_>) -> ToolCallDelta {
    let mut delta = ToolCallDelta::new(number, function.arguments());
    delta.name = Some(function.name.0.clone()).filter(|name| !name.is_empty());
    delta
}

/// An id for a call that has none. The message with its result has to name it.
fn invented() -> Result<String, ModelError> {
    let id = Identifier::new("call_")
        .map_err(|error| ModelError::new(ModelErrorKind::Other, error.to_string()))?;
    Ok(id.to_string())
}
