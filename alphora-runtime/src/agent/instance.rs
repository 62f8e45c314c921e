//! The instance that one run works on, held outside the run's future.

use crate::error::{AgentError, Error, ErrorKind};

/// The instance of an agent that one run works on.
///
/// A method with `&self` or `&mut self` borrows it; a method with `self` takes it, which only agents without a
/// memory field may do, because nothing would come back to commit.
#[derive(Debug)]
pub struct Instance<A>(Option<A>);

impl<A> Instance<A> {
    /// Holds `agent`.
    pub fn new(agent: A) -> Self {
        Self(Some(agent))
    }

    /// The instance, for a method with `&self` or `&mut self`.
    ///
    /// # Errors
    /// It was taken before, which generated code never does.
    pub fn borrowed(&mut self) -> Result<&mut A, AgentError> {
        self.0.as_mut().ok_or_else(taken)
    }

    /// The instance, for a method with `self`.
    ///
    /// # Errors
    /// It was taken before, which generated code never does.
    pub fn owned(&mut self) -> Result<A, AgentError> {
        self.0.take().ok_or_else(taken)
    }

    /// The instance after the method has returned, unless the method took it.
    pub fn into_inner(self) -> Option<A> {
        self.0
    }
}

fn taken() -> AgentError {
    Error::new(ErrorKind::Other, "the agent's instance was already taken by value").into()
}
