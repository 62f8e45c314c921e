//! The agent whose clients leave, and what its runs write down.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use alphora::prelude::*;
use alphora_tests::Turns;

/// What the runs have written down, each at its number.
#[derive(Debug)]
pub(super) struct Ledger {
    epoch: Instant,
    running: AtomicUsize,
    finished: AtomicUsize,
    runs: Vec<Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    reached: OnceLock<()>,
    dropped: OnceLock<Instant>,
}

impl Ledger {
    pub(super) fn new(runs: usize) -> Self {
        let runs = std::iter::repeat_with(Entry::default).take(runs).collect();
        Self { epoch: Instant::now(), running: AtomicUsize::new(0), finished: AtomicUsize::new(0), runs }
    }

    /// How long this ledger has existed.
    pub(super) fn now(&self) -> Duration {
        self.epoch.elapsed()
    }

    pub(super) fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    /// How many runs came to their own end.
    pub(super) fn finished(&self) -> usize {
        self.finished.load(Ordering::SeqCst)
    }

    /// Whether a run has sent what it sends before its client leaves.
    pub(super) fn has_reached(&self, run: usize) -> bool {
        self.runs.get(run).is_some_and(|entry| entry.reached.get().is_some())
    }

    /// When a run's future was dropped.
    pub(super) fn dropped(&self, run: usize) -> Option<Instant> {
        self.runs.get(run)?.dropped.get().copied()
    }
}

/// A run, for as long as its future lives.
struct Running(Arc<Ledger>, usize);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(entry) = self.0.runs.get(self.1) {
            entry.dropped.get_or_init(Instant::now);
        }
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

/// `NUMBER COMMAND CHUNKS`, where the command is what comes after the chunks.
#[agent]
#[derive(Debug)]
pub(super) struct Leaves {
    ledger: Arc<Ledger>,
    llm: OpenAILike,
    #[agent(memory)]
    memory: Turns,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Leaves {
    async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        let script = request.get_user_query().into_owned();
        let mut words = script.split(' ');
        let number: usize = words.next().unwrap_or_default().parse()?;
        let command = words.next().unwrap_or_default();
        let chunks: usize = words.next().unwrap_or_default().parse()?;
        self.ledger.running.fetch_add(1, Ordering::SeqCst);
        let running = Running(self.ledger.clone(), number);
        if command == "ask" {
            let mut reply = self.llm.acall(&*script).await?;
            for chunk in 1..=chunks {
                drop(reply.next().await);
                self.stream.text(format!("chunk-{chunk};")).await?;
            }
            self.reached(number);
            while let Some(chunk) = reply.next().await {
                self.stream.text(chunk?.content).await?;
            }
            return Ok(());
        }
        for chunk in 1..=chunks {
            self.stream.text(format!("chunk-{chunk};")).await?;
        }
        self.reached(number);
        match command {
            "hang" => std::future::pending().await,
            "flow" => loop {
                self.stream.text("on and on ").await?;
                tokio::time::sleep(Duration::from_millis(1)).await;
            },
            "finish" => {
                self.memory.0.push(script.clone());
                tokio::time::sleep(Duration::from_millis(10)).await;
                // Nobody reads it, and it is no error.
                self.stream.text("the end").await?;
                self.ledger.finished.fetch_add(1, Ordering::SeqCst);
            }
            // Events that say when they were sent.
            _ => {
                for _ in 0..50 {
                    self.stream.text(format!("at={};", self.ledger.now().as_micros())).await?;
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }
        }
        drop(running);
        Ok(())
    }

    fn reached(&self, number: usize) {
        if let Some(entry) = self.ledger.runs.get(number) {
            entry.reached.get_or_init(|| ());
        }
    }
}
