//! Signals to processes.

use std::process::Command;

use crate::Result;

/// What a process can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// It stands still, and does not know.
    Stop,
    /// It goes on.
    Continue,
    /// It is gone.
    Kill,
}

impl Signal {
    /// Sends it.
    ///
    /// # Errors
    /// There is no such process.
    pub(crate) fn send(self, process: u32) -> Result {
        let name = match self {
            Self::Stop => "-STOP",
            Self::Continue => "-CONT",
            Self::Kill => "-KILL",
        };
        let sent = Command::new("kill").args([name, &process.to_string()]).output()?;
        if sent.status.success() { Ok(()) } else { Err(format!("`kill {name} {process}` failed").into()) }
    }
}
