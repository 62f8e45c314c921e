//! The floor's bytes: all but the content is written down here.

/// The head of a stream.
pub(super) const STREAM_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
    cache-control: no-cache\r\ntransfer-encoding: chunked\r\ndate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n";
/// The last, empty piece of a stream.
pub(super) const STREAM_END: &[u8] = b"0\r\n\r\n";

const COMPLETION_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
    date: Thu, 01 Jan 2026 00:00:00 GMT\r\ncontent-length: ";
const COMPLETION_BEGIN: &[u8] =
    b"{\"id\":\"cmpl-00000000000000000000000000000000\",\"object\":\"chat.completion\",\
    \"created\":1767225600,\"model\":\"AlphaData\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\
    <content type=\\\"text\\\">";
const COMPLETION_END: &[u8] = b"</content>\",\"content_type\":\"mixed-xml\"},\"finish_reason\":\"stop\"}]}";

const CHUNK_BEGIN: &[u8] = b"data: {\"id\":\"cmpl-00000000000000000000000000000000\",\
    \"object\":\"chat.completion.chunk\",\"created\":1767225600,\"model\":\"AlphaData\",\
    \"choices\":[{\"index\":0,\"delta\":{\"content\":\"";
const CHUNK_END: &[u8] = b"\",\"content_type\":\"text\"},\"finish_reason\":null}]}\n\n";
const STOP_END: &[u8] = b"\",\"content_type\":\"stop\"},\"finish_reason\":\"stop\"}]}\n\n";

/// The words of a counted answer, escaped; a run compares what they mean with the script before it measures.
const WORDS: [&str; 8] = ["An", " agent", " says", " 你好", " \\\"twice\\\"", ",\\n", "then", " it waits"];

/// A place for the length of a frame,
const LENGTH: &[u8] = b"0000\r\n";
/// in as many hexadecimal digits as are enough for what leaves in one write.
const DIGITS: usize = 4;

/// Appends the completion that says `text`, which is escaped for JSON already, as the seed's XML.
pub(super) fn completion(out: &mut Vec<u8>, text: &str) {
    let mut content = Vec::with_capacity(2 * text.len());
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'&' => content.extend_from_slice(b"&amp;"),
            b'<' => content.extend_from_slice(b"&lt;"),
            b'>' => content.extend_from_slice(b"&gt;"),
            b'\'' => content.extend_from_slice(b"&apos;"),
            b'\\' if bytes.next_if_eq(&b'"').is_some() => content.extend_from_slice(b"&quot;"),
            other => content.push(other),
        }
    }
    let length = COMPLETION_BEGIN.len() + content.len() + COMPLETION_END.len();
    out.extend_from_slice(COMPLETION_HEAD);
    out.extend_from_slice(length.to_string().as_bytes());
    for part in [b"\r\n\r\n", COMPLETION_BEGIN, &content, COMPLETION_END] {
        out.extend_from_slice(part);
    }
}

/// One piece of a chunked body, which is being written.
pub(super) struct Frame<'a> {
    out: &'a mut Vec<u8>,
    at: usize,
}

impl<'a> Frame<'a> {
    pub(super) fn begin(out: &'a mut Vec<u8>) -> Self {
        let at = out.len();
        out.extend_from_slice(LENGTH);
        Self { out, at }
    }

    /// The bytes of its events so far.
    pub(super) fn len(&self) -> usize {
        self.out.len() - self.at - LENGTH.len()
    }

    /// Adds chunk `index` of a counted answer.
    pub(super) fn chunk(&mut self, index: usize) {
        self.event(WORDS[index % WORDS.len()].as_bytes(), CHUNK_END);
    }

    /// Adds the event that ends the answer.
    pub(super) fn stop(&mut self) {
        self.event(b"", STOP_END);
    }

    fn event(&mut self, content: &[u8], end: &[u8]) {
        for part in [CHUNK_BEGIN, content, end] {
            self.out.extend_from_slice(part);
        }
    }

    /// Writes down how long it has become.
    pub(super) fn end(self) {
        let mut left = self.len();
        for place in self.out[self.at..self.at + DIGITS].iter_mut().rev() {
            *place = b"0123456789abcdef"[left % 16];
            left /= 16;
        }
        self.out.extend_from_slice(b"\r\n");
    }
}
