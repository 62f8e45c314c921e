//! Every number of a server under its name: what a scrape reads.
//!
//! Names, units and types are a promise to dashboards and alert rules. Labels have few values: published agents,
//! routes, and words of ours; never anything that a client has written.

use std::fmt::{Error, Result};
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit};

use super::families::{Families, sample};
use super::number::Counter;
use super::process::{Process, TICKS};
use super::{EndpointMetrics, Reason, RunOutcome};
use crate::server::application::{Application, ServedEndpoint};
use crate::session::store::OperationLatency;

/// Everything there is, as text of `OpenMetrics`.
pub(super) fn exposition(application: Arc<Application>) -> std::result::Result<String, Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Scrape(application)));
    let mut exposition = String::with_capacity(16 * 1024);
    text::encode(&mut exposition, &registry)?;
    Ok(exposition)
}

struct Scrape(Arc<Application>);

impl Collector for Scrape {
    fn encode(&self, encoder: DescriptorEncoder) -> Result {
        let mut families = Families::new(encoder);
        self.runs(&mut families)?;
        self.calls(&mut families)?;
        self.requests(&mut families)?;
        self.sessions(&mut families)?;
        self.store(&mut families)?;
        self.server(&mut families)?;
        process(&mut families)
    }
}

impl Scrape {
    fn runs(&self, families: &mut Families<'_>) -> Result {
        families.counters(
            "alphora_runs_started",
            "Runs that have begun",
            self.by_agent(|of| of.begun.get()),
        )?;
        let mut ended = families.counter("alphora_runs", "Runs that have ended, by how they did")?;
        for (agent, metrics) in self.agents() {
            for (outcome, count) in RunOutcome::ALL.into_iter().zip(&metrics.ended) {
                sample(&mut ended, &[("agent", agent), ("outcome", outcome.name())], &count.get())?;
            }
        }
        let active = self.by_agent(|of| {
            // Read in this order, so that no run has ended that has not begun.
            let ended: u64 = of.ended.iter().map(Counter::get).sum();
            of.begun.get().saturating_sub(ended)
        });
        families.gauges("alphora_runs_active", "Runs under way", active)?;
        let help = "From the beginning of a run to its end";
        families.histograms("alphora_run_duration", help, self.agents(), |of| &of.duration)?;
        let help = "From the beginning of a run to its first event";
        families.histograms("alphora_run_first_event", help, self.agents(), |of| &of.first_event)?;
        let mut tokens = families.counter(
            "alphora_tokens",
            "Tokens that agents have reported, or an estimate where an answer was broken off",
        )?;
        for (agent, metrics) in self.agents() {
            let kinds = [("prompt", &metrics.prompt_tokens), ("completion", &metrics.completion_tokens)];
            for (kind, count) in kinds {
                sample(&mut tokens, &[("agent", agent), ("kind", kind)], &count.get())?;
            }
        }
        Ok(())
    }

    fn calls(&self, families: &mut Families<'_>) -> Result {
        let models = "Calls of models, by how they ended";
        families.words("alphora_model_calls", models, self.agents(), |of| &of.models.outcomes)?;
        let help = "How long calls of models took";
        families.histograms("alphora_model_call_duration", help, self.agents(), |of| &of.models.duration)?;
        let help = "From the beginning of a call of a model to the first piece of its answer";
        families.histograms("alphora_model_first_chunk", help, self.agents(), |of| &of.first_chunk)?;
        let tools = "Calls of tools, by how they ended";
        families.words("alphora_tool_calls", tools, self.agents(), |of| &of.tools.outcomes)?;
        let help = "How long calls of tools took";
        families.histograms("alphora_tool_call_duration", help, self.agents(), |of| &of.tools.duration)
    }

    fn requests(&self, families: &mut Families<'_>) -> Result {
        let help = "Requests, by the template of their path, their method and the class of their answer";
        let mut requests = families.counter("alphora_http_requests", help)?;
        for (route, metrics) in self.0.metrics.routes.all() {
            for (method, status, count) in metrics.get() {
                let labels = [("route", route.as_str()), ("method", method), ("status", status)];
                sample(&mut requests, &labels, &count)?;
            }
        }
        let mut refused = families.counter("alphora_requests_refused", "Requests that began no run")?;
        for (reason, count) in Reason::ALL.into_iter().zip(&self.0.metrics.refused) {
            sample(&mut refused, &[("reason", reason.name())], &count.get())?;
        }
        families.gauge("alphora_streams_open", "Streams under way", &self.0.metrics.streams.get())?;
        families.gauge("alphora_connections_open", "Open connections", &self.0.metrics.connections.get())
    }

    fn sessions(&self, families: &mut Families<'_>) -> Result {
        let size = self.by_pool(|served| served.pool.size() as u64);
        families.gauges("alphora_sessions", "Sessions in this process's memory", size)?;
        let mut bytes = families.family(
            "alphora_session_memory",
            "What they take",
            Some(&Unit::Bytes),
            MetricType::Gauge,
        )?;
        for (agent, count) in self.by_pool(|served| served.pool.bytes() as u64) {
            bytes.encode_family(&[("agent", agent)])?.encode_gauge(&count)?;
        }
        let waiting = self.by_pool(|served| served.pool.waiting() as u64);
        families.gauges("alphora_session_turns_waiting", "Turns that wait for their session here", waiting)
    }

