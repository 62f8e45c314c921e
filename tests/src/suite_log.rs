//! What all servers of the test suite log, in one file, to look in it for what must not be there.

use std::borrow::Cow;
use std::fs::OpenOptions;
use std::sync::{Mutex, Once};
use std::{env, io};

use serde_json::Value;

/// The variable that names the file. Where it is set, everything is logged, and each request has the mark.
const FILE: &str = "ALPHORA_SUITE_LOG";
/// What a client keeps to itself: part of a cookie, and of what a user has written.
const MARK: &str = "canary-of-the-suite";

/// Begins to log, the first time; not at all unless it was asked for.
pub(crate) fn begin() {
    static BEGUN: Once = Once::new();
    let Some(path) = env::var_os(FILE) else { return };
    BEGUN.call_once(|| {
        let file = OpenOptions::new().create(true).append(true).open(path).and_then(|file| {
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_ansi(false)
                .with_writer(Mutex::new(file));
            subscriber.try_init().map_err(io::Error::other)
        });
        file.unwrap();
    });
}

/// The header of the mark, as a line; nothing unless it was asked for.
pub(crate) fn header() -> &'static str {
    const HEADER: &str = "Cookie: session=canary-of-the-suite\r\n";
    if env::var_os(FILE).is_some() { HEADER } else { "" }
}

/// A chat completion's body with the mark where a user has written something that the agent does not look at.
pub(crate) fn body(body: &[u8]) -> Cow<'_, [u8]> {
    if env::var_os(FILE).is_none() {
        return body.into();
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(mut fields)) if fields.get("messages").is_some_and(Value::is_array) => {
            fields.entry("user").or_insert_with(|| MARK.into());
            Value::Object(fields).to_string().into_bytes().into()
        }
        _ => body.into(),
    }
}
