//! An agent without macros, its runs without a server, and readers without a socket.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::agent::*;
use crate::error::AgentError;
use crate::random::Identifier;
use crate::session::{Memory, MemoryPool, Preempt, SessionKey};
use crate::stream::{DataStreamer, Interruption, Output, ResponseHead, Surface, renderer};
use crate::wire::{Message, OpenAIRequest};

/// What was written down, and how often it was put in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Notes {
    pub(super) lines: Vec<String>,
    pub(super) settled: u32,
}

impl Memory for Notes {
    fn settle(&mut self) {
        assert!(!self.lines.iter().any(|line| line == "unsettling"), "cannot be put in order");
        self.settled += 1;
    }
}

/// Writes each word of the question down, and does what the last one says.
#[derive(Default)]
struct Scripted {
    memory: Notes,
    stream: Option<DataStreamer>,
}

impl AgentState for Scripted {
    type Memory = Notes;
    const HAS_MEMORY: bool = true;

    fn bind(&mut self, memory: Notes, stream: DataStreamer) {
        self.memory = memory;
        self.stream = Some(stream);
    }

    fn take_memory(&mut self) -> Notes {
        std::mem::take(&mut self.memory)
    }
}

/// Says in the memory that the call's future is gone.
struct Gone<'a>(&'a mut Notes);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.lines.push("gone".to_owned());
    }
}

impl Agent for Scripted {
    const DESCRIPTION: &'static Description =
        &Description { agent: "Scripted", options: Options::NONE, endpoints: &[] };

    async fn call(
        instance: &mut Instance<Self>,
        _endpoint: usize,
        request: OpenAIRequest,
        out: DataStreamer,
    ) -> Result<(), AgentError> {
        let agent = instance.borrowed()?;
        let question = request.get_user_query().into_owned();
        agent.memory.lines.extend(question.split(' ').map(str::to_owned));
        match question.rsplit(' ').next().unwrap_or_default() {
            "fail" => Err("as told".into()),
            "panic" => panic!("as told"),
            "hang" => {
                let _gone = Gone(&mut agent.memory);
                std::future::pending().await
            }
            "flood" => loop {
                out.text("x").await?;
            },
            _ => Ok(()),
        }
    }
}

/// The runs that are under way, as a server knows them.
#[derive(Default)]
struct Runs(Mutex<Vec<(u128, Output)>>);

impl Preempt for Runs {
    fn preempt(&self, run: u128, keep: bool) {
        let runs = self.0.lock().unwrap().clone();
        for (_, output) in runs.iter().filter(|(number, _)| *number == run) {
            output.interrupt(Interruption::Superseded { keep });
        }
    }

    fn lose(&self, _turn: u128) {}
}

/// A server of the scripted agent, without HTTP.
#[derive(Clone)]
pub(super) struct Bench {
    published: Arc<Published<Scripted>>,
    runs: Arc<Runs>,
}

/// One run with its reader.
pub(super) struct Reader {
    run: Run,
    pub(super) output: Output,
}

impl Bench {
    pub(super) fn new() -> Self {
        let pool = MemoryPool::default().with_max_session_bytes(1000);
        let published = Published { factory: Box::new(|_| Scripted::default()), pool };
        Self { published: Arc::new(published), runs: Arc::default() }
    }

    pub(super) fn ask(&self, question: &str, session: Option<&str>, policies: Policies) -> Reader {
        let run_id = Identifier::new("cmpl-").unwrap();
        let head = ResponseHead { id: run_id, created: 1, model: "m".to_owned() };
        let output = Output::new(renderer(Surface::OpenAi, true, false, head));
        self.runs.0.lock().unwrap().push((run_id.bits(), output.clone()));
        let session = match session {
            Some(id) => Session::Named(id.try_into().unwrap()),
            None => Session::Unnamed("unnamed".try_into().unwrap()),
        };
        let seconds = Duration::from_secs;
        let run = self.published.clone().run(Input {
            endpoint: 0,
            request: OpenAIRequest::new([Message::user(question)]),
            output: output.clone(),
            run_id,
            session,
            clocks: Clocks { first_event: seconds(10), idle: seconds(10), total: seconds(60) },
            policies,
            runs: self.runs.clone(),
        });
        Reader { run, output }
    }

    /// What the session holds.
    pub(super) async fn notes(&self, session: &str) -> Notes {
        let key: SessionKey = session.try_into().unwrap();
        self.published.pool.get_or_create::<Notes>(key).await.unwrap().memory()
    }

    pub(super) async fn lines(&self, session: &str) -> Vec<String> {
        self.notes(session).await.lines
    }
}

impl Future for Reader {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let polled = Pin::new(&mut self.run).poll(context);
        if polled.is_pending() && self.output.poll_read(context).is_ready() {
            context.waker().wake_by_ref();
        }
        polled
    }
}

impl Reader {
    /// Lets the run go as far as it can at once; it does not end.
    pub(super) fn begin(mut self) -> Self {
        let mut context = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut self).poll(&mut context).is_pending());
        self
    }
}
