//! Why a run is ended from outside.

/// Why a run is ended from outside. The first reason counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interruption {
    /// Somebody has asked for it through the run's id.
    Cancelled,
    /// The client has left, and the run is not to go on without it.
    Disconnected,
    /// A later turn of the session takes its place. `keep`: what it remembers so far is stored.
    Superseded { keep: bool },
    /// Another process has its session: nothing that it does can be stored.
    SessionLost,
    /// The server stops, and the time for running answers is over.
    Shutdown,
}
