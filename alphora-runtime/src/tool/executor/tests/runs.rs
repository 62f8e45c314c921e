//! Executors that work for a run: they end with it, and its client sees what they do.

use std::time::Duration;

use super::tools::{call, echo, executor, result, tool, wait, waits};
use crate::stream::DataStreamer;
use crate::tool::{ToolContext, ToolError, ToolErrorKind, ToolOutput, ToolParameters};

struct Prices(Vec<u32>);

#[tokio::test]
async fn state_is_shared_by_type() {
    let sum = tool("sum", ToolParameters::new(), |_, context: ToolContext| async move {
        let prices = context.state::<Prices>().ok_or_else(|| ToolError::failed("no prices"))?;
        assert_eq!(context.state::<String>().map(String::as_str), Some("second"));
        ToolOutput::json(&prices.0.iter().sum::<u32>())
    });
    let executor = executor([sum]).with_state(Prices(vec![3, 4]));
    let executor = executor.with_state("first".to_owned()).with_state("second".to_owned());
    assert_eq!(result(&executor, "sum", "").await.content, "7");
    let without = super::tools::executor([]).with_state(Prices(vec![]));
    assert_eq!(result(&without, "sum", "").await.error, Some(ToolErrorKind::UnknownTool));
}

#[tokio::test]
async fn clients_see_progress_as_status_and_never_as_calls() {
    let talks = tool("talks", ToolParameters::new(), |_, context| async move {
        context.status("half way").await;
        Err(ToolError::failed("secret"))
    });
    let stream = DataStreamer::capture();
    let bound = executor([echo(), talks]).bound_to(&stream);
    bound.execute([call("1", "echo", r#"{"text": "secret"}"#)]).await;
    bound.execute([call("2", "talks", ""), call("3", "unknown", "")]).await;
    assert_eq!(
        stream.captured(),
        [
            ("status", "echo: started"),
            ("status", "echo: done"),
            ("status", "talks: started"),
            ("status", "talks: half way"),
            ("status", "talks: failed"),
        ]
    );

    let silent = DataStreamer::capture();
    let bound = executor([echo()]).status(false).bound_to(&silent);
    bound.execute([call("1", "echo", r#"{"text": "hi"}"#)]).await;
    assert!(silent.captured().to_vec().is_empty());

    // After its end a run has no reader for progress; the calls do not care.
    stream.stop().await.unwrap();
    assert_eq!(
        result(&executor([echo()]).bound_to(&stream), "echo", r#"{"text": "hi"}"#).await.content,
        "hi"
    );
}

#[tokio::test(start_paused = true)]
async fn calls_end_with_their_run() {
    let stream = DataStreamer::capture();
    let executor = executor([wait()]).bound_to(&stream);
    let calls = waits([1, 3600, 3600]);
    let (results, ()) = tokio::join!(executor.execute(&calls), async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        stream.cancellation().cancel();
    });
    let errors: Vec<_> = results.iter().map(|result| result.error).collect();
    assert_eq!(errors, [None, Some(ToolErrorKind::Cancelled), Some(ToolErrorKind::Cancelled)]);
    assert_eq!(results[1].content, r#"{"error":"cancelled","message":"the run has ended"}"#);
    // What is asked for afterwards is not begun.
    assert!(
        executor.execute(&calls).await.iter().all(|result| result.error == Some(ToolErrorKind::Cancelled))
    );
}

#[tokio::test]
async fn a_tool_that_is_not_async_says_how_far_it_is() {
    let blocks = tool("blocks", ToolParameters::new(), |_, context| async move {
        let says = move || (0..1_000).for_each(|nth| context.try_status(format!("{nth}")));
        tokio::task::spawn_blocking(says).await.map_err(ToolError::failed)?;
        Ok(ToolOutput::default())
    });
    let stream = DataStreamer::capture();
    let blocks = executor([blocks]).status(false).bound_to(&stream);
    result(&blocks, "blocks", "").await;
    let said = stream.captured().to_vec();
    assert_eq!((said.len(), said[999].1.as_str()), (1_000, "blocks: 999"));
    // After its end a run has no reader for progress.
    stream.stop().await.unwrap();
    assert_eq!(result(&blocks, "blocks", "").await.error, None);
    ToolContext::default().try_status("nobody hears this");
}

/// A slow client holds nobody up who may not wait.
#[tokio::test]
async fn progress_for_which_there_is_no_room_is_lost() {
    let stream = DataStreamer::with_timeout(Duration::from_secs(60)).unwrap();
    let talks = tool("talks", ToolParameters::new(), |_, context: ToolContext| async move {
        (0..10_000).for_each(|nth| context.try_status(format!("{nth}")));
        Ok(ToolOutput::text("done"))
    });
    let talks = executor([talks]).status(false).bound_to(&stream);
    assert_eq!(result(&talks, "talks", "").await.content, "done");
}

#[tokio::test]
async fn a_context_of_ones_own_is_good_for_tests() {
    let context = ToolContext::default();
    assert!(!context.is_cancelled());
    assert_eq!((context.call_id(), context.tool_name()), ("", ""));
    context.status("nobody hears this").await;
}
