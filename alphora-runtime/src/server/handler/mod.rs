//! One file a kind of request; each is thin.

mod cancel;
mod chat;
mod events;
mod health;
mod models;
mod sessions;
mod turn;
mod unknown;

pub(super) use cancel::{cancel_of_agent, cancel_of_all};
pub(super) use chat::{chat, routed_to_agent, routed_to_openai};
pub(super) use events::{events_of_agent, events_of_all};
pub(super) use health::{alive, health_of_agent, ready};
pub(super) use models::{all_models, model_of_agent, model_of_all, models_of_agent};
pub(super) use sessions::{open_sessions, session, session_export, sessions};
pub(super) use unknown::{wrong_method, wrong_path};
