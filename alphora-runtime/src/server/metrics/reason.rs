//! Why a request began no run.

use http::StatusCode;

/// Why a request that could have begun a run, or asked for something that is somebody's, was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Reason {
    /// Nobody who is known has signed it.
    Unauthenticated,
    /// Its caller may not do this.
    Forbidden,
    /// Its caller, or all together, have asked for too much.
    RateLimited,
    /// As many runs, or as many bytes, as there may be.
    Overloaded,
    /// The server is stopping.
    Draining,
    /// It is wrong.
    Invalid,
    /// Something that is needed to answer it cannot be reached.
    Unavailable,
    /// The server failed.
    Failed,
}

impl Reason {
    /// All of them, numbered in this order.
    pub(in crate::server) const ALL: [Self; 8] = [
        Self::Unauthenticated,
        Self::Forbidden,
        Self::RateLimited,
        Self::Overloaded,
        Self::Draining,
        Self::Invalid,
        Self::Unavailable,
        Self::Failed,
    ];

    /// Its name as the value of a label.
    #[cfg(feature = "metrics")]
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate_limited",
            Self::Overloaded => "overloaded",
            Self::Draining => "draining",
            Self::Invalid => "invalid",
            Self::Unavailable => "unavailable",
            Self::Failed => "failed",
        }
    }

    /// By what the client is told.
    pub(in crate::server) fn of(status: StatusCode, code: Option<&str>) -> Self {
        match (status.as_u16(), code) {
            (401, _) => Self::Unauthenticated,
            (403, _) => Self::Forbidden,
            (429, Some("server_overloaded")) => Self::Overloaded,
            (429, _) => Self::RateLimited,
            (503, Some("shutdown")) => Self::Draining,
            (503, _) => Self::Unavailable,
            (400..=499, _) => Self::Invalid,
            _ => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_numbered_in_their_order() {
        for (number, reason) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, number);
        }
    }

    #[test]
    fn what_the_client_is_told_says_why() {
        let reason = |status: u16, code| Reason::of(StatusCode::from_u16(status).unwrap(), code);
        assert_eq!(reason(429, Some("server_overloaded")), Reason::Overloaded);
        assert_eq!(reason(429, Some("rate_limit_exceeded")), Reason::RateLimited);
        assert_eq!(reason(503, Some("shutdown")), Reason::Draining);
        assert_eq!(reason(503, None), Reason::Unavailable);
        assert_eq!(reason(413, Some("request_too_large")), Reason::Invalid);
        assert_eq!(reason(500, None), Reason::Failed);
    }
}
