//! A model that is not forced to call tools.

use super::watched::ask;
use super::{ChatModel, ChatRequest, ModelError, ModelStream, OpenAILike};
use crate::stream::DataStreamer;
use crate::wire::ToolChoice;

/// The same model, but a call that would force it to call a tool leaves it the choice. A model that has to call tools
/// again and again never answers.
pub(crate) struct FreeChoice(pub(crate) OpenAILike);

impl FreeChoice {
    /// Asks the model for `run`.
    pub(super) async fn ask(
        &self,
        request: &ChatRequest,
        run: Option<&DataStreamer>,
    ) -> Result<ModelStream, ModelError> {
        let mut request = request.clone();
        request.options = request.options.or(self.0.defaults());
        let choice = &mut request.options.tool_choice;
        if matches!(choice, Some(ToolChoice::Required | ToolChoice::Function { .. })) {
            *choice = Some(ToolChoice::Auto);
        }
        ask(self.0.model(), &request, run).await
    }
}

impl ChatModel for FreeChoice {
    fn name(&self) -> &str {
        self.0.model_name()
    }

    async fn chat(&self, request: &ChatRequest) -> Result<ModelStream, ModelError> {
        self.ask(request, None).await
    }
}
