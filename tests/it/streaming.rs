//! `DataStreamer` without a server: in unit tests, and as a stream of one's own.

use std::time::Duration;

use alphora::{DataStreamer, ErrorKind, Usage};
use tokio_stream::StreamExt;

#[tokio::test]
async fn a_capture_keeps_what_is_sent() {
    let stream = DataStreamer::capture();
    stream.send("thinking", "hm").await.unwrap();
    stream.text("a").await.unwrap();
    stream.code("b").await.unwrap();
    stream.status("c").await.unwrap();
    stream.tool_call("f", "{}").await.unwrap();
    stream.usage(Usage::new(1, 2)).unwrap();
    stream.stop_with("length").await.unwrap();
    assert_eq!(
        stream.captured(),
        [("thinking", "hm"), ("text", "a"), ("code", "b"), ("status", "c"), ("tool_calls", "f({})")]
    );
    assert_eq!(stream.captured().joined("text"), "a");
    assert_eq!(stream.reported_usage().total_tokens, 3);
    assert_eq!(stream.stop_reason().unwrap().as_str(), "length");
    assert_eq!(stream.text("late").await.unwrap_err().kind(), ErrorKind::Stopped);
    assert_eq!(stream.stop().await.unwrap_err().kind(), ErrorKind::Stopped);
}

#[tokio::test]
async fn a_detached_stream_fails_loudly() {
    let stream = DataStreamer::default();
    assert_eq!(stream.text("x").await.unwrap_err().kind(), ErrorKind::Detached);
    assert_eq!(stream.stop().await.unwrap_err().kind(), ErrorKind::Detached);
    assert_eq!(stream.usage(Usage::default()).unwrap_err().kind(), ErrorKind::Detached);
}

#[tokio::test]
async fn reserved_content_types_are_refused() {
    let stream = DataStreamer::capture();
    for kind in ["stop", "mixed-xml", "", &"x".repeat(129)] {
        assert_eq!(stream.send(kind, "x").await.unwrap_err().kind(), ErrorKind::InvalidArgument, "{kind}");
    }
    assert_eq!(stream.captured(), []);
}

async fn collect(stream: &DataStreamer) -> String {
    let mut events = stream.start_streaming_openai().unwrap();
    let mut all = Vec::new();
    while let Some(Ok(bytes)) = events.next().await {
        all.extend_from_slice(&bytes);
    }
    String::from_utf8(all).unwrap()
}

#[tokio::test]
async fn the_seeds_streamer() {
    let streamer = DataStreamer::new(Duration::from_secs(300), "MyModel").unwrap();
    streamer.send_data("text", "Hello").await.unwrap();
    streamer.stop_with("stop").await.unwrap();
    let events = collect(&streamer).await;
    assert!(events.contains("\"model\":\"MyModel\"") && events.contains("\"content\":\"Hello\""), "{events}");
    assert!(events.ends_with("\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"), "{events}");
    assert!(streamer.start_streaming_openai().is_err(), "there is one response");

    let streamer = DataStreamer::with_timeout(Duration::from_secs(1)).unwrap();
    streamer.send_data("text", "a<b").await.unwrap();
    streamer.send_data("thinking", "c").await.unwrap();
    streamer.stop().await.unwrap();
    let completion = streamer.start_non_streaming_openai().await.unwrap();
    let delta = &completion["choices"][0]["delta"];
    assert_eq!(
        delta["content"],
        "<content type=\"text\">a&lt;b</content><content type=\"thinking\">c</content>"
    );
    assert_eq!((&completion["model"], &delta["content_type"]), (&"AlphaData".into(), &"mixed-xml".into()));
}

#[test]
fn a_response_outside_of_a_runtime_is_refused_with_what_to_do() {
    let streamer = DataStreamer::with_model_name("m").unwrap();
    let error = streamer.start_streaming_openai().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("runtime.enter()"), "{error}");
    // It can still be started.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _entered = runtime.enter();
    assert!(streamer.start_streaming_openai().is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_streamer_of_ones_own_ends_at_its_timeout() {
    let streamer = DataStreamer::with_timeout(Duration::from_secs(60)).unwrap();
    streamer.send_data("text", "partial").await.unwrap();
    let before = tokio::time::Instant::now();
    let events = collect(&streamer).await;
    assert_eq!(before.elapsed().as_secs(), 60);
    assert!(events.contains("partial") && events.contains("\"finish_reason\":\"timeout\""), "{events}");
    assert!(streamer.is_stopped());
}

#[tokio::test]
async fn a_streamer_that_vanishes_does_not_look_complete() {
    let streamer = DataStreamer::with_model_name("m").unwrap();
    let mut events = streamer.start_streaming_openai().unwrap();
    let producer = streamer.clone();
    drop(streamer);
    producer.text("partial").await.unwrap();
    drop(producer);
    let mut all = String::new();
    while let Some(Ok(bytes)) = events.next().await {
        all.push_str(std::str::from_utf8(&bytes).unwrap());
    }
    assert!(
        all.contains("partial") && all.contains("stream_abandoned") && all.ends_with("[DONE]\n\n"),
        "{all}"
    );
}

#[tokio::test(start_paused = true)]
async fn sending_waits_for_a_reader() {
    let streamer = DataStreamer::with_model_name("m").unwrap();
    let flood = async {
        for number in 0..5000 {
            streamer.text(format!("{number} ")).await.unwrap();
        }
        streamer.stop().await.unwrap();
    };
    let mut flood = std::pin::pin!(flood);
    let waited = tokio::time::timeout(Duration::from_secs(1), flood.as_mut()).await;
    assert!(waited.is_err(), "1,024 events are kept, and no more");
    let (events, ()) = tokio::join!(collect(&streamer), flood);
    assert_eq!(events.matches("\"content_type\":\"text\"").count(), 5000);
}
