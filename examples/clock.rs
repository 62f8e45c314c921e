//! Tools with a real function: the model asks for the time, and `run_tools` does the rest.
//!
//! ```text
//! OPENAI_BASE_URL=http://localhost:18080/v1 OPENAI_MODEL=smollm2 cargo run -p alphora-examples --example clock
//!
//! curl -N localhost:8000/alphadata/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "What is the time in UTC+8?"}], "session_id": "user-001"}'
//! curl -N localhost:8000/alphadata/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "What is the time in UTC?"}], "session_id": "user-001"}'
//! ```
//!
//! While a tool runs, clients see a `status`; what it was given and what it gave stays on the server.

use std::time::{SystemTime, UNIX_EPOCH};

use alphora::prelude::*;

/// Tells the time of day.
#[tool(hours_from_utc = "the offset from UTC in hours, such as 8 or -5; absent for UTC")]
fn current_time(hours_from_utc: Option<i64>) -> Result<String, &'static str> {
    let offset = hours_from_utc.unwrap_or(0);
    if !(-12..=14).contains(&offset) {
        // The model reads this, and can do better.
        return Err("an offset is between -12 and 14");
    }
    let seconds =
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs()).cast_signed();
    let of_day = (seconds + offset * 3600).rem_euclid(24 * 3600);
    Ok(format!("{:02}:{:02} (UTC{offset:+})", of_day / 3600, of_day / 60 % 60))
}

#[agent(new = false)]
struct Clock {
    llm: OpenAILike,
    executor: ToolExecutor,
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Clock {
    async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        self.memory.add_user(request.get_user_query());
        self.executor.run_tools(&self.llm, &mut self.memory, &self.stream).await?;
        self.stream.stop().await
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    let mut registry = ToolRegistry::new();
    registry.register(current_time)?;
    let clock = Clock {
        llm: OpenAILike::from_env()?,
        executor: ToolExecutor::new(&registry),
        memory: MemoryManager::default(),
        stream: DataStreamer::default(),
    };
    publish(clock).serve().await
}

#[cfg(test)]
mod tests {
    use super::current_time;

    #[test]
    fn the_time_of_day() {
        assert!(current_time(Some(8)).unwrap().ends_with("(UTC+8)"));
        assert_eq!(current_time(Some(99)), Err("an offset is between -12 and 14"));
    }
}
