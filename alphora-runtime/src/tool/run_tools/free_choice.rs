//! A model that is not forced to call tools.

use crate::model::{ChatModel, ChatRequest, ModelError, ModelStream, OpenAILike};
use crate::wire::ToolChoice;

/// The same model, but a call that would force it to call a tool leaves it the choice. A model that has to call tools
/// again and again never answers.
pub(super) struct FreeChoice(pub(super) OpenAILike);

impl ChatModel for FreeChoice {
    fn name(&self) -> &str {
        self.0.model_name()
    }

    async fn chat(&self, request: &ChatRequest) -> Result<ModelStream, ModelError> {
        let mut request = request.clone();
        let choice = &mut request.options.tool_choice;
        if matches!(choice, Some(ToolChoice::Required | ToolChoice::Function { .. })) {
            *choice = Some(ToolChoice::Auto);
        }
        self.0.chat(&request).await
    }
}
