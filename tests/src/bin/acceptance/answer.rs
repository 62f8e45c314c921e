//! What a run says: the stream, with a record of the text for the memory and of the words for the usage.

use alphora::prelude::*;

/// The answer of one run.
pub(crate) struct Answer {
    stream: DataStreamer,
    text: String,
    /// Completion tokens that were reported before anything was sent; `None` if no usage is reported here.
    reported_ahead: Option<u64>,
}

impl Answer {
    pub(crate) fn new(stream: DataStreamer) -> Self {
        Self { stream, text: String::new(), reported_ahead: None }
    }

    /// All pieces of type `text`, joined.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Reports words as tokens from now on, at least one of the prompt and one of the completion.
    pub(crate) fn report_usage(&mut self, request: &OpenAIRequest) -> Result<(), AgentError> {
        let prompt: u64 = request.messages.iter().map(|message| words(&message.text())).sum();
        self.stream.usage(Usage::new(prompt.max(1), 1))?;
        self.reported_ahead = Some(1);
        Ok(())
    }

    /// Reports a usage of its own.
    pub(crate) fn usage(&self, prompt: u64, completion: u64) -> Result<(), AgentError> {
        Ok(self.stream.usage(Usage::new(prompt, completion))?)
    }

    /// Sends one event.
    pub(crate) async fn send(&mut self, content_type: &str, content: &str) -> Result<(), AgentError> {
        self.stream.send(content_type, content).await?;
        if content_type == "text" {
            self.text.push_str(content);
        }
        let words = words(content);
        self.spend(words, if content_type == "thinking" { words } else { 0 })
    }

    /// Sends one event for each word, the white space that follows it included.
    pub(crate) async fn speak(&mut self, content_type: &str, content: &str) -> Result<(), AgentError> {
        for piece in content.split_inclusive(char::is_whitespace) {
            self.send(content_type, piece).await?;
        }
        Ok(())
    }

    /// Asks the client to call its tool `name`, with the arguments in two fragments.
    pub(crate) async fn call(&mut self, name: &str, arguments: &str) -> Result<(), AgentError> {
        let call = self.stream.begin_tool_call(name).await?;
        let (head, tail) = arguments.split_at(arguments.floor_char_boundary(arguments.len() / 2));
        call.arguments(head).await?;
        call.arguments(tail).await?;
        self.spend(1, 0)
    }

    pub(crate) async fn stop(&self) -> Result<(), AgentError> {
        Ok(self.stream.stop().await?)
    }

    pub(crate) async fn stop_with(&self, reason: &str) -> Result<(), AgentError> {
        Ok(self.stream.stop_with(reason).await?)
    }

    fn spend(&mut self, completion: u64, reasoning: u64) -> Result<(), AgentError> {
        let Some(ahead) = &mut self.reported_ahead else { return Ok(()) };
        let covered = completion.min(*ahead);
        *ahead -= covered;
        let usage = Usage::new(0, completion - covered).with_reasoning_tokens(reasoning);
        Ok(self.stream.usage(usage)?)
    }
}

fn words(text: &str) -> u64 {
    text.split_whitespace().map(|_| 1).sum()
}
