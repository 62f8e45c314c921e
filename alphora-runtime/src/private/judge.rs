//! Questions about a type that have an answer whatever the type is.
//!
//! An associated function of an impl block wins over one of a trait, but only if the impl's conditions hold. So
//! `Judge::<T>::__empty()` is the first impl block below for a `T` with `Default`, and [`Lenient::__empty`] for
//! any other. It works for types with parameters too, and it judges the type, not the name that it goes by. The
//! names are odd because a trait of the user's may have functions for every type.

use std::marker::PhantomData;

use super::field::{Fields, Marked, Unmarked};
use crate::model::OpenAILike;
use crate::session::Memory;
use crate::stream::DataStreamer;
use crate::tool::ToolExecutor;

/// The one to ask about `T`.
#[derive(Debug)]
pub struct Judge<T>(PhantomData<T>);

/// The answer that leads to no complaint.
#[derive(Debug)]
pub struct Free;
/// An agent whose stream is not marked: only what its methods return is said.
#[derive(Debug)]
pub struct Silent<A>(PhantomData<A>);
/// An agent with a memory field.
#[derive(Debug)]
pub struct Remembers<A>(PhantomData<A>);
/// An agent without a memory field.
#[derive(Debug)]
pub struct Forgets<A>(PhantomData<A>);
/// A field that needs no marker.
#[derive(Debug)]
pub struct Plain;
/// A field that would be a session's memory.
#[derive(Debug)]
pub struct SessionMemory;
/// A field that would be a run's stream.
#[derive(Debug)]
pub struct RunStream;
/// A tool's result that is no `Result`.
#[derive(Debug)]
pub struct Always;
/// A tool's result that is a `Result`.
#[derive(Debug)]
pub struct Attempted;

/// The answers for a type that no impl block of [`Judge`] is for.
pub trait Lenient<T> {
    /// How the agent can answer.
    fn __answer() -> Free {
        Free
    }
    /// Whether a method may take the agent.
    fn __taken() -> Free {
        Free
    }
    /// Whether the memory keys have an effect.
    fn __memory() -> Free {
        Free
    }
    /// What an unmarked field is.
    fn __field() -> Plain {
        Plain
    }
    /// An empty memory. Its type was already reported as no memory, so this is never run.
    fn __empty() -> T {
        unreachable!("this type is no memory")
    }
    /// Lets a field work for a run.
    fn __bind(field: &mut T, stream: &DataStreamer) {
        let _ = (field, stream);
    }
    /// Whether a tool that returns it may fail.
    fn __outcome() -> Always {
        Always
    }
}

impl<T> Lenient<T> for Judge<T> {}

impl<T: Default> Judge<T> {
    /// An empty memory.
    pub fn __empty() -> T {
        T::default()
    }
}

impl<A: Fields<Stream = Unmarked>> Judge<A> {
    /// How the agent can answer.
    pub fn __answer() -> Silent<A> {
        Silent(PhantomData)
    }
}

impl<A: Fields<Memory = Marked>> Judge<A> {
    /// Whether a method may take the agent.
    pub fn __taken() -> Remembers<A> {
        Remembers(PhantomData)
    }
}

impl<A: Fields<Memory = Unmarked>> Judge<A> {
    /// Whether the memory keys have an effect.
    pub fn __memory() -> Forgets<A> {
        Forgets(PhantomData)
    }
}

impl<T: Memory> Judge<T> {
    /// What an unmarked field is.
    pub fn __field() -> SessionMemory {
        SessionMemory
    }
}

impl Judge<DataStreamer> {
    /// What an unmarked field is.
    pub fn __field() -> RunStream {
        RunStream
    }
}

impl Judge<OpenAILike> {
    /// Lets a field work for a run.
    pub fn __bind(field: &mut OpenAILike, stream: &DataStreamer) {
        *field = field.bound_to(stream);
    }
}

impl Judge<ToolExecutor> {
    /// Lets a field work for a run.
    pub fn __bind(field: &mut ToolExecutor, stream: &DataStreamer) {
        *field = field.bound_to(stream);
    }
}

impl<T, E> Judge<Result<T, E>> {
    /// Whether a tool that returns it may fail.
    pub fn __outcome() -> Attempted {
        Attempted
    }
}
