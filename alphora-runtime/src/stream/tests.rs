//! The buffer between an agent and its reader.

#[cfg(shuttle)]
mod schedules;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::render::{ResponseHead, Surface, renderer};
use super::{DataStreamer, Output};
use crate::error::ErrorKind;
use crate::random::Identifier;

fn output(stream: bool) -> (Output, DataStreamer) {
    let head = ResponseHead { id: Identifier::unknown("cmpl-"), created: 1, model: "m".to_owned() };
    let output = Output::new(renderer(Surface::OpenAi, stream, false, head.clone()));
    (output.clone(), DataStreamer::of_run(output))
}

fn read(output: &Output) -> Option<String> {
    let mut context = Context::from_waker(Waker::noop());
    match output.poll_read(&mut context) {
        Poll::Ready(read) => read.map(|read| String::from_utf8_lossy(&read.bytes).into_owned()),
        Poll::Pending => None,
    }
}

#[tokio::test]
async fn sending_stops_at_the_high_water_mark() {
    let (output, stream) = output(true);
    let mut sent = 0;
    {
        let mut flood = pin!(async {
            loop {
                stream.text("0123456789").await.unwrap();
                sent += 1;
            }
        });
        // Far more polls than it takes, so that giving way is not what stops it.
        for _ in 0..1000 {
            let pending = poll_fn(|context| Poll::Ready(flood.as_mut().poll(context).is_pending())).await;
            assert!(pending);
        }
    }
    let first = read(&output).unwrap();
    assert!((15 * 1024..16 * 1024).contains(&first.len()), "{} bytes wait", first.len());
    assert_eq!(first.matches("0123456789").count(), sent);
    assert!(read(&output).is_none());
    stream.text("there is room again").await.unwrap();
}

#[tokio::test]
async fn a_reader_that_is_gone_frees_who_waits() {
    let (output, stream) = output(true);
    let mut flood = pin!(async { while stream.text("x".repeat(1024)).await.is_ok() {} });
    for _ in 0..100 {
        assert!(poll_fn(|context| Poll::Ready(flood.as_mut().poll(context).is_pending())).await);
    }
    output.abandon();
    flood.await;
    assert_eq!(stream.text("late").await.unwrap_err().kind(), ErrorKind::Stopped);
}

#[tokio::test]
async fn a_completion_in_one_piece_has_a_bound_that_errors_cannot_pass() {
    let (output, stream) = output(false);
    let piece = "x".repeat(1024 * 1024);
    let mut taken = 0;
    for _ in 0..100 {
        taken += usize::from(stream.text(&piece).await.is_ok());
    }
    assert_eq!(taken, 63, "64 MiB, its content types counted");
    output.finish(&output.reason());
    assert!(output.take().len() < 65 * 1024 * 1024);
}

#[tokio::test]
async fn a_tool_call_that_was_never_sent_is_none() {
    let (output, stream) = output(true);
    stream.text("x".repeat(20 * 1024)).await.unwrap();
    {
        // There is no room, so the call waits; then it is given up.
        let mut call = pin!(stream.tool_call("given_up", "{}"));
        assert!(poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_pending())).await);
    }
    assert_eq!(output.reason().as_str(), "stop");
    read(&output).unwrap();
    stream.tool_call("f", "{}").await.unwrap();
    assert_eq!(output.reason().as_str(), "tool_calls");
    assert!(read(&output).unwrap().contains("\"tool_calls\":[{\"index\":0,"));
}

#[tokio::test]
async fn only_the_first_ending_counts() {
    let (output, stream) = output(true);
    stream.text("a").await.unwrap();
    stream.stop().await.unwrap();
    output.finish(&output.reason());
    output.fail(&crate::wire::ErrorBody::new("server_error", "late"));
    output.finish(&super::FinishReason::Timeout);
    let all = read(&output).unwrap();
    assert_eq!((all.matches("[DONE]").count(), all.matches("finish_reason\":\"").count()), (1, 1));
    assert!(!all.contains("late"));
}
