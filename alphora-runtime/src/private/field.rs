//! What the struct half asks of the fields. Each trait is here for its message, and to be asked at the field.

use super::judge::{Plain, RunStream, SessionMemory};
use crate::stream::DataStreamer;

/// Which fields are marked, with no conditions, so that a question about it never fails for another reason.
pub trait Fields {
    /// [`Marked`], [`Unmarked`] or [`Forgotten`].
    type Memory;
    /// The type of the field marked `#[agent(stream)]`, or [`Unmarked`] or [`Forgotten`].
    type Stream: StreamField;
}

/// A field has this marker.
#[derive(Debug)]
pub struct Marked;

/// No field has this marker.
#[derive(Debug)]
pub struct Unmarked;

/// No field has this marker, but one looks as if it should: that is reported at the field, and nothing else is.
#[derive(Debug)]
pub struct Forgotten;

/// The type of a field marked `#[agent(stream)]`.
#[diagnostic::on_unimplemented(
    message = "the field marked `#[agent(stream)]` must be a `DataStreamer`, not `{Self}`",
    label = "not a `DataStreamer`"
)]
pub trait StreamField {
    /// The field's value for a run that writes to `stream`.
    fn of(stream: DataStreamer) -> Self;
}

impl StreamField for DataStreamer {
    fn of(stream: DataStreamer) -> Self {
        stream
    }
}

#[diagnostic::do_not_recommend]
impl StreamField for Unmarked {
    fn of(_: DataStreamer) -> Self {
        Self
    }
}

#[diagnostic::do_not_recommend]
impl StreamField for Forgotten {
    fn of(_: DataStreamer) -> Self {
        Self
    }
}

/// The stream field of an agent that runs.
pub fn attach<A: Fields>(stream: &DataStreamer) -> A::Stream {
    A::Stream::of(stream.clone())
}

/// The stream field of an agent that belongs to no run: using it is an error.
pub fn detached<A: Fields>() -> A::Stream {
    A::Stream::of(DataStreamer::default())
}

/// A field that requests running at the same time may have. The lifetime defers the question to `publish`.
#[diagnostic::on_unimplemented(
    message = "field of type `{Self}` must be `Send` and `Sync`: requests run on several threads\n\
               help: write `Arc<dyn Trait + Send + Sync>` for a trait object, use a `Mutex` or an atomic in place \
               of `Cell` and `RefCell`, `Arc` in place of `Rc`",
    label = "an agent with such a field cannot be published"
)]
pub trait Shared<'a>: Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> Shared<'_> for T {}

/// A field that every request gets a copy of. The lifetime defers the question to `publish`, so that
/// `publish_with` serves agents that cannot be cloned.
#[diagnostic::on_unimplemented(
    message = "field of type `{Self}` must be `Clone`: every request runs on a fresh instance\n\
               help: share it with `Arc`, or make the agent of each request with `publish_with`",
    label = "an agent with a field that is not `Clone`"
)]
pub trait FreshField<'a> {
    /// The copy.
    #[must_use]
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> FreshField<'_> for T {
    fn copy(&self) -> Self {
        self.clone()
    }
}

/// A kind of field that may be copied without a marker; `Self` is what the judge said of its type.
pub trait Copies<T> {
    /// The copy.
    fn copy(self, field: &T) -> T;
}

impl<T: for<'a> FreshField<'a>> Copies<T> for Plain {
    fn copy(self, field: &T) -> T {
        field.copy()
    }
}

/// Nothing implements it.
#[diagnostic::on_unimplemented(
    message = "field of type `{Self}` is a session memory but is not marked: every session would share it\n\
               help: write `#[agent(memory)]` above it, or put it into an `Arc` to share it on purpose",
    label = "write `#[agent(memory)]` above it"
)]
pub trait MarkedMemory: Clone {}

/// Nothing implements it.
#[diagnostic::on_unimplemented(
    message = "field of type `{Self}` is a run's stream but is not marked: it would reach no client\n\
               help: write `#[agent(stream)]` above it",
    label = "write `#[agent(stream)]` above it"
)]
pub trait MarkedStream: Clone {}

impl<T: MarkedMemory> Copies<T> for SessionMemory {
    fn copy(self, field: &T) -> T {
        field.clone()
    }
}

impl<T: MarkedStream> Copies<T> for RunStream {
    fn copy(self, field: &T) -> T {
        field.clone()
    }
}
