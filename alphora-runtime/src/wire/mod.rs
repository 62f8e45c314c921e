//! OpenAI's JSON and serde: the words on the wire, and nothing that serves or runs.

mod content;
mod error;
mod fields;
mod headers;
mod into_messages;
mod message;
mod object;
mod part;
mod path;
mod reader;
mod request;
mod request_error;
mod response_format;
mod role;
mod tool;
mod tool_call;
mod usage;

pub use content::Content;
pub use error::{ErrorBody, ErrorObject};
pub use fields::Fields;
pub use headers::{HeaderSource, Headers};
pub use into_messages::{IntoMessages, IntoTools};
pub use message::Message;
pub use part::{ContentPart, ImageUrl};
pub(crate) use reader::{MAX_FIELDS, MAX_LIST, MAX_MESSAGES};
pub use request::OpenAIRequest;
pub use request_error::RequestError;
pub use response_format::ResponseFormat;
pub use role::Role;
pub use tool::{ToolChoice, ToolDefinition};
pub use tool_call::{FunctionCall, ToolCall};
pub use usage::{CompletionTokensDetails, Usage};
