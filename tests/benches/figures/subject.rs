//! The agent of the server process: it does what the user's message says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use alphora::prelude::*;
use tokio::sync::watch;

/// What the process knows of its runs, told by the agents' own futures rather than by the server.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    running: AtomicUsize,
    panics: AtomicUsize,
    /// Of each run that was dropped inside of a `send`: how long ago that had begun, and how long ago the first one.
    stalls: Mutex<Vec<[Duration; 2]>>,
    /// Whether runs that wait at the gate may go on.
    gate: watch::Sender<bool>,
}

impl Ledger {
    /// Does what a line of standard input says: `open` or `close` the gate, or nothing.
    pub(crate) fn obey(&self, line: &str) {
        if matches!(line, "open" | "close") {
            self.gate.send_replace(line == "open");
        }
    }

    /// How many runs there are, how many were dropped in a `send`, the shortest time of those since their first `send`
    /// and the longest since their last, in milliseconds, and the panics: what [`crate::server_process::State`] is read from.
    pub(crate) fn line(&self) -> String {
        let stalls = self.stalls.lock().unwrap_or_else(PoisonError::into_inner);
        let shortest = stalls.iter().map(|[_, first]| first.as_millis()).min().unwrap_or(0);
        let longest = stalls.iter().map(|[last, _]| last.as_millis()).max().unwrap_or(0);
        let (running, panics) = (self.running.load(Ordering::SeqCst), self.panics.load(Ordering::SeqCst));
        format!("{running} {} {shortest} {longest} {panics}", stalls.len())
    }

    /// Notes that something has panicked.
    pub(crate) fn note_panic(&self) {
        self.panics.fetch_add(1, Ordering::SeqCst);
    }
}

/// A run, for as long as its future lives.
struct Running {
    ledger: Arc<Ledger>,
    /// When the last `send` of a flood began, and when its first.
    sending_since: Option<[Instant; 2]>,
}

impl Running {
    fn begin(ledger: &Arc<Ledger>) -> Self {
        ledger.running.fetch_add(1, Ordering::SeqCst);
        Self { ledger: ledger.clone(), sending_since: None }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.ledger.running.fetch_sub(1, Ordering::SeqCst);
        if let Some(since) = self.sending_since {
            self.ledger
                .stalls
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(since.map(|since| since.elapsed()));
        }
    }
}

/// `say TEXT`, `silent`, `once`, `wait MS`, `beat MS`, `beat MS COUNT`, `flood`, `gate`.
#[agent]
#[derive(Debug)]
pub(crate) struct Actor {
    ledger: Arc<Ledger>,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Actor {
    async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        let mut running = Running::begin(&self.ledger);
        let script = request.get_user_query().into_owned();
        let mut words = script.split(' ');
        match words.next().unwrap_or_default() {
            "say" => self.stream.text(words.collect::<Vec<_>>().join(" ")).await?,
            // Not one event.
            "silent" => std::future::pending().await,
            // One event, and then none.
            "once" => {
                self.stream.text("once").await?;
                std::future::pending::<()>().await;
            }
            "wait" => {
                tokio::time::sleep(milliseconds(words.next())?).await;
                self.stream.text("waited").await?;
            }
            // An event every so often, for a number of times or for ever.
            "beat" => {
                let pause = milliseconds(words.next())?;
                let count = words.next().map_or(Ok(usize::MAX), str::parse)?;
                for _ in 0..count {
                    self.stream.text("beat ").await?;
                    tokio::time::sleep(pause).await;
                }
            }
            // As much as the client takes, for ever.
            "flood" => self.flood(&mut running).await?,
            // One event, and as much as the client takes once the gate is open.
            "gate" => {
                self.stream.text("gate").await?;
                self.ledger.gate.subscribe().wait_for(|open| *open).await?;
                self.flood(&mut running).await?;
            }
            // A message without a command is its client's mistake.
            _ => return Err(AgentError::public(400, "no_command", "there is no such command")),
        }
        Ok(())
    }

    async fn flood(&self, running: &mut Running) -> Result<(), AgentError> {
        let begun = Instant::now();
        loop {
            running.sending_since = Some([Instant::now(), begun]);
            self.stream.text(KIBIBYTE).await?;
            running.sending_since = None;
        }
    }
}

/// One event of a flood.
const KIBIBYTE: &str = match std::str::from_utf8(&[b'x'; 1024]) {
    Ok(text) => text,
    Err(_) => "",
};

fn milliseconds(word: Option<&str>) -> Result<Duration, AgentError> {
    Ok(Duration::from_millis(word.unwrap_or_default().parse()?))
}

/// The agent, which writes its runs into `ledger`.
pub(crate) fn actor(ledger: Arc<Ledger>) -> Actor {
    Actor::new(ledger)
}