    fn store(&self, families: &mut Families<'_>) -> Result {
        let Some(store) = &self.0.store else { return Ok(()) };
        if let Some(up) = self.0.store_health.is_up() {
            families.gauge(
                "alphora_store_up",
                "Whether the session store could be used when last asked",
                &u64::from(up),
            )?;
        }
        let latencies = store.latency();
        let by = |value: fn(&OperationLatency) -> f64| {
            latencies.iter().map(move |latency| (latency.operation.name(), value(latency)))
        };
        let mut operations =
            families.counter("alphora_store_operations", "What the store was asked, and has answered")?;
        for latency in &latencies {
            sample(&mut operations, &[("operation", latency.operation.name())], &latency.count)?;
        }
        let mut times = families.family(
            "alphora_store_operation",
            "How long that took, all together",
            Some(&Unit::Seconds),
            MetricType::Counter,
        )?;
        for (operation, seconds) in by(|latency| latency.sum.as_secs_f64()) {
            sample(&mut times, &[("operation", operation)], &seconds)?;
        }
        let mut longest = families.family(
            "alphora_store_operation_longest",
            "How long the longest of them took",
            Some(&Unit::Seconds),
            MetricType::Gauge,
        )?;
        for (operation, seconds) in by(|latency| latency.max.as_secs_f64()) {
            longest.encode_family(&[("operation", operation)])?.encode_gauge(&seconds)?;
        }
        Ok(())
    }

    fn server(&self, families: &mut Families<'_>) -> Result {
        let server = &self.0.server;
        let draining = u64::from(self.0.is_draining());
        families.gauge(
            "alphora_draining",
            "Whether the server is stopping and takes nothing new",
            &draining,
        )?;
        families.gauge(
            "alphora_runs_limit",
            "How many runs there may be at once",
            &(server.max_runs as u64),
        )?;
        let limit = server.max_connections as u64;
        families.gauge("alphora_connections_limit", "How many connections may be open at once", &limit)?;
        let mut build =
            families.family("alphora_build_info", "Which version this is", None, MetricType::Gauge)?;
        build.encode_family(&[("version", env!("CARGO_PKG_VERSION"))])?.encode_gauge(&1_u64)?;
        if !self.0.files.all().is_empty() {
            let help = "Whether a file, as it is now, was refused, so that what was read before is in use";
            let mut refused = families.family("alphora_file_refused", help, None, MetricType::Gauge)?;
            for (file, is_refused) in self.0.files.all() {
                refused.encode_family(&[("file", file)])?.encode_gauge(&u64::from(is_refused))?;
            }
        }
        let started = self.0.created;
        families.gauge(
            "process_start_time_seconds",
            "When the server was made, in seconds since 1970",
            &started,
        )
    }

    fn agents(&self) -> impl Iterator<Item = (&str, &EndpointMetrics)> + Clone {
        self.0.endpoints.iter().map(|served| (served.endpoint.name.as_str(), &*served.metrics))
    }

    fn by_agent<'a>(
        &'a self,
        value: impl Fn(&EndpointMetrics) -> u64 + 'a,
    ) -> impl Iterator<Item = (&'a str, u64)> {
        self.agents().map(move |(agent, metrics)| (agent, value(metrics)))
    }

    /// One value an agent with a memory: its endpoints share a pool.
    fn by_pool<'a>(
        &'a self,
        value: impl Fn(&ServedEndpoint) -> u64 + 'a,
    ) -> impl Iterator<Item = (&'a str, u64)> {
        let first = self.0.endpoints.iter().filter(|served| served.index == 0 && served.has_memory);
        first.map(move |served| (&*served.sessions, value(served)))
    }
}

fn process(families: &mut Families<'_>) -> Result {
    let Process { resident_memory, open_files, processor_ticks, threads } = Process::now();
    if let Some(bytes) = resident_memory {
        families.gauge("process_resident_memory_bytes", "Resident memory", &bytes)?;
    }
    if let Some(files) = open_files {
        families.gauge("process_open_fds", "Open files and sockets", &files)?;
    }
    if let Some(ticks) = processor_ticks {
        #[expect(clippy::cast_precision_loss, reason = "a float holds more ticks than a machine lives")]
        let seconds = ticks as f64 / TICKS;
        let mut time = families.counter("process_cpu_seconds", "Time on a processor")?;
        time.encode_counter::<NoLabelSet, _, f64>(&seconds, None)?;
    }
    if let Some(threads) = threads {
        families.gauge("process_threads", "Threads", &threads)?;
    }
    Ok(())
}

impl std::fmt::Debug for Scrape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> Result {
        f.debug_struct("Scrape").finish_non_exhaustive()
    }
}
