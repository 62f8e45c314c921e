//! Models that an agent talks to: what a model is, how it is called, and how its reply is read.
//!
//! An agent holds an [`OpenAILike`], which is a handle over any [`ChatModel`]: a model server, several of them, a
//! script in a test. [`OpenAILike::acall`] asks it and gives a [`Reply`].

mod chat_model;
mod error;
mod event;
mod request;

mod account;
mod call;
mod openai_like;
mod reply;
mod tool_calls;
mod watched;

mod free_choice;
mod group;
mod scripted;

#[cfg(feature = "llm")]
mod openai;
#[cfg(feature = "llm")]
mod sse;
#[cfg(feature = "llm")]
mod think;

pub use call::{Call, Structured};
pub use chat_model::{ChatModel, ModelStream};
pub use error::{ModelError, ModelErrorKind};
pub use event::{Chunk, ModelEvent, ToolCallDelta};
pub(crate) use free_choice::FreeChoice;
#[cfg(feature = "llm")]
pub use openai::{OpenAILikeBuilder, RetryPolicy};
pub use openai_like::OpenAILike;
pub use reply::Reply;
pub use request::{ChatOptions, ChatRequest};
pub use scripted::{ScriptedModel, ScriptedReply, scripted};
