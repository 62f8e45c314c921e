//! Which piece of a tool call belongs to which call.

use super::chunk::{CallPiece, FunctionPiece};
use super::nesting::Nesting;
use crate::model::tool_calls::{check_for_another, invented_id};
use crate::model::{ModelError, ToolCallDelta};

/// The calls of one answer so far, numbered from 0 in the order in which they began.
///
/// A piece says by `index` which call it belongs to, or, from servers that leave it out, by its id or by following
/// the piece before it. Some number every call 0 and tell them apart by their ids alone, or not even by these: then
/// a name after complete arguments begins the next one. Others give each piece of a call another id: what has no
/// name goes on with the call of its index.
#[derive(Debug, Default)]
pub(super) struct CallNumbers {
    begun: Vec<Begun>,
}

#[derive(Debug)]
struct Begun {
    index: Option<i64>,
    /// As the server has sent it; empty if it has not.
    id: String,
    /// Empty until it has come.
    name: String,
    arguments: Nesting,
}

/// A piece of a call.
struct Sent {
    index: Option<i64>,
    id: String,
    name: String,
    arguments: String,
}

impl CallNumbers {
    /// One entry of `tool_calls`.
    pub(super) fn piece(&mut self, piece: CallPiece<'_>) -> Result<ToolCallDelta, ModelError> {
        let function = piece.function.unwrap_or_default();
        let arguments = function.arguments()?;
        let sent = Sent { index: piece.index, id: piece.id.0, name: function.name.0, arguments };
        match self.find(&sent) {
            Some(number) => Ok(self.go_on(number, sent)),
            None => self.begin(sent),
        }
    }

    /// The one `function_call` that there was before there were several.
    pub(super) fn legacy(&mut self, function: FunctionPiece<'_>) -> Result<ToolCallDelta, ModelError> {
        let arguments = function.arguments()?;
        let sent = Sent { index: None, id: String::new(), name: function.name.0, arguments };
        match self.begun.len().checked_sub(1) {
            Some(number) => Ok(self.go_on(number, sent)),
            None => self.begin(sent),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.begun.is_empty()
    }

    fn find(&self, sent: &Sent) -> Option<usize> {
        let last = |is_it: &dyn Fn(&Begun) -> bool| self.begun.iter().rposition(is_it);
        let has_id = !sent.id.is_empty();
        match sent.index {
            Some(_) => {
                let is_known = |call: &Begun| has_id && call.index == sent.index && call.id == sent.id;
                last(&is_known).or_else(|| {
                    last(&|call| call.index == sent.index).filter(|at| !self.begun[*at].is_followed_by(sent))
                })
            }
            None if has_id => last(&|call| call.id == sent.id),
            // A name without an id begins a call; arguments alone go on with the last one.
            None if !sent.name.is_empty() => None,
            None => self.begun.len().checked_sub(1),
        }
    }

    fn begin(&mut self, sent: Sent) -> Result<ToolCallDelta, ModelError> {
        let number = self.begun.len();
        check_for_another(number)?;
        let id = if sent.id.is_empty() { invented_id()? } else { sent.id.clone() };
        let name = String::new();
        self.begun.push(Begun {
            index: sent.index,
            id: sent.id.clone(),
            name,
            arguments: Nesting::default(),
        });
        let mut delta = self.go_on(number, sent);
        delta.id = Some(id);
        Ok(delta)
    }

    /// A piece of call `number`. A name that comes late, or again, does no harm: of several the first counts.
    fn go_on(&mut self, number: usize, sent: Sent) -> ToolCallDelta {
        let call = &mut self.begun[number];
        call.arguments.push(&sent.arguments);
        if call.name.is_empty() {
            call.name.clone_from(&sent.name);
        }
        let mut delta = ToolCallDelta::new(number, sent.arguments);
        delta.name = Some(sent.name).filter(|name| !name.is_empty());
        delta
    }
}

impl Begun {
    /// Whether a piece with the index of this call, and not with its id, begins another call.
    fn is_followed_by(&self, sent: &Sent) -> bool {
        if sent.name.is_empty() || self.name.is_empty() {
            return false;
        }
        if !sent.id.is_empty() && !self.id.is_empty() {
            return true;
        }
        // A server that only says the name again, at the end too, adds nothing to the arguments.
        let is_repeated = sent.name == self.name && sent.arguments.trim().is_empty();
        self.arguments.is_complete() && !is_repeated
    }
}
