//! What an agent's method may return.

use std::pin::{Pin, pin};

use futures_core::Stream;

use crate::error::AgentError;
use crate::stream::DataStreamer;

/// A value that an agent's method may return: nothing, a text, a stream of texts, or a `Result` of one of these.
///
/// `Kind` only tells the implementations apart, since a type could be a text and a stream at once; it is always
/// inferred. A returned text is sent as the last text event, unless the stream was stopped before.
#[diagnostic::on_unimplemented(
    message = "an agent method cannot return `{Self}`",
    label = "not a reply",
    note = "help: return nothing, `alphora::Result`, a `String` or `&'static str`, an `impl Stream` of text, or a \
            `Result` of one of these whose error converts into `AgentError`"
)]
pub trait IntoReply<Kind> {
    /// Sends what was returned.
    fn reply(self, out: &DataStreamer) -> impl Future<Output = Result<(), AgentError>> + Send;
}

/// Marks replies that say nothing more.
#[derive(Debug)]
pub struct Nothing;
/// Marks replies that are one text.
#[derive(Debug)]
pub struct Text;
/// Marks replies that are a stream; `Kind` is the kind of its items.
#[derive(Debug)]
pub struct Streamed<Kind>(std::marker::PhantomData<Kind>);
/// Marks replies that may have failed; `Kind` is the kind of the success.
#[derive(Debug)]
pub struct Fallible<Kind>(std::marker::PhantomData<Kind>);

impl IntoReply<Nothing> for () {
    async fn reply(self, _: &DataStreamer) -> Result<(), AgentError> {
        Ok(())
    }
}

impl IntoReply<Text> for String {
    async fn reply(self, out: &DataStreamer) -> Result<(), AgentError> {
        send_last(out, &self).await
    }
}

impl IntoReply<Text> for &'static str {
    async fn reply(self, out: &DataStreamer) -> Result<(), AgentError> {
        send_last(out, self).await
    }
}

impl<T, E, Kind> IntoReply<Fallible<Kind>> for Result<T, E>
where
    T: IntoReply<Kind> + Send,
    E: Into<AgentError> + Send,
{
    async fn reply(self, out: &DataStreamer) -> Result<(), AgentError> {
        match self {
            Ok(value) => value.reply(out).await,
            Err(error) => Err(error.into()),
        }
    }
}

impl<S, Kind> IntoReply<Streamed<Kind>> for S
where
    S: Stream<Item: IntoReply<Kind> + Send> + Send,
{
    async fn reply(self, out: &DataStreamer) -> Result<(), AgentError> {
        let mut items = pin!(self);
        while let Some(item) = next(&mut items).await {
            if out.is_stopped() {
                break;
            }
            item.reply(out).await?;
        }
        Ok(())
    }
}

/// Nobody asked for what comes after `stop`: a text that is returned then is dropped.
async fn send_last(out: &DataStreamer, text: &str) -> Result<(), AgentError> {
    if !out.is_stopped() && !text.is_empty() {
        out.text(text).await?;
    }
    Ok(())
}

async fn next<S: Stream>(stream: &mut Pin<&mut S>) -> Option<S::Item> {
    std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await
}
