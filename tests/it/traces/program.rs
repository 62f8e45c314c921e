//! A program with traces of its own: a subscriber is a process's, so each test has a process.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use alphora_tests::{Answer, Program, post};
use serde_json::json;

/// The program `traced`.
pub(super) struct Traced(Program);

impl Traced {
    /// Starts it with these variables beside the usual ones. `model`: where its model is.
    pub(super) async fn start(model: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = Program::command(env!("CARGO_BIN_EXE_traced"));
        command.arg(model).env("OTEL_BSP_SCHEDULE_DELAY", "50");
        command.envs(variables.iter().copied()).stderr(Stdio::piped());
        Self(Program::start(command, "traced at ").await.unwrap())
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.0.addr
    }

    /// What it has logged.
    pub(super) fn log(&self) -> String {
        self.0.log()
    }

    /// Asks it to do what `script` says, and waits for all of its answer.
    pub(super) async fn ask(&self, script: &str, headers: &[(&str, &str)]) -> Answer {
        post(self.addr(), PATH, body(script), headers).await
    }

    /// Tells it to end, and waits until it has.
    pub(super) async fn terminate(&mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        (self.0.terminate().await.unwrap().expect("it ends"), begun.elapsed())
    }
}

/// Where its agent is.
pub(super) const PATH: &str = "/traced/chat/completions";

/// A request for a stream.
pub(super) fn body(script: &str) -> String {
    let messages = [json!({ "role": "user", "content": script })];
    json!({ "messages": messages, "stream": true, "session_id": "conversation-1" }).to_string()
}
