//! The seed's aggregate of a whole answer: one `<content type="..">` element a type, inside a JSON string.

use bytes::BytesMut;

use super::json::escape_into;

/// Opens the element of one type. The type is escaped, so that it cannot end the element.
pub(super) fn open_element(buffer: &mut BytesMut, content_type: &str) {
    if content_type == "text" {
        buffer.extend_from_slice(b"<content type=\\\"text\\\">");
        return;
    }
    buffer.extend_from_slice(b"<content type=\\\"");
    escape_in_json(buffer, content_type);
    buffer.extend_from_slice(b"\\\">");
}

pub(super) fn close_element(buffer: &mut BytesMut) {
    buffer.extend_from_slice(b"</content>");
}

/// Appends `text` escaped for XML and then for the JSON string around it. No entity needs an escape of JSON's.
pub(super) fn escape_in_json(buffer: &mut BytesMut, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'')) {
        escape_into(buffer, &rest[..at]);
        buffer.extend_from_slice(match rest.as_bytes()[at] {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => b"&quot;",
            _ => b"&apos;",
        });
        rest = &rest[at + 1..];
    }
    escape_into(buffer, rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_type_nor_text_can_leave_its_element() {
        let mut buffer = BytesMut::from(&b"\""[..]);
        open_element(&mut buffer, "we\"ird<");
        escape_in_json(&mut buffer, "a<b>&\"'é\n\u{1}\\");
        close_element(&mut buffer);
        buffer.extend_from_slice(b"\"");
        let text: String = serde_json::from_slice(&buffer).unwrap();
        assert_eq!(text, "<content type=\"we&quot;ird&lt;\">a&lt;b&gt;&amp;&quot;&apos;é\n\u{1}\\</content>");
    }
}
