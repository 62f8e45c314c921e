//! An agent that does what the question says, and its runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::agent::*;
use crate::error::AgentError;
use crate::random::Identifier;
use crate::session::{Concurrency, Memory, MemoryPool, Preempt, SessionKey};
use crate::stream::{DataStreamer, Interruption, Output, ResponseHead, Surface, renderer};
use crate::wire::{Message, OpenAIRequest};

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Notes {
    pub(super) lines: Vec<String>,
}

impl Memory for Notes {}

struct Scripted {
    notes: Notes,
    signals: Arc<Signals>,
}

impl AgentState for Scripted {
    type Memory = Notes;
    const HAS_MEMORY: bool = true;

    fn bind(&mut self, memory: Notes, _: DataStreamer) {
        self.notes = memory;
    }

    fn take_memory(&mut self) -> Notes {
        std::mem::take(&mut self.notes)
    }
}

/// What a test and the methods tell each other.
#[derive(Default)]
pub(super) struct Signals(Mutex<State>);

#[derive(Default)]
struct State {
    told: bool,
    hears: Option<oneshot::Sender<()>>,
    noted: Vec<String>,
}

impl Signals {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the method that hears to go on.
    pub(super) fn tell(&self) {
        let mut state = self.state();
        state.told = true;
        drop(state.hears.take());
    }

    fn hear(&self) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state();
        state.hears = (!state.told).then_some(sender);
        receiver
    }

    /// Whether a method has come to write this note.
    pub(super) fn has_noted(&self, note: &str) -> bool {
        self.state().noted.iter().any(|other| other == note)
    }
}

impl Agent for Scripted {
    const DESCRIPTION: &'static Description =
        &Description { agent: "Scripted", options: Options::NONE, endpoints: &[] };

    async fn call(
        instance: &mut Instance<Self>,
        _: usize,
        request: OpenAIRequest,
        out: DataStreamer,
    ) -> Result<(), AgentError> {
        let agent = instance.borrowed()?;
        let question = request.get_user_query().into_owned();
        for word in question.split(' ') {
            match word {
                "send" => out.text("from the method").await?,
                "hang" => std::future::pending().await,
                "hear" => drop(agent.signals.hear().await),
                "well" => {}
                note => {
                    agent.notes.lines.push(note.to_owned());
                    agent.signals.state().noted.push(note.to_owned());
                }
            }
        }
        Ok(())
    }
}

/// The runs that are under way, as a server knows them.
#[derive(Default)]
struct Runs(Mutex<HashMap<u128, Output>>);

impl Preempt for Runs {
    fn preempt(&self, run: u128, keep: bool) {
        // The checker goes on with other threads where the output's lock is, and only there.
        let output = self.0.lock().unwrap().get(&run).cloned();
        if let Some(output) = output {
            output.interrupt(Interruption::Superseded { keep });
        }
    }

    fn lose(&self, _turn: u128) {}
}

/// A server without HTTP, whose runs are all of one session.
pub(super) struct Bench {
    published: Arc<Published<Scripted>>,
    runs: Arc<Runs>,
    pub(super) signals: Arc<Signals>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let signals = Arc::new(Signals::default());
        let for_methods = signals.clone();
        let factory =
            move |_: &RunContext<'_>| Scripted { notes: Notes::default(), signals: for_methods.clone() };
        let published = Published { factory: Box::new(factory), pool: MemoryPool::default() };
        Self { published: Arc::new(published), runs: Arc::default(), signals }
    }

    pub(super) fn ask(&self, question: &str, concurrency: Concurrency) -> (Run, Output) {
        let run_id = Identifier::new("cmpl-").unwrap();
        let head = ResponseHead { id: run_id, created: 1, model: "m".to_owned() };
        let output = Output::new(renderer(Surface::OpenAi, true, false, head));
        self.runs.0.lock().unwrap().insert(run_id.bits(), output.clone());
        let hour = Duration::from_hours(1);
        let run = self.published.clone().run(Input {
            endpoint: 0,
            request: OpenAIRequest::new([Message::user(question)]),
            output: output.clone(),
            run_id,
            session: Session::Named("s".try_into().unwrap()),
            clocks: Clocks { first_event: hour, idle: hour, total: hour },
            policies: Policies { concurrency, ..Policies::default() },
            runs: self.runs.clone(),
        });
        (run, output)
    }

    /// What the session holds.
    pub(super) fn notes(&self) -> Notes {
        let key: SessionKey = "s".try_into().unwrap();
        shuttle::future::block_on(self.published.pool.get_or_create::<Notes>(key)).unwrap().memory()
    }
}
