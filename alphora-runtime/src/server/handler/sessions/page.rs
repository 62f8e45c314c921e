//! Which part of a list a query asks for.

use crate::session::SessionId;
use crate::session::store::PageRequest;
use crate::shown::beginning;
use crate::wire::RequestError;

/// How many sessions a page has at most, and if the query does not say.
const LARGEST: usize = 100;
const USUAL: usize = 20;

/// Reads `limit` and `after`; what is empty is absent, and other parameters mean nothing.
///
/// # Errors
/// A value that is none, with the name of its parameter.
pub(super) fn read(query: &str) -> Result<PageRequest, RequestError> {
    let mut page = PageRequest { after: None, limit: USUAL };
    for parameter in query.split('&') {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match name {
            "limit" => page.limit = limit(value)?,
            "after" if !value.is_empty() => page.after = Some(after(value)?),
            _ => {}
        }
    }
    Ok(page)
}

fn limit(value: &str) -> Result<usize, RequestError> {
    // A sign is read as a number by Rust, and as a space by the web.
    let number = value.bytes().all(|byte| byte.is_ascii_digit()).then(|| value.parse().ok()).flatten();
    number.filter(|limit| (1..=LARGEST).contains(limit)).ok_or_else(|| {
        RequestError::invalid_value(
            "limit",
            format!("`limit` is `{}`: send a number from 1 to {LARGEST}", beginning(value).escape_default()),
        )
    })
}

fn after(value: &str) -> Result<SessionId, RequestError> {
    let wrong =
        |problem: String| RequestError::invalid_value("after", format!("`after` is wrong: {problem}"));
    let id = decoded(value).ok_or_else(|| wrong("it is not UTF-8".to_owned()))?;
    SessionId::parse(&id).map_err(|error| wrong(error.to_string()))
}

/// A value without its escapes: libraries escape characters that an id may have.
fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        let escaped = (*byte == b'%').then(|| after.first_chunk::<2>()).flatten();
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        if let Some([high, low]) = escaped.and_then(|[high, low]| Some([digit(*high)?, digit(*low)?])) {
            bytes.push(high * 16 + low);
            rest = &after[2..];
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{PageRequest, SessionId, read};

    #[test]
    fn a_query_is_read() {
        let page = |limit, after: Option<&str>| PageRequest {
            after: after.map(|id| SessionId::parse(id).unwrap()),
            limit,
        };
        for (query, expected) in [
            ("", page(20, None)),
            ("limit=1", page(1, None)),
            ("after=", page(20, None)),
            ("after=a%3Ab%7e&limit=100", page(100, Some("a:b~"))),
            ("order=desc&after=a:b", page(20, Some("a:b"))),
            ("limits=0", page(20, None)),
        ] {
            assert_eq!(read(query), Ok(expected), "{query}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (query, param) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=+5", "limit"),
            ("limit=99999999999999999999999", "limit"),
            ("limit=ten", "limit"),
            ("limit=", "limit"),
            ("limit", "limit"),
            ("after=a/b", "after"),
            ("after=%2e%2F", "after"),
            ("after=%ff", "after"),
            ("after=%", "after"),
            ("after=a+b", "after"),
        ] {
            assert_eq!(read(query).unwrap_err().param(), Some(param), "{query}");
        }
    }
}
