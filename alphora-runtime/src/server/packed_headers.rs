//! The headers of a request in one piece of memory.
//!
//! hyper's own map points into the connection's read buffer. To keep the map as long as the run is to keep that
//! buffer, and to make hyper allocate another one: more than anything else that an open stream needs.

use http::HeaderMap;

use crate::wire::HeaderSource;

/// Names and values one after the other, each with its length in front.
pub(super) struct PackedHeaders {
    packed: Box<[u8]>,
    /// The bits of the names that are there. Most headers that are asked for are not.
    names: u64,
}

/// How many bytes a length takes: a head has at most some hundred thousand.
const LENGTH: usize = 3;

impl PackedHeaders {
    pub(super) fn new(headers: &HeaderMap) -> Self {
        let length = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 2 * LENGTH).sum();
        let mut packed = Vec::with_capacity(length);
        let mut names = 0;
        for (name, value) in headers {
            names |= bit(name.as_str());
            push(&mut packed, name.as_str().as_bytes());
            push(&mut packed, value.as_bytes());
        }
        Self { packed: packed.into(), names }
    }

    /// The headers whose values are text: HTTP lets a value be any bytes, and what clients send beyond ASCII is UTF-8.
    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.bytes().filter_map(|(name, value)| Some((text(name)?, text(value)?)))
    }

    fn bytes(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut rest = &*self.packed;
        std::iter::from_fn(move || Some((pop(&mut rest)?, pop(&mut rest)?)))
    }
}

/// One of 64 bits, by the length and the first letter of a name.
fn bit(name: &str) -> u64 {
    let first = name.as_bytes().first().map_or(0, u8::to_ascii_lowercase);
    1 << ((name.len() + 8 * usize::from(first)) % 64)
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn push(packed: &mut Vec<u8>, part: &[u8]) {
    let [first, second, third, ..] = part.len().to_le_bytes();
    packed.extend_from_slice(&[first, second, third]);
    packed.extend_from_slice(part);
}

fn pop<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let ([first, second, third], after) = rest.split_first_chunk::<LENGTH>()?;
    let length = usize::from(*first) | usize::from(*second) << 8 | usize::from(*third) << 16;
    let (part, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(part)
}

impl HeaderSource for PackedHeaders {
    fn get(&self, name: &str) -> Option<&str> {
        if self.names & bit(name) == 0 {
            return None;
        }
        let mut named = self.bytes().filter(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()));
        named.find_map(|(_, value)| text(value))
    }

    fn iter(&self) -> Box<dyn Iterator<Item = (&str, &str)> + '_> {
        Box::new(self.pairs())
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn gives_what_it_was_given() {
        let mut headers = HeaderMap::new();
        let long = "v".repeat(70_000);
        let pairs =
            [("accept", "*/*"), ("x-empty", ""), ("x-twice", "1"), ("x-twice", "2"), ("x-long", &long)];
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers.append("x-utf8", HeaderValue::from_bytes("é".as_bytes()).unwrap());
        headers.append("x-other", HeaderValue::from_bytes(&[0xe9]).unwrap());
        let packed = PackedHeaders::new(&headers);
        let expected: Vec<_> = pairs.into_iter().chain([("x-utf8", "é")]).collect();
        let mut found: Vec<_> = packed.iter().collect();
        found.sort_by_key(|pair| expected.iter().position(|known| known == pair));
        assert_eq!(found, expected, "what is not text is left out");
        assert_eq!((packed.get("X-Twice"), packed.get("x-other")), (Some("1"), None));
        assert_eq!(PackedHeaders::new(&HeaderMap::new()).iter().count(), 0);
    }
}
