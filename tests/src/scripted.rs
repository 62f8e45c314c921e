//! An agent whose user writes what it shall do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alphora::prelude::*;

use crate::Gate;

/// What the scripted agent remembers: its own turns, as texts.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Turns(pub Vec<String>);

impl Memory for Turns {
    fn begin(&mut self, earlier: &[Message]) {
        self.0.extend(earlier.iter().map(|message| format!("earlier:{}", message.text())));
    }
}

/// Does what the last user message says, line by line.
///
/// `send TYPE TEXT`, `text TEXT`, `sleep MS`, `gate NUMBER`, `remember TEXT`, `recall`, `call NAME ARGUMENTS`, `usage P C`,
/// `work N MS`, `spawn`, `stop REASON`, `log TEXT`, `fail TEXT`, `public STATUS TEXT`, `panic TEXT`, `hang`, `flood N`, `temperature`.
#[agent]
#[derive(Debug)]
pub struct Scripted {
    /// How many runs are under way.
    running: Arc<AtomicUsize>,
    #[agent(memory)]
    memory: Turns,
    #[agent(stream)]
    stream: DataStreamer,
}

/// Counts a run for as long as its future lives.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[agent(path = "/scripted")]
impl Scripted {
    /// Runs the script.
    pub async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        self.running.fetch_add(1, Ordering::SeqCst);
        let _running = Running(self.running.clone());
        for line in request.get_user_query().lines() {
            self.line(line, &request).await?;
        }
        Ok(())
    }

    async fn line(&mut self, line: &str, request: &OpenAIRequest) -> Result<(), AgentError> {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (first, second) = rest.split_once(' ').unwrap_or((rest, ""));
        match command {
            "send" => self.stream.send(first, second).await?,
            "text" => self.stream.text(rest).await?,
            "sleep" => tokio::time::sleep(Duration::from_millis(rest.parse()?)).await,
            "gate" => Gate::pass(rest.parse()?).await,
            "remember" => self.memory.0.push(rest.to_owned()),
            "recall" => self.stream.text(self.memory.0.join(",")).await?,
            "call" => drop(self.stream.tool_call(first, second).await?),
            "usage" => self.stream.usage(Usage::new(first.parse()?, second.parse()?))?,
            "stop" if rest.is_empty() => self.stream.stop().await?,
            "stop" => self.stream.stop_with(rest).await?,
            "log" => tracing::info!("{rest}"),
            "fail" => return Err(rest.to_owned().into()),
            "public" => return Err(AgentError::public(first.parse()?, "", second)),
            "panic" => panic!("{rest}"),
            "hang" => std::future::pending().await,
            // Computes without awaiting anything but what it sends.
            "work" => {
                for _ in 0..first.parse()? {
                    std::thread::sleep(Duration::from_millis(second.parse()?));
                    self.stream.text("w ").await?;
                }
            }
            // A task that goes on sending for as long as it may.
            "spawn" => {
                let (stream, running) = (self.stream.clone(), self.running.clone());
                running.fetch_add(1, Ordering::SeqCst);
                #[expect(clippy::disallowed_methods, reason = "it ends when nobody reads any more")]
                tokio::spawn(async move {
                    let _running = Running(running);
                    while stream.text("spawned ").await.is_ok() {
                        tokio::task::yield_now().await;
                    }
                });
            }
            "flood" => {
                for number in 0..rest.parse()? {
                    self.stream.text(format!("{number} ")).await?;
                }
            }
            "temperature" => self.stream.text(format!("{:?}", request.temperature()?)).await?,
            other => return Err(format!("no such command: {other}").into()),
        }
        Ok(())
    }
}
