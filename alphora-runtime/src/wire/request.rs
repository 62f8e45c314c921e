//! A request (placeholder).
/// r
#[derive(Debug, Clone, Default)]
pub struct OpenAIRequest;
