//! What results become, and how functions that may block are run.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;
use crate::tool::{ToolExecutor, ToolRegistry, ToolResult};
use crate::wire::ToolCall;

fn read<T: Answer>(value: T) -> String {
    value.answer().unwrap().into_string()
}

#[test]
fn texts_are_texts_and_other_values_are_json() {
    assert_eq!(read("sunny"), "sunny");
    assert_eq!(read("sunny".to_owned()), "sunny");
    assert_eq!(read(Cow::Borrowed("sunny")), "sunny");
    assert_eq!(read(()), "done");
    assert_eq!(read(ToolOutput::text("as it is")), "as it is");
    assert_eq!(read(Some("sunny")), "\"sunny\"");
    assert_eq!(read(None::<u8>), "null");
    assert_eq!(read(BTreeMap::from([("degrees", 21)])), r#"{"degrees":21}"#);
}

#[test]
fn a_tool_error_keeps_its_kind_and_others_their_words() {
    let blocked = ToolError::blocked("not today");
    assert_eq!(blocked.clone().reason(), blocked);
    assert_eq!("x".parse::<u8>().unwrap_err().reason(), ToolError::failed("invalid digit found in string"));
    assert_eq!("out of order".reason(), ToolError::failed("out of order"));
}

#[test]
fn results_are_told_from_other_values() {
    let fine: Result<u8, String> = Ok(3);
    assert_eq!(Attempted.output(fine).unwrap().as_str(), "3");
    let failed: Result<u8, String> = Err("no".to_owned());
    assert_eq!(Attempted.output(failed), Err(ToolError::failed("no")));
    assert_eq!(Always.output([1, 2]).unwrap().as_str(), "[1,2]");
}

#[test]
fn without_a_runtime_a_tool_says_so() {
    let mut given = Given::default();
    let mut call = Box::pin(given.blocking(|_| Ok(ToolOutput::text("never"))));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(result) = call.as_mut().poll(&mut context) else { panic!("it waits") };
    assert!(result.unwrap_err().message().contains("Tokio"));
}

#[tokio::test]
async fn a_panic_goes_on_to_whoever_called() {
    #[expect(clippy::disallowed_methods, reason = "it is awaited")]
    let call = tokio::spawn(async { Given::default().blocking(|_| panic!("on purpose")).await });
    assert!(call.await.unwrap_err().is_panic());
}

/// Goes on until it is let go, on the only thread that there is.
#[derive(Clone, Default)]
struct Hangs {
    begun: Arc<AtomicUsize>,
    let_go: Arc<AtomicBool>,
}

static ONE: Semaphore = Semaphore::const_new(1);

impl ToolFunction for Hangs {
    const NAME: &'static str = "hangs";
    const DESCRIPTION: &'static str = "";

    fn parameters() -> ToolParameters {
        ToolParameters::new()
    }

    async fn run(&self, given: &mut Given) -> Ran {
        let Self { begun, let_go } = self.clone();
        let hang = move |_: &mut Given| {
            begun.fetch_add(1, Ordering::SeqCst);
            while !let_go.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(1));
            }
            Ok(ToolOutput::text("let go"))
        };
        given.on_one_of(&ONE, hang).await
    }
}

/// Lets go when the test ends, however it ends: its runtime waits for the threads.
struct LetGo(Hangs);

impl Drop for LetGo {
    fn drop(&mut self) {
        self.0.let_go.store(true, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_tool_that_hangs_keeps_its_thread_and_others_wait_for_it() {
    let hangs = Hangs::default();
    let let_go = LetGo(hangs.clone());
    let mut registry = ToolRegistry::new();
    registry.register(hangs.clone()).unwrap();
    let executor = ToolExecutor::new(registry);
    let call = async |time: Duration| -> ToolResult {
        executor.clone().timeout(time).execute([ToolCall::new("1", "hangs", "")]).await.remove(0)
    };
    let (long, short) = (Duration::from_secs(60), Duration::from_millis(20));
    tokio::select! {
        _ = call(long) => panic!("it hangs"),
        () = async {
            while hangs.begun.load(Ordering::SeqCst) == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        } => {}
    }
    // The call was given up, and its thread is still at work.
    for _ in 0..3 {
        let result = call(short).await;
        assert_eq!(result.error, Some(ToolErrorKind::Timeout));
        assert_eq!(
            result.content,
            r#"{"error":"timeout","message":"all threads for tools are busy, and the call was not begun within 20ms: go on without it, or try again later"}"#
        );
    }
    assert_eq!((hangs.begun.load(Ordering::SeqCst), ONE.available_permits()), (1, 0));
    drop(let_go);
    assert_eq!(call(long).await.content, "let go");
    assert_eq!((hangs.begun.load(Ordering::SeqCst), ONE.available_permits()), (2, 1));
}

#[tokio::test]
async fn all_tools_that_block_share_the_threads() {
    let free = |_: &mut Given| ToolOutput::json(&THREADS.available_permits());
    let free: usize = Given::default().blocking(free).await.unwrap().as_str().parse().unwrap();
    assert!(free < crate::tool::MOST_THREADS, "{free} are free");
}
