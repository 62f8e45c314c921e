//! An answer that has been read.

use std::fmt;

use bytes::{Bytes, BytesMut};
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::{FetchError, FetchErrorKind};

/// An answer, with its whole body.
#[derive(Clone)]
pub struct Response {
    status: u16,
    url: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Response {
    /// Reads the body, up to `limit` bytes.
    pub(super) async fn read(mut response: reqwest::Response, limit: usize) -> Result<Self, FetchError> {
        let too_large =
            || FetchError::new(FetchErrorKind::TooLarge, format!("the answer is larger than {limit} bytes"));
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        while let Some(piece) = response.chunk().await.map_err(FetchError::of_transport)? {
            if piece.len() > limit - body.len() {
                return Err(too_large());
            }
            body.extend_from_slice(&piece);
        }
        Ok(Self {
            status: response.status().as_u16(),
            url: response.url().to_string(),
            headers: std::mem::take(response.headers_mut()),
            body: body.freeze(),
        })
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Where the answer came from, after all redirects.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The first header of this name, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as it came.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text; what is no UTF-8 in it is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as a value that is written in JSON.
    ///
    /// # Errors
    /// [`FetchErrorKind::InvalidResponse`], with where it is not the value.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, FetchError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            FetchError::new(
                FetchErrorKind::InvalidResponse,
                format!("the answer is not the JSON that was asked for ({place})"),
            )
        })
    }

    /// The same answer, if its status says that all went well (200 to 299).
    ///
    /// # Errors
    /// [`FetchErrorKind::InvalidResponse`], with the status.
    pub fn success(self) -> Result<Self, FetchError> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        Err(FetchError::new(FetchErrorKind::InvalidResponse, format!("the server answered {}", self.status)))
    }
}

/// Its status and size: what is in it is a stranger's.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
