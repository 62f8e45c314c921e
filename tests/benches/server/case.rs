//! The cases, and what is measured in each.

use std::fmt;
use std::io;

use crate::load::nonstream::nonstream;
use crate::load::paced::paced;
use crate::load::stream::stream;
use crate::load::{Span, Target};
use crate::settings::Settings;

/// Chunks of a stream where chunks are counted.
const MANY: usize = 1_000;

/// One kind of load with one number of connections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) load: Load,
    pub(crate) connections: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// Non-streaming requests.
    Json,
    /// Streams of many chunks, as fast as possible.
    Chunks,
    /// Streams of one chunk.
    FirstChunk,
    /// Open streams with a chunk every 100 ms.
    Paced,
}

/// One figure of a case.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measure {
    pub(crate) name: &'static str,
    /// Whether more of it is better, or less.
    pub(crate) better: Better,
    /// The ratio to the baseline that the project has promised to keep: a least one or, of costs, a greatest.
    pub(crate) promise: Option<f64>,
    /// The same of the ratio to the floor.
    pub(crate) promise_to_floor: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    More,
    Less,
}

/// The figures of one turn at a case, in the order of [`Case::measures`].
pub(crate) struct Sample {
    pub(crate) values: Vec<f64>,
    /// Of a second, how much the server and the load were at work.
    pub(crate) busy: [f64; 2],
    /// What an operation costs the load, in microseconds of its processor: if this is not well below what it
    /// costs the server, the load is the limit.
    pub(crate) load_micros: f64,
}

impl Case {
    /// All cases of a run.
    pub(crate) fn all(settings: &Settings, connections: usize) -> Vec<Self> {
        let table = [
            (Load::Json, vec![1, 32, 256]),
            (Load::Chunks, vec![1, 64, 512]),
            (Load::FirstChunk, vec![1, 64]),
            (Load::Paced, vec![settings.paced_streams]),
        ];
        let cases = table.into_iter().flat_map(|(load, numbers)| {
            let case = move |number: usize| Self { load, connections: number.min(connections) };
            numbers.into_iter().map(case)
        });
        let wanted = |case: &Self| {
            let name = case.to_string();
            settings.only.is_empty() || settings.only.iter().any(|word| name.contains(word))
        };
        cases.filter(wanted).collect()
    }

    pub(crate) fn measures(self) -> Vec<Measure> {
        let measure = |name, better, promise| Measure { name, better, promise, promise_to_floor: None };
        let more = |name, promise| measure(name, Better::More, promise);
        let less = |name, promise| measure(name, Better::Less, promise);
        // At one connection most rates and costs are the scheduler's, and not promised.
        let at = |connections: &[usize], promise| connections.contains(&self.connections).then_some(promise);
        match self.load {
            Load::Json => {
                vec![more("requests/s", at(&[32, 256], 1.1)), less("CPU us/request", at(&[32], 0.75))]
            }
            Load::Chunks => {
                let rate = Measure { promise_to_floor: at(&[64], 0.5), ..more("chunks/s", Some(5.0)) };
                vec![rate, less("CPU us/chunk", at(&[64], 0.2))]
            }
            Load::FirstChunk => {
                vec![more("first chunks/s", at(&[64], 1.5)), less("CPU us/stream", None)]
            }
            Load::Paced => vec![
                less("KiB/open stream", Some(0.6)),
                less("CPU us/paced chunk", Some(0.8)),
                less("gap p99, ms", None),
            ],
        }
    }

    /// How long one turn lasts.
    pub(crate) fn span(self, settings: &Settings) -> Span {
        match self.load {
            Load::Paced => Span { warm_up: settings.paced_warm_up, window: settings.paced_window },
            _ => Span { warm_up: settings.warm_up, window: settings.window },
        }
    }

    /// One turn of one server.
    pub(crate) async fn run(self, target: Target, span: Span) -> io::Result<Sample> {
        let sample = match self.load {
            Load::Json => {
                let window = nonstream(target, self.connections, span).await?;
                let count = window.responses;
                Sample {
                    values: vec![window.per_second(count), window.server_micros_per(count)],
                    busy: window.busy(),
                    load_micros: window.load_micros_per(count),
                }
            }
            Load::Chunks => {
                let window = stream(target, self.connections, MANY, span).await?;
                let count = window.events;
                Sample {
                    values: vec![window.per_second(count), window.server_micros_per(count)],
                    busy: window.busy(),
                    load_micros: window.load_micros_per(count),
                }
            }
            Load::FirstChunk => {
                let window = stream(target, self.connections, 1, span).await?;
                let count = window.first_events;
                Sample {
                    values: vec![window.per_second(count), window.server_micros_per(count)],
                    busy: window.busy(),
                    load_micros: window.load_micros_per(count),
                }
            }
            Load::Paced => {
                let paced = paced(target, self.connections, span).await?;
                let per_chunk = paced.window.server_micros_per(paced.window.events);
                let gap = paced.gap_p99.as_secs_f64() * 1e3;
                Sample {
                    values: vec![paced.kib_per_stream, per_chunk, gap],
                    busy: paced.window.busy(),
                    load_micros: paced.window.load_micros_per(paced.window.events),
                }
            }
        };
        if sample.values.iter().all(|value| value.is_finite() && *value > 0.0) {
            Ok(sample)
        } else {
            Err(io::Error::other(format!("the figures make no sense: {:?}", sample.values)))
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let connections = self.connections;
        match self.load {
            Load::Json => write!(f, "json, {connections} conn."),
            Load::Chunks => write!(f, "chunks, {connections} x {MANY}"),
            Load::FirstChunk => write!(f, "first chunk, {connections} conn."),
            Load::Paced => write!(f, "paced, {connections} streams"),
        }
    }
}
