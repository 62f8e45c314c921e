//! The traces of a program, on their way to a collector.

use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{Key, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use tracing::subscriber::Interest;
use tracing::{Metadata, Subscriber};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Filtered;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

use super::conventions::TARGET;
use super::exporter::Exporter;
use crate::error::{Error, ErrorKind, Result};

/// How long the end of a program waits for the last spans.
const FLUSH: Duration = Duration::from_secs(5);

/// How long one request to the collector may take, unless the variables say otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The traces of a program, on their way to a collector: OTLP over HTTP, with protobuf.
///
/// `#[alphora::main]` does all of this. A program with a subscriber of its own adds the [`layer`](Self::layer), and
/// keeps this value until its end: dropping it sends what is left, for at most five seconds.
///
/// ```
/// use alphora_runtime::telemetry::Traces;
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// // `None`: the variables name no collector.
/// let traces = Traces::from_env()?;
/// let subscriber = tracing_subscriber::registry().with(traces.as_ref().map(Traces::layer));
/// # drop(subscriber);
/// # Ok::<(), alphora_runtime::Error>(())
/// ```
///
/// A span is kept in memory until it is sent, at most 2,048 of them; the rest is lost, and no run waits. Where the
/// collector cannot be reached, the log says so once a minute.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Traces as OpenTelemetry's variables describe them, or `None` if these name no collector.
    ///
    /// | variable | |
    /// |---|---|
    /// | `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` | the collector; without either there are no traces |
    /// | `OTEL_EXPORTER_OTLP_HEADERS`, `.._TRACES_HEADERS` | headers for it, such as a key |
    /// | `OTEL_EXPORTER_OTLP_TIMEOUT`, `.._TRACES_TIMEOUT` | of one request, in milliseconds; 10,000 |
    /// | `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` | who sends; the program's name and version |
    /// | `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG` | which traces; `parentbased_always_on` |
    /// | `OTEL_BSP_MAX_QUEUE_SIZE`, `OTEL_BSP_SCHEDULE_DELAY`, `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` | 2,048 spans, 5,000 ms, 512 spans |
    /// | `OTEL_SDK_DISABLED` | `true`: no traces |
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: a variable cannot be used as it is. Its value is not repeated.
    pub fn from_env() -> Result<Option<Self>> {
        Self::from_variables(&crate::logging::variable)
    }

    pub(crate) fn from_variables(variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>> {
        let given = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let is =
            |name: &str, word: &str| given(name).is_some_and(|value| value.trim().eq_ignore_ascii_case(word));
        let (all, traces) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
        let Some(endpoint) = [traces, all].into_iter().find(|name| given(name).is_some()) else {
            return Ok(None);
        };
        if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
            return Ok(None);
        }
        for name in ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"] {
            if given(name).is_some() && !is(name, "http/protobuf") {
                let message = format!("{name}: only `http/protobuf` is spoken here, mostly to port 4318");
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
        }
        let url = given(endpoint).and_then(|url| reqwest::Url::parse(url.trim()).ok());
        let Some(url) = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) else {
            let message = format!("{endpoint} is not a URL: write one such as `http://127.0.0.1:4318`");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        };
        if !url.username().is_empty() || url.password().is_some() {
            let message = format!(
                "{endpoint} has a user name or a password in it, which are not sent: write a header such as \
                 `authorization=..` into OTEL_EXPORTER_OTLP_HEADERS"
            );
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let timeout = timeout(&given)?;
        let exporter = Exporter::new(timeout, url.scheme() == "https").map_err(|error| {
            // Its words may repeat a URL or a header.
            let message =
                "the exporter of traces cannot be set up: see the variables `OTEL_EXPORTER_OTLP_..`";
            tracing::trace!(%error, "an exporter of traces was not set up");
            Error::new(ErrorKind::InvalidArgument, message)
        })?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource(given("OTEL_SERVICE_NAME")))
            .build();
        Ok(Some(Self { provider }))
    }

    /// A layer for a subscriber, which makes traces of the spans of runs, models and tools, and of nothing else: what
    /// a program logs while it runs, and the spans of libraries, stay where they are.
    #[must_use]
    pub fn layer<S>(&self) -> TraceLayer<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let tracer = self.provider.tracer("alphora");
        OpenTelemetryLayer::new(tracer)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(Ours)
    }

    /// Sends what is left, for at most five seconds. Nothing is sent afterwards.
    pub fn shutdown(&self) {
        // Why it did not work is in the log already.
        let _ = self.provider.shutdown_with_timeout(FLUSH);
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        self.shutdown();
    }
}

