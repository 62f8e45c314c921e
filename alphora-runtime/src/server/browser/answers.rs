//! What answers tell a browser about themselves.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::server::openapi::CONTENT_SECURITY_POLICY;

/// What a browser does with an answer that is no page, if somebody has it shown as one: nothing.
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// A page: it loads its own files, tells nobody where it is, and nobody frames or opens it to reach into it.
pub(in crate::server) fn as_page(headers: &mut HeaderMap) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    headers.extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
}

/// Anything else. What the answer says about itself stays.
pub(in crate::server) fn as_data(headers: &mut HeaderMap) {
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NO_PAGE);
}
