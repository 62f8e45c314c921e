//! The caller of one request.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{Extensions, HeaderMap};

use super::{Authenticate, AuthenticationError};
use crate::error::{Error, ErrorKind};
use crate::panic::contained;
use crate::principal::Principal;
use crate::server::access::Exchange;
use crate::server::application::{Application, ServedEndpoint};
use crate::server::in_time::in_time;
use crate::server::respond::{AnswerBody, Identity, Refusal};
use crate::session::Owner;

/// How long the authentication may take, beyond which it is taken to be unavailable. [`Authenticate`] promises it.
const PATIENCE: Duration = Duration::from_secs(10);

/// When a client whose request it was may try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Whose a request is, and who has signed it, if anybody has.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct Caller {
    pub(in crate::server) owner: Owner,
    pub(in crate::server) principal: Option<Principal>,
}

impl From<Principal> for Caller {
    fn from(principal: Principal) -> Self {
        Self { owner: Owner::named(principal.owner()), principal: Some(principal) }
    }
}

impl Caller {
    /// Whether the endpoint is for this caller, who may be limited to some: by their own names, or by that of their agent.
    pub(in crate::server) fn may_use(&self, endpoint: &ServedEndpoint) -> bool {
        self.principal.as_ref().is_none_or(|principal| {
            principal.may_use(&endpoint.endpoint.name) || principal.may_use(&endpoint.sessions)
        })
    }

    /// # Errors
    /// The endpoint is not for this caller.
    pub(in crate::server) fn check(&self, endpoint: &ServedEndpoint) -> Result<(), Refusal> {
        if self.may_use(endpoint) {
            return Ok(());
        }
        Err(Refusal::forbidden(
            "this API key may not use this agent: `GET models` lists those that it may use",
        ))
    }
}

impl Application {
    /// Who a request is from, or why it is refused.
    ///
    /// Without [`Authenticate`] a layer around the router may have said so, by a [`Principal`] or
    /// an [`Owner`] among the extensions: no client can put one there.
    pub(in crate::server) async fn caller(
        &self,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Result<Caller, Refusal> {
        let caller = self.recognise(headers, extensions).await?;
        if let Some(exchange) = extensions.get::<Exchange>() {
            exchange.note_caller(&caller);
        }
        Ok(caller)
    }

    async fn recognise(&self, headers: &HeaderMap, extensions: &Extensions) -> Result<Caller, Refusal> {
        let Some(authentication) = &self.authentication else {
            return Ok(match extensions.get::<Principal>() {
                Some(principal) => principal.clone().into(),
                None => {
                    Caller { owner: extensions.get::<Owner>().cloned().unwrap_or_default(), principal: None }
                }
            });
        };
        // Where no server of ours runs, what the authentication has to do meanwhile begins here.
        self.start_background();
        let principal = ask(&**authentication, headers).await?;
        Ok(principal.map_or_else(Caller::default, Caller::from))
    }

    /// Whether a request of `owner` may use the endpoints of sessions.
    pub(in crate::server) fn opens_sessions_to(&self, owner: &Owner) -> bool {
        owner.name().is_some() || self.server.session_endpoints
    }

    /// Whether those endpoints are open to whoever is let in at all.
    pub(in crate::server) fn has_session_endpoints(&self) -> bool {
        self.authentication.is_some() || self.server.session_endpoints
    }
}

/// Whom the authentication recognises. It is the program's own: it may panic, or never answer.
async fn ask(authentication: &dyn Authenticate, headers: &HeaderMap) -> Result<Option<Principal>, Refusal> {
    let asked = pin!(contained(async { authentication.authenticate(headers).await }));
    match in_time(PATIENCE, asked).await {
        Some(Ok(Ok(principal))) => Ok(principal),
        Some(Ok(Err(error))) => Err(Refusal::not_let_in(&error)),
        Some(Err(panic)) => Err(Refusal::internal(&Error::new(
            ErrorKind::Other,
            format!("the authentication panicked: {panic}"),
        ))),
        None => {
            tracing::error!("the authentication has not answered within {PATIENCE:?}");
            Err(Refusal::not_let_in(&AuthenticationError::Unavailable { retry_after: RETRY_AFTER }))
        }
    }
}

/// Lets a request pass whose caller is known, whom its handler finds among the extensions.
pub(in crate::server) async fn sign(
    State(application): State<Arc<Application>>,
    mut request: Request,
    next: Next,
) -> Result<Response, http::Response<AnswerBody>> {
    let caller = application.caller(request.headers(), request.extensions()).await;
    let caller = caller.map_err(|refusal| refusal.into_response(&Identity::new()))?;
    request.extensions_mut().insert(caller.owner.clone());
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Lets those pass who may use the agent.
pub(in crate::server) async fn admit(
    State(endpoint): State<Arc<ServedEndpoint>>,
    Extension(caller): Extension<Caller>,
    request: Request,
    next: Next,
) -> Result<Response, http::Response<AnswerBody>> {
    caller.check(&endpoint).map_err(|refusal| refusal.into_response(&Identity::new()))?;
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use http::header::RETRY_AFTER;
    use tokio::time::{Instant, sleep};

    use super::super::AuthenticateFuture;
    use super::*;

    /// Answers after this time.
    struct After(Duration);

    impl Authenticate for After {
        fn authenticate<'a>(&'a self, _: &'a HeaderMap) -> AuthenticateFuture<'a> {
            Box::pin(async move {
                sleep(self.0).await;
                Ok(Some(Principal::new("zhang.san")))
            })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_authentication_that_does_not_answer_is_given_up() {
        let begun = Instant::now();
        let slow = After(Duration::from_secs(9));
        assert_eq!(ask(&slow, &HeaderMap::new()).await.unwrap(), Some(Principal::new("zhang.san")));
        assert_eq!(begun.elapsed().as_secs(), 9);

        let begun = Instant::now();
        let refusal = ask(&After(Duration::MAX), &HeaderMap::new()).await.unwrap_err();
        assert_eq!(begun.elapsed().as_secs(), 10);
        let response = refusal.into_response(&Identity::new());
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[RETRY_AFTER], "1");
    }

    /// Where nothing has to be waited for there is no timer, which this runtime would not have.
    #[test]
    fn an_authentication_that_answers_at_once_costs_no_timer() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let by_name = |_: &HeaderMap| Ok(Principal::new("zhang.san"));
        let answered = runtime.block_on(ask(&by_name, &HeaderMap::new()));
        assert_eq!(answered.unwrap(), Some(Principal::new("zhang.san")));
    }
}
