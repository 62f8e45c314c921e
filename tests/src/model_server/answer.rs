//! What the server does with one request: a list of steps.

use std::time::Duration;

use super::body;

/// What the server does with one request, step by step.
#[derive(Debug, Clone)]
pub struct Answer {
    /// In order. After the last one the connection waits for its next request.
    pub steps: Vec<Step>,
}

/// One thing that the server does.
#[derive(Debug, Clone)]
pub enum Step {
    /// Sends bytes.
    Write(Vec<u8>),
    /// Waits.
    Pause(Duration),
    /// Sends nothing more until the client goes away.
    Stall,
    /// Closes the connection as it should be: FIN.
    Close,
    /// Breaks the connection: RST.
    Reset,
    /// Closes the half that writes, and waits for the client to go away.
    HalfClose,
}

/// How a connection ends where it should not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// FIN: as if all had been said.
    Fin,
    /// RST.
    Rst,
}

impl From<Cut> for Step {
    fn from(cut: Cut) -> Self {
        match cut {
            Cut::Fin => Self::Close,
            Cut::Rst => Self::Reset,
        }
    }
}

impl Answer {
    /// The steps, as they are.
    pub fn steps(steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: steps.into_iter().collect() }
    }

    /// A complete streamed answer that says `words`, one an event.
    pub fn words(words: &[impl AsRef<str>]) -> Self {
        Self::events(&body::sentence(words))
    }

    /// A stream of events with this data. It says nothing of its own: no end, no `[DONE]`.
    pub fn events(events: &[impl AsRef<str>]) -> Self {
        let blocks: Vec<String> = events.iter().map(|data| format!("data: {}\n\n", data.as_ref())).collect();
        Self::stream(&blocks)
    }

    /// A stream of these bytes, each entry in a chunk of its own.
    pub fn stream(blocks: &[impl AsRef<str>]) -> Self {
        let head = head(200, &[("content-type", "text/event-stream"), ("transfer-encoding", "chunked")]);
        let chunk = |block: &str| Step::Write(format!("{:x}\r\n{block}\r\n", block.len()).into_bytes());
        let mut steps = vec![Step::Write(head.into_bytes())];
        steps.extend(blocks.iter().map(|block| chunk(block.as_ref())));
        steps.push(Step::Write(b"0\r\n\r\n".to_vec()));
        Self { steps }
    }

    /// A stream of events whose end is the end of the connection.
    pub fn events_until_closed(events: &[impl AsRef<str>]) -> Self {
        let mut steps = vec![Step::Write(
            head(200, &[("content-type", "text/event-stream"), ("connection", "close")]).into(),
        )];
        let write = |data: &str| Step::Write(format!("data: {data}\n\n").into_bytes());
        steps.extend(events.iter().map(|data| write(data.as_ref())));
        steps.push(Step::Close);
        Self { steps }
    }

    /// An answer that is no stream.
    pub fn status(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let length = body.len().to_string();
        let mut all = vec![("content-length", &*length)];
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            all.push(("content-type", "application/json"));
        }
        all.extend(headers);
        Self::steps([Step::Write(format!("{}{body}", head(status, &all)).into_bytes())])
    }

    /// Bytes that may be anything, after which the connection is closed.
    pub fn raw(bytes: &[u8]) -> Self {
        Self::steps([Step::Write(bytes.to_vec()), Step::Close])
    }

    /// The same answer with a pause before each step but the first.
    #[must_use]
    pub fn paced(self, pause: Duration) -> Self {
        let mut steps = Vec::new();
        for step in self.steps {
            if !steps.is_empty() {
                steps.push(Step::Pause(pause));
            }
            steps.push(step);
        }
        Self { steps }
    }

    /// The first `bytes` bytes that this answer writes, and then `then`.
    #[must_use]
    pub fn first(self, bytes: usize, then: impl Into<Step>) -> Self {
        let mut left = bytes;
        let mut steps = Vec::new();
        for step in self.steps {
            match step {
                Step::Write(mut written) => {
                    written.truncate(left);
                    left -= written.len();
                    if !written.is_empty() {
                        steps.push(Step::Write(written));
                    }
                }
                other if left > 0 => steps.push(other),
                _ => {}
            }
        }
        steps.push(then.into());
        Self { steps }
    }

    /// All that it writes.
    pub fn bytes(&self) -> Vec<u8> {
        let written = |step: &Step| match step {
            Step::Write(bytes) => bytes.clone(),
            _ => Vec::new(),
        };
        self.steps.iter().flat_map(written).collect()
    }

    /// How many bytes it writes before and with the first event that holds `text`.
    pub fn bytes_up_to(&self, text: &str) -> usize {
        let bytes = self.bytes();
        let at = bytes.windows(text.len()).position(|window| window == text.as_bytes()).unwrap();
        let end = bytes[at..].windows(2).position(|window| window == b"\n\n").unwrap();
        at + end + 2
    }
}

fn head(status: u16, headers: &[(&str, &str)]) -> String {
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 {status} Status\r\n{lines}\r\n")
}
