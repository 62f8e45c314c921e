//! Several models behind one name: taking turns, and standing in for each other.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_stream::StreamExt as _;

use super::watched::ask;
use super::{ChatModel, ChatRequest, ModelError, ModelEvent, ModelStream, OpenAILike};
use crate::stream::DataStreamer;

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Always the first one's; the others stand in.
    Fallback,
    /// Each call begins with the next one.
    RoundRobin,
}

/// Several models. A call asks one after the other, each once, until one begins to answer.
pub(super) struct Group {
    name: String,
    models: Vec<OpenAILike>,
    order: Order,
    calls: AtomicUsize,
}

impl Group {
    pub(super) fn new(first: OpenAILike, second: OpenAILike, order: Order) -> Self {
        let sign = match order {
            Order::Fallback => ", else ",
            Order::RoundRobin => " + ",
        };
        let name = format!("{}{sign}{}", first.model_name(), second.model_name());
        let mut models = Vec::new();
        for model in [first, second] {
            // A sum of sums is one round, so that every model gets its turn.
            match model.model().group().and_then(|group| group.members(order)) {
                Some(members) => models.extend(members.iter().map(|member| {
                    let options = member.defaults().clone().or(model.defaults());
                    member.clone().with_options(options)
                })),
                None => models.push(model),
            }
        }
        Self { name, models, order, calls: AtomicUsize::new(0) }
    }

    fn members(&self, order: Order) -> Option<&[OpenAILike]> {
        (self.order == order).then_some(&self.models)
    }

    /// Asks one after the other for `run`.
    pub(super) async fn ask(
        &self,
        request: &ChatRequest,
        run: Option<&DataStreamer>,
    ) -> Result<ModelStream, ModelError> {
        let begin = match self.order {
            Order::Fallback => 0,
            Order::RoundRobin => self.calls.fetch_add(1, Ordering::Relaxed) % self.models.len().max(1),
        };
        let (before, from) = self.models.split_at(begin.min(self.models.len()));
        let mut failed = None;
        for model in from.iter().chain(before) {
            match begun(model, request, run).await {
                Err(error) if stands_in(&error) => {
                    tracing::debug!(model = model.model_name(), %error, "asking the next model");
                    failed = Some(error);
                }
                other => return other,
            }
        }
        Err(failed.unwrap_or_else(|| super::reply::interrupted(&self.name)))
    }
}

impl ChatModel for Group {
    fn name(&self) -> &str {
        &self.name
    }

    async fn chat(&self, request: &ChatRequest) -> Result<ModelStream, ModelError> {
        self.ask(request, None).await
    }
}

/// Whether another model may do better: its server may be up, know the model, take the key, have been paid (402),
/// and read longer contexts. What is wrong with the request itself is wrong everywhere.
fn stands_in(error: &ModelError) -> bool {
    use super::ModelErrorKind::{ContextTooLong, InvalidResponse, Other, Unauthorized};
    error.is_transient()
        || matches!(error.kind(), ContextTooLong | InvalidResponse | Other | Unauthorized)
        || matches!(error.status(), Some(402 | 404))
}

/// Asks `model`, and waits for the first thing that it says.
async fn begun(
    model: &OpenAILike,
    request: &ChatRequest,
    run: Option<&DataStreamer>,
) -> Result<ModelStream, ModelError> {
    let mut request = request.clone();
    request.options = request.options.or(model.defaults());
    let mut stream = ask(model.model(), &request, run).await?;
    let first: ModelEvent = match stream.next().await {
        Some(first) => first?,
        None => return Err(super::reply::interrupted(model.model_name())),
    };
    Ok(ModelStream::new(tokio_stream::once(Ok(first)).chain(stream)))
}

#[cfg(test)]
mod tests {
    use super::super::{ModelErrorKind, ScriptedModel, ScriptedReply, scripted};
    use super::*;

    fn failing(kind: ModelErrorKind) -> OpenAILike {
        OpenAILike::from_model(ScriptedModel::new([
            ScriptedReply::fail(ModelError::new(kind, "no")),
            ScriptedReply::fail(ModelError::new(kind, "no")),
        ]))
    }

    async fn answer(llm: &OpenAILike) -> Result<String, ModelErrorKind> {
        let mut reply = llm.acall("?").await.map_err(|error| error.kind())?;
        reply.response().await.map(ToOwned::to_owned).map_err(|error| error.kind())
    }

    #[tokio::test]
    async fn a_sum_takes_turns() {
        let llm = scripted(["a1", "a2"]) + scripted(["b1", "b2"]) + scripted(["c1", "c2"]);
        for expected in ["a1", "b1", "c1", "a2", "b2", "c2"] {
            assert_eq!(answer(&llm).await.as_deref(), Ok(expected));
        }
    }

    #[tokio::test]
    async fn another_model_stands_in_for_one_that_does_not_begin() {
        let llm = failing(ModelErrorKind::Busy).fallback(scripted(["second", "again"]));
        assert_eq!(answer(&llm).await.as_deref(), Ok("second"));
        assert_eq!(answer(&llm).await.as_deref(), Ok("again"));
        let llm = scripted(["first"]).fallback(scripted(["second"]));
        assert_eq!(answer(&llm).await.as_deref(), Ok("first"));
        let llm = failing(ModelErrorKind::Server).fallback(failing(ModelErrorKind::Busy));
        assert_eq!(answer(&llm).await, Err(ModelErrorKind::Busy));
    }

    #[tokio::test]
    async fn what_one_refuses_nobody_else_is_asked() {
        let spare = ScriptedModel::new(["unused"]);
        let llm = failing(ModelErrorKind::Refused).fallback(OpenAILike::from_model(spare.clone()));
        assert_eq!(answer(&llm).await, Err(ModelErrorKind::Refused));
        assert_eq!(spare.requests().len(), 0);
    }

    #[tokio::test]
    async fn nobody_stands_in_for_an_answer_that_has_begun() {
        let broken =
            ScriptedReply::text(["half"]).then_fail(ModelError::new(ModelErrorKind::Interrupted, "cut"));
        let spare = ScriptedModel::new(["unused"]);
        let llm = OpenAILike::from_model(ScriptedModel::new([broken]))
            .fallback(OpenAILike::from_model(spare.clone()));
        assert_eq!(answer(&llm).await, Err(ModelErrorKind::Interrupted));
        assert_eq!(spare.requests().len(), 0);
    }
}
