//! What is asked before calls, and told after them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use super::tools::{echo, executor, result};
use crate::stream::DataStreamer;
use crate::tool::{ToolContext, ToolError, ToolErrorKind, ToolHook, ToolResult};
use crate::wire::ToolCall;

type Log = Arc<Mutex<Vec<String>>>;

/// Writes down what it sees; refuses calls whose arguments contain a word.
struct Witness {
    name: &'static str,
    refuses: &'static str,
    log: Log,
}

impl Witness {
    fn new(name: &'static str, refuses: &'static str, log: &Log) -> Self {
        Self { name, refuses, log: log.clone() }
    }

    fn write(&self, what: &str) {
        self.log.lock().unwrap().push(format!("{} {what}", self.name));
    }
}

impl ToolHook for Witness {
    async fn before(&self, call: &ToolCall, context: &ToolContext) -> Result<(), ToolError> {
        assert_eq!((context.call_id(), context.tool_name()), (call.id.as_str(), "echo"));
        self.write("before");
        if call.function.arguments.contains(self.refuses) {
            return Err(ToolError::blocked(format!("{} is not allowed", self.refuses)));
        }
        Ok(())
    }

    async fn after(&self, _: &ToolCall, result: &mut ToolResult) {
        self.write("after");
        result.content.push_str(self.name);
    }
}

#[tokio::test]
async fn hooks_run_in_order_and_can_change_results() {
    let log = Log::default();
    let executor =
        executor([echo()]).hook(Witness::new("a", "secret", &log)).hook(Witness::new("b", "password", &log));
    assert_eq!(result(&executor, "echo", r#"{"text": "hi"}"#).await.content, "hiab");
    assert_eq!(std::mem::take(&mut *log.lock().unwrap()), ["a before", "b before", "a after", "b after"]);

    let blocked = result(&executor, "echo", r#"{"text": "my secret"}"#).await;
    assert_eq!(blocked.error, Some(ToolErrorKind::Blocked));
    assert!(blocked.content.starts_with(r#"{"error":"blocked","message":"secret is not allowed"}"#));
    assert_eq!(std::mem::take(&mut *log.lock().unwrap()), ["a before", "a after", "b after"]);

    // What cannot be called is not asked about, but told.
    result(&executor, "echo", "{}").await;
    assert_eq!(std::mem::take(&mut *log.lock().unwrap()), ["a after", "b after"]);
}

/// Panics when it is asked, when it is told, or both.
struct Faulty {
    before: bool,
    after: bool,
}

impl ToolHook for Faulty {
    async fn before(&self, _: &ToolCall, _: &ToolContext) -> Result<(), ToolError> {
        assert!(!self.before, "secret");
        Ok(())
    }

    async fn after(&self, _: &ToolCall, _: &mut ToolResult) {
        assert!(!self.after, "secret");
    }
}

#[tokio::test]
async fn a_hook_that_panics_blocks_what_it_was_asked_about() {
    let executor = |before, after| executor([echo()]).hook(Faulty { before, after });
    let blocked = result(&executor(true, true), "echo", r#"{"text": "hi"}"#).await;
    assert_eq!(blocked.error, Some(ToolErrorKind::Blocked));
    assert!(!blocked.content.contains("secret"));
    let made = result(&executor(false, true), "echo", r#"{"text": "hi"}"#).await;
    assert_eq!(made.error, Some(ToolErrorKind::Blocked), "what was not checked is withheld");
    assert!(!made.content.contains("hi\""), "{}", made.content);
}

/// Never answers when it is asked, when it is told, or both.
struct Hangs {
    before: bool,
    after: bool,
}

impl ToolHook for Hangs {
    async fn before(&self, _: &ToolCall, _: &ToolContext) -> Result<(), ToolError> {
        if self.before { std::future::pending().await } else { Ok(()) }
    }

    async fn after(&self, _: &ToolCall, _: &mut ToolResult) {
        if self.after {
            std::future::pending::<()>().await;
        }
    }
}

const HI: &str = r#"{"text": "hi"}"#;

#[tokio::test(start_paused = true)]
async fn a_hook_that_hangs_is_given_up() {
    let (begin, log) = (Instant::now(), Log::default());
    let told = executor([echo()]).hook(Hangs { before: false, after: true });
    let told = told.hook(Witness::new("next", "secret", &log));
    let withheld = result(&told, "echo", HI).await;
    assert_eq!(withheld.error, Some(ToolErrorKind::Blocked));
    assert!(withheld.content.ends_with("next"), "the next hook is told: {}", withheld.content);
    assert_eq!(begin.elapsed().as_secs(), 10);

    // A person may take longer than the tool, but not for ever.
    let begin = Instant::now();
    let asked = executor([echo()]).hook(Hangs { before: true, after: false });
    let blocked = result(&asked.timeout(Duration::from_secs(1)), "echo", HI).await;
    assert_eq!(blocked.error, Some(ToolErrorKind::Blocked));
    assert!(blocked.content.contains("could not be checked"), "{}", blocked.content);
    assert_eq!(begin.elapsed().as_secs(), 60 * 60);
}

#[tokio::test(start_paused = true)]
async fn hooks_end_with_their_run() {
    for (before, after, error) in
        [(true, false, Some(ToolErrorKind::Cancelled)), (false, true, Some(ToolErrorKind::Blocked))]
    {
        let (begin, log, stream) = (Instant::now(), Log::default(), DataStreamer::capture());
        let hangs = executor([echo()]).hook(Hangs { before, after }).bound_to(&stream);
        let hangs = hangs.hook(Witness::new("told", "secret", &log));
        let (result, ()) = tokio::join!(result(&hangs, "echo", HI), async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            stream.cancellation().cancel();
        });
        assert_eq!((result.error, begin.elapsed().as_secs()), (error, 2));
        // Whoever can hear it at once is told all the same.
        assert_eq!(log.lock().unwrap().last().map(String::as_str), Some("told after"));
    }
}
