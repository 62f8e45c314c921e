//! OpenAI's JSON and serde: the words on the wire, and nothing that serves or runs.

mod error;
mod message;
mod request;
mod usage;

pub use error::ErrorBody;
pub use message::Message;
pub use request::OpenAIRequest;
pub use usage::Usage;
