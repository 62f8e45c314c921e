//! What an agent's method may return.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::pin::{Pin, pin};

use futures_core::Stream;

use crate::error::AgentError;
use crate::stream::DataStreamer;

/// A value that an agent's method may return: nothing, a text, a stream of texts, or a `Result` of one of these.
///
/// `Kind` only tells the implementations apart, since a type could be a text and a stream at once; it is always
/// inferred. A returned text is sent as the last text event, unless the stream was stopped before.
#[diagnostic::on_unimplemented(
    message = "an agent method cannot return `{Self}`\n\
               help: return nothing, `alphora::Result`, a `String` or `&str`, an `impl Stream` of text, or \
               a `Result` of one of these whose error converts into `AgentError`, as `Box<dyn Error + Send + Sync>` does",
    label = "not a reply"
)]
pub trait IntoReply<Kind> {
    /// Sends what was returned.
    fn reply(self, out: &DataStreamer) -> impl Future<Output = Result<Sent<Kind>, AgentError>> + Send;
}

/// A reply of `Kind` was sent.
#[derive(Debug)]
pub struct Sent<Kind>(PhantomData<fn() -> Kind>);

impl<Kind> Sent<Kind> {
    const fn new() -> Self {
        Self(PhantomData)
    }
}

/// Marks replies that say nothing more.
#[derive(Debug)]
pub struct Nothing;
/// Marks replies that are one text.
#[derive(Debug)]
pub struct Text;
/// Marks replies that are a stream; `Kind` is the kind of its items.
#[derive(Debug)]
pub struct Streamed<Kind>(PhantomData<Kind>);
/// Marks replies that may have failed; `Kind` is the kind of the success.
#[derive(Debug)]
pub struct Fallible<Kind>(PhantomData<Kind>);

#[diagnostic::do_not_recommend]
impl IntoReply<Nothing> for () {
    async fn reply(self, _: &DataStreamer) -> Result<Sent<Nothing>, AgentError> {
        Ok(Sent::new())
    }
}

#[diagnostic::do_not_recommend]
impl IntoReply<Text> for String {
    async fn reply(self, out: &DataStreamer) -> Result<Sent<Text>, AgentError> {
        send_last(out, &self).await
    }
}

#[diagnostic::do_not_recommend]
// For any lifetime, not only `'static`: a future that must be `Send` forgets which lifetime it was.
impl IntoReply<Text> for &str {
    async fn reply(self, out: &DataStreamer) -> Result<Sent<Text>, AgentError> {
        send_last(out, self).await
    }
}

#[diagnostic::do_not_recommend]
impl<T, E, Kind> IntoReply<Fallible<Kind>> for Result<T, E>
where
    T: IntoReply<Kind> + Send,
    E: Into<AgentError> + Send,
{
    async fn reply(self, out: &DataStreamer) -> Result<Sent<Fallible<Kind>>, AgentError> {
        match self {
            Ok(value) => value.reply(out).await.map(|_| Sent::new()),
            Err(error) => Err(error.into()),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<S, Kind> IntoReply<Streamed<Kind>> for S
where
    S: Stream<Item: IntoReply<Kind> + Send> + Send,
{
    async fn reply(self, out: &DataStreamer) -> Result<Sent<Streamed<Kind>>, AgentError> {
        let mut items = pin!(self);
        while let Some(item) = next(&mut items).await {
            if out.is_stopped() {
                break;
            }
            item.reply(out).await?;
        }
        Ok(Sent::new())
    }
}

/// Nothing implements it.
pub trait NoReply: Send {}

// With one more kind that any type could be, rustc does not settle on a stream for a type that is no reply, and
// so complains that it is no reply, and not of what it lacks as a stream, too.
#[diagnostic::do_not_recommend]
impl<T: NoReply> IntoReply<Infallible> for T {
    async fn reply(self, _: &DataStreamer) -> Result<Sent<Infallible>, AgentError> {
        Ok(Sent::new())
    }
}

/// Nobody asked for what comes after `stop`: a text that is returned then is dropped.
async fn send_last(out: &DataStreamer, text: &str) -> Result<Sent<Text>, AgentError> {
    if !out.is_stopped() && !text.is_empty() {
        out.text(text).await?;
    }
    Ok(Sent::new())
}

async fn next<S: Stream>(stream: &mut Pin<&mut S>) -> Option<S::Item> {
    std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await
}
