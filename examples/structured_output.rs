//! Structured output: the model answers with a Rust type, and the agent works with its fields.
//!
//! ```text
//! OPENAI_BASE_URL=http://localhost:18080/v1 OPENAI_MODEL=smollm2 cargo run -p alphora-examples --example structured_output
//!
//! curl -N localhost:8000/alphadata/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "Bob is 42 years old."}], "session_id": "user-001"}'
//! curl -N localhost:8000/alphadata/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "Alice is 24 years old."}], "session_id": "user-001"}'
//! ```
//!
//! The second answer knows both.

use alphora::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Somebody who is mentioned. The model reads these comments.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Person {
    /// The given name.
    name: String,
    /// The age in years, if it is said.
    age: Option<u32>,
}

/// What a session keeps: everybody who was mentioned.
#[derive(Clone, Default, Serialize, Deserialize)]
struct People(Vec<Person>);

impl Memory for People {}

#[agent]
struct AddressBook {
    llm: OpenAILike,
    #[agent(memory)]
    people: People,
}

#[agent]
impl AddressBook {
    async fn run(&mut self, request: OpenAIRequest) -> alphora::Result<String> {
        let question = format!("Who is mentioned here, and how old? {}", request.get_user_query());
        let person: Person = self.llm.acall(question).temperature(0.0).max_tokens(100).json().await?;
        self.people.0.push(person);
        let known = self.people.0.iter().map(|Person { name, age }| match age {
            Some(age) => format!("{name} ({age})"),
            None => name.clone(),
        });
        Ok(format!("I know {}.", known.collect::<Vec<_>>().join(", ")))
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    publish(AddressBook::new(OpenAILike::from_env()?)).serve().await
}
