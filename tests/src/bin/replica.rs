//! One of several servers that share their sessions, to be killed: two agents whose turns can be counted.
//!
//! `ALPHORA_SESSION_STORE=redis://127.0.0.1/ cargo run -p alphora-tests --features redis --bin replica`
//!
//! It listens on a free port of the loopback interface, says which, and ends when its standard input is closed, so that
//! nothing is left of a harness that died. The user's text is a command: `list`, or the name of a turn, followed by
//! `pause MS` if it is to take its time.

use std::time::Duration;

use alphora::prelude::*;
use alphora::{Role, ServerConfig};
use alphora_tests::history::Place;
use alphora_tests::serve_announced;
use serde::{Deserialize, Serialize};

/// The names of a session's turns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Names(Vec<String>);

impl Memory for Names {}

/// What the user's text says.
enum Command {
    List,
    Turn { name: String, pause: Duration },
}

impl Command {
    fn read(text: &str) -> Result<Self, AgentError> {
        match text.split(' ').collect::<Vec<_>>()[..] {
            ["list"] => Ok(Self::List),
            [name] => Ok(Self::Turn { name: name.to_owned(), pause: Duration::ZERO }),
            [name, "pause", milliseconds] => {
                Ok(Self::Turn { name: name.to_owned(), pause: Duration::from_millis(milliseconds.parse()?) })
            }
            _ => Err(AgentError::public(400, "", "write `list`, `NAME` or `NAME pause MS`")),
        }
    }
}

/// Remembers in a type of its own, which is stored as a whole with each turn.
#[agent]
struct Whole {
    #[agent(memory)]
    memory: Names,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/whole", memory_ttl = 7200)]
impl Whole {
    async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        match Command::read(&request.get_user_query())? {
            Command::List => self.stream.text(self.memory.0.join("\n")).await?,
            Command::Turn { name, pause } => {
                self.memory.0.push(name);
                // The first event is out before the pause, so that a stream is cut off in its middle.
                self.stream.text("turn ").await?;
                tokio::time::sleep(pause).await;
                self.stream.text(Place::last_of(&self.memory.0).to_string()).await?;
            }
        }
        Ok(())
    }
}

/// Remembers in the memory of a chat, to which each turn appends.
#[agent]
struct Chat {
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/chat", memory_ttl = 7200)]
impl Chat {
    async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        let text = request.get_user_query();
        match Command::read(&text)? {
            Command::List => self.stream.text(self.names()?.join("\n")).await?,
            Command::Turn { name, pause } => {
                self.memory.add_user(name);
                self.stream.text("turn ").await?;
                tokio::time::sleep(pause).await;
                let place = Place::last_of(&self.names()?).to_string();
                self.memory.add_assistant(place.as_str());
                self.stream.text(place).await?;
            }
        }
        Ok(())
    }
}

impl Chat {
    /// What users have said; each but the last of it has to have its answer.
    fn names(&self) -> Result<Vec<String>, AgentError> {
        let is_whole = self.memory.messages().enumerate().all(|(at, message)| {
            message.role == if at.is_multiple_of(2) { Role::User } else { Role::Assistant }
        });
        if !is_whole {
            return Err(AgentError::public(500, "torn", "questions and answers do not alternate"));
        }
        Ok(self.memory.messages().step_by(2).map(|message| message.text().into_owned()).collect())
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    let options = ServerConfig { drain_timeout: Duration::from_secs(5), ..Default::default() };
    let published = alphora::publish(Whole::new()).and(Chat::new()).server(options);
    serve_announced("replica", published).await
}
