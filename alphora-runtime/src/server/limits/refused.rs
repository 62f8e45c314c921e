//! The answer to a request that is over a limit.

use std::time::Duration;

use http::StatusCode;

use super::rate_limits::duration;
use crate::principal::Limits;
use crate::server::respond::Refusal;
use crate::session::store::{Exceeded, LimitAccount};
use crate::wire::ErrorBody;

/// Which limit it is, whose, and when to try again.
pub(super) fn refused(
    exceeded: Exceeded,
    account: &LimitAccount,
    limits: &Limits,
    retry_after: Duration,
) -> Refusal {
    let (what, limit) = match exceeded {
        Exceeded::Requests => ("requests per minute", limits.requests_per_minute),
        Exceeded::Tokens => ("tokens per minute", limits.tokens_per_minute),
        Exceeded::Runs => ("concurrent requests", limits.runs),
    };
    let whose = match account {
        LimitAccount::Everybody => "all callers together",
        LimitAccount::Anonymous => "all callers without an API key",
        LimitAccount::Caller(_) => "this API key",
    };
    let message = format!(
        "rate limit reached for {what} of {whose}: limit {}, try again in {}",
        limit.unwrap_or_default(),
        duration(retry_after)
    );
    let body = ErrorBody::new("rate_limit_error", message).with_code("rate_limit_exceeded");
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, body).retry_after(whole_seconds(retry_after))
}

/// Who waits so long does not come too early.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0)).max(1)
}
