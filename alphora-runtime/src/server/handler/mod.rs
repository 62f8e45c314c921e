//! One file a kind of request; each is thin.

mod chat;
mod health;
mod models;
mod unknown;

pub(super) use chat::{chat_on_agent_path, chat_on_openai_path};
pub(super) use health::{alive, health_of_agent, ready};
pub(super) use models::{all_models, model_of_agent, model_of_all, models_of_agent};
pub(super) use unknown::{wrong_method, wrong_path};
