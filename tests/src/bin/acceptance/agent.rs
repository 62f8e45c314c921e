//! The agent: what every run has in common, whatever its command is.

use std::borrow::Cow;
use std::time::Duration;

use alphora::MemoryPool;
use alphora::prelude::*;

use crate::answer::Answer;
use crate::command::{self, Command};
use crate::counters::Counters;
use crate::default_rule;

/// Does what the last user message says.
#[agent]
pub(crate) struct AcceptanceAgent {
    counters: Counters,
    pool: MemoryPool,
    /// The limit on a run, which the command `timeout` oversleeps.
    limit: Duration,
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(name = "acceptance", path = "/alphadata")]
impl AcceptanceAgent {
    pub(crate) async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        let query = request.get_user_query();
        let command = command::in_request(&request, &query);
        if command == ("stats", None) {
            self.stream.text(self.counters.report(self.pool.size())?).await?;
            return Ok(());
        }
        let run = self.counters.begin();
        let result = self.turn(&request, &query, command).await;
        run.complete();
        result
    }
}

impl AcceptanceAgent {
    async fn turn(
        &mut self,
        request: &OpenAIRequest,
        query: &str,
        command: Command<'_>,
    ) -> Result<(), AgentError> {
        let mut answer = Answer::new(self.stream.clone());
        if !matches!(command, ("usage", Some(_))) {
            answer.report_usage(request)?;
        }
        if let Some(text) = self.about_memory(command) {
            answer.send("text", &text).await?;
        } else {
            self.memory.add_user(query);
            self.answer(request, query, command, &mut answer).await?;
            self.memory.add_assistant(answer.text());
        }
        if !matches!(command, ("nostop", Some(_))) && !self.stream.is_stopped() {
            self.stream.stop().await?;
        }
        Ok(())
    }

    /// The answer to the commands that are about the session's memory, and that it does not remember.
    fn about_memory(&mut self, command: Command<'_>) -> Option<String> {
        match command {
            ("memory", None) => Some(self.user_turns().count().to_string()),
            ("recall", Some(index)) if let Ok(index) = index.parse() => {
                Some(self.user_turns().nth(index).unwrap_or("none".into()).into_owned())
            }
            ("forget", None) => {
                self.memory.clear();
                Some("ok".to_owned())
            }
            _ => None,
        }
    }

    fn user_turns(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.memory.messages().filter(|message| message.role == Role::User).map(Message::text)
    }

    async fn answer(
        &self,
        request: &OpenAIRequest,
        query: &str,
        command: Command<'_>,
        answer: &mut Answer,
    ) -> Result<(), AgentError> {
        if let Some(fact) = command::fact(command, request)? {
            return answer.send("text", &fact).await;
        }
        let answered = command::content(command, answer).await?
            || command::tool_call(command, request, answer).await?
            || command::ending(command, self.limit, answer).await?;
        if !answered {
            default_rule::answer(request, query, answer).await?;
        }
        Ok(())
    }
}
