//! The agent that fails as it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use alphora::prelude::*;

/// What no client may ever see.
pub(super) const CANARY: &str = "canary-7f3a91";
/// The code of what the agent makes public.
const PUBLIC: &str = "figures_public";

/// How an agent fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// An error that clients may read.
    Public,
    /// An error that they may not.
    Private,
    /// A panic in the poll in which the last event was sent.
    Panics,
    /// A panic after it has waited.
    PanicsLater,
    /// A task of the agent panics, and the agent waits for it.
    TaskPanics,
    /// The method returns without `stop`.
    Forgets,
    /// It sends after `stop`.
    SendsAfterStop,
    /// It drops its stream, without `stop`.
    DropsStream,
}

pub(super) const MODES: [Mode; 8] = [
    Mode::Public,
    Mode::Private,
    Mode::Panics,
    Mode::PanicsLater,
    Mode::TaskPanics,
    Mode::Forgets,
    Mode::SendsAfterStop,
    Mode::DropsStream,
];

/// What a run has to come to.
pub(super) enum Expected {
    Whole,
    Failure { status: u16, code: &'static str },
}

impl Mode {
    pub(super) fn word(self) -> String {
        format!("{self:?}")
    }

    pub(super) fn expected(self) -> Expected {
        match self {
            Self::Forgets | Self::DropsStream => Expected::Whole,
            Self::Public => Expected::Failure { status: 422, code: PUBLIC },
            Self::Private | Self::Panics | Self::PanicsLater | Self::TaskPanics | Self::SendsAfterStop => {
                Expected::Failure { status: 500, code: "agent_error" }
            }
        }
    }
}

/// The text of an event.
pub(super) fn chunk(number: usize) -> String {
    format!("chunk {number} ")
}

/// A run, for as long as its future lives.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// `MODE CHUNKS`.
#[agent]
#[derive(Debug)]
pub(super) struct Fails {
    running: Arc<AtomicUsize>,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Fails {
    async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        self.running.fetch_add(1, Ordering::SeqCst);
        let _running = Running(self.running.clone());
        let script = request.get_user_query().into_owned();
        let (word, chunks) = script.split_once(' ').unwrap_or_default();
        for number in 0..chunks.parse()? {
            self.stream.text(chunk(number)).await?;
        }
        let mode = MODES.into_iter().find(|mode| mode.word() == word).ok_or("there is no such mode")?;
        match mode {
            Mode::Public => return Err(AgentError::public(422, PUBLIC, "this may be read")),
            Mode::Private => return Err(format!("the password is {CANARY}").into()),
            Mode::Panics => std::panic::panic_any(CANARY.to_owned()),
            Mode::PanicsLater => {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                std::panic::panic_any(CANARY);
            }
            Mode::TaskPanics => {
                #[expect(clippy::disallowed_methods, reason = "it is awaited")]
                tokio::spawn(async { std::panic::panic_any(CANARY) }).await?;
            }
            Mode::Forgets => {}
            Mode::SendsAfterStop => {
                self.stream.stop().await?;
                self.stream.text(CANARY).await?;
            }
            Mode::DropsStream => drop(std::mem::take(&mut self.stream)),
        }
        Ok(())
    }
}