/// What [`Traces::layer`] gives.
pub type TraceLayer<S> = Filtered<OpenTelemetryLayer<S, Tracer>, Ours, S>;

/// Lets the spans of runs, models and tools through, and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Ours;

impl Ours {
    fn takes(metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target() == TARGET
    }
}

impl<S> Filter<S> for Ours {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        Self::takes(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        // Not `always`: then nobody would be asked before a span begins, and what `tracing::enabled!` was told of
        // something else, earlier and on the same thread, would still count.
        if Self::takes(metadata) { Interest::sometimes() } else { Interest::never() }
    }
}

/// The time of one request: what the first of the variables says that says something.
fn timeout(given: &dyn Fn(&str) -> Option<String>) -> Result<Duration> {
    let names = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
    let Some((name, value)) = names.into_iter().find_map(|name| Some((name, given(name)?))) else {
        return Ok(TIMEOUT);
    };
    let milliseconds = value.trim().parse().ok().filter(|milliseconds| *milliseconds > 0);
    milliseconds.map(Duration::from_millis).ok_or_else(|| {
        let message = format!("{name} is not a time: write milliseconds, such as `10000`, without a unit");
        Error::new(ErrorKind::InvalidArgument, message)
    })
}

/// Who sends: what the variables say, and the program's name and version.
fn resource(service_name: Option<String>) -> Resource {
    let (name, version) = (Key::from_static_str("service.name"), Key::from_static_str("service.version"));
    let detected = Resource::builder().build();
    let listed = |key: &Key| {
        let value = detected.get(key).map(|value| value.as_str().into_owned());
        value.filter(|value| !value.starts_with("unknown_service"))
    };
    let is_versioned = listed(&version).is_some();
    let mut builder = Resource::builder();
    // The variable of its own wins over the list of attributes.
    if let Some(value) = service_name.or_else(|| listed(&name)).or_else(crate::logging::program_name) {
        builder = builder.with_attribute(KeyValue::new(name, value));
    }
    if let Some(value) = crate::private::program_version().filter(|_| !is_versioned) {
        builder = builder.with_attribute(KeyValue::new(version, value));
    }
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_request_is_read_or_refused() {
        let with = |of_traces: &'static str, of_all: &'static str| {
            let given = move |name: &str| {
                let value = if name.contains("_TRACES_") { of_traces } else { of_all };
                Some(value.to_owned()).filter(|value| !value.is_empty())
            };
            timeout(&given).map_err(|error| error.to_string())
        };
        assert_eq!(with("", ""), Ok(TIMEOUT));
        assert_eq!(with("", " 500 "), Ok(Duration::from_millis(500)));
        assert_eq!(with("200", "soon"), Ok(Duration::from_millis(200)));
        for (of_traces, of_all, name) in [
            ("10s", "500", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"),
            ("", "soon", "OTEL_EXPORTER_OTLP_TIMEOUT"),
            ("", "-1", "OTEL_EXPORTER_OTLP_TIMEOUT"),
            ("", "0", "OTEL_EXPORTER_OTLP_TIMEOUT"),
        ] {
            let error = with(of_traces, of_all).unwrap_err();
            assert!(error.contains(name) && error.contains("milliseconds"), "{error}");
        }
    }
}
