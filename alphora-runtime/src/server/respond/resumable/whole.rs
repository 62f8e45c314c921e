//! The answer in one piece of a run that goes on whatever becomes of its client.

use std::future::poll_fn;
use std::sync::Arc;

use http::Response;
use tokio::sync::oneshot;

use super::answer::{KeptRun, begin_journal};
use super::pump::wait_for_log;
use super::tail::Tail;
use crate::error::{Error, ErrorKind};
use crate::server::idempotency::{Claim, Kept};
use crate::server::respond::whole::{poll_whole, with_body};
use crate::server::respond::{AnswerBody, Carrier, Refusal};
use crate::session::store::LoggedEvent;

/// Begins a run whose whole answer is kept for the repetitions of its request, and waits for it.
pub(in crate::server) async fn kept_whole(
    carrier: Carrier,
    kept: Box<KeptRun>,
) -> Result<Response<AnswerBody>, Refusal> {
    let KeptRun { application, run, terms } = *kept;
    let tail = Arc::new(Tail::default());
    let most = begin_journal(&carrier, &application, run, &terms, &tail);
    let (sender, receiver) = oneshot::channel();
    application.detached.spawn(async move {
        // Whoever has asked may have left.
        let _ = sender.send(run_whole(carrier, &tail, terms.claim, most).await);
    });
    match receiver.await {
        Ok(answer) => answer,
        Err(_) => Err(Refusal::internal(&Error::new(ErrorKind::Other, "a run was dropped before its end"))),
    }
}

/// Polls the run to its end, keeps its answer, and gives up its place.
async fn run_whole(
    mut carrier: Carrier,
    tail: &Tail,
    claim: Option<Arc<Claim>>,
    most: usize,
) -> Result<Response<AnswerBody>, Refusal> {
    let ended = poll_fn(|context| poll_whole(&mut carrier, context)).await;
    let response = match ended {
        Err(refusal) if !carrier.output.activity().begun => {
            // The agent's method was not called: the request can be sent again.
            if let Some(claim) = &claim {
                claim.release().await;
            }
            drop(carrier);
            tail.push(vec![LoggedEvent { id: 1, bytes: Kept::refusal().encode(most) }], true);
            return Err(refusal);
        }
        Err(refusal) => refusal.into_response(&carrier.identity),
        Ok(()) => with_body(http::StatusCode::OK, carrier.output.take(), &carrier.identity),
    };
    let event = LoggedEvent { id: 1, bytes: Kept::of(&response).encode(most) };
    tail.push(vec![event], true);
    wait_for_log(tail, carrier.output.clone()).await;
    drop(carrier);
    Ok(response)
}
