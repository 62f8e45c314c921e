//! Sends spans to a collector, from a thread of its own.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry_otlp::{SpanExporter as Otlp, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use reqwest::redirect::Policy;
use tokio::runtime::Runtime;

use crate::encryption;
use crate::error::BoxError;

/// At most this often the log says that spans could not be sent.
const COMPLAIN_EVERY: Duration = Duration::from_secs(60);

/// Sends spans by OTLP over HTTP.
///
/// OpenTelemetry's background thread calls it, one batch at a time, and knows no runtime: so it brings its own, which
/// outlives the program's.
pub(super) struct Exporter {
    otlp: Otlp,
    runtime: Runtime,
    /// When the log was last told.
    complained: Mutex<Option<Instant>>,
    /// How many spans were lost since then.
    lost: AtomicU64,
}

impl Exporter {
    /// An exporter that reads where to send what, and with which headers, from OpenTelemetry's variables. `timeout`
    /// bounds one request; `tls` says whether connections may have to be encrypted.
    pub(super) fn new(timeout: Duration, tls: bool) -> Result<Self, BoxError> {
        // Redirects are not followed: the headers may hold a key.
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(encryption::of_client(tls)?)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .timeout(timeout)
            .user_agent(concat!("alphora/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let otlp = Otlp::builder().with_http().with_http_client(client).build()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { otlp, runtime, complained: Mutex::new(None), lost: AtomicU64::new(0) })
    }

    /// Notes that `spans` are lost, and tells the log now and then.
    fn lose(&self, spans: usize, why: &dyn fmt::Display) {
        let lost = self.lost.fetch_add(spans as u64, Ordering::Relaxed) + spans as u64;
        let mut complained = self.complained.lock().unwrap_or_else(PoisonError::into_inner);
        if complained.is_none_or(|last| last.elapsed() >= COMPLAIN_EVERY) {
            *complained = Some(Instant::now());
            self.lost.store(0, Ordering::Relaxed);
            tracing::warn!(spans = lost, error = %why, "the collector did not take spans of traces: they are lost");
        }
    }
}

impl SpanExporter for Exporter {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        let spans = batch.len();
        // This thread has nothing else to do.
        let sent = self.runtime.block_on(self.otlp.export(batch));
        if let Err(error) = &sent {
            self.lose(spans, error);
        }
        std::future::ready(sent)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.otlp.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.otlp.set_resource(resource);
    }
}

/// Not where it sends to, nor with which headers.
impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exporter")
    }
}
