//! Metrics under their names, one family after another.

use std::fmt::{Error, Result};

use prometheus_client::encoding::{
    DescriptorEncoder, EncodeCounterValue, EncodeGaugeValue, EncodeLabelSet, MetricEncoder, NoLabelSet,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;

use super::EndpointMetrics;
use super::number::Histogram;
use super::words::Words;

/// Writes families one after another. Help texts are sentences, whose full stop is added here.
pub(super) struct Families<'a>(DescriptorEncoder<'a>);

impl<'a> Families<'a> {
    pub(super) fn new(encoder: DescriptorEncoder<'a>) -> Self {
        Self(encoder)
    }
}

impl Families<'_> {
    pub(super) fn family<'s>(
        &'s mut self,
        name: &'s str,
        help: &str,
        unit: Option<&'s Unit>,
        kind: MetricType,
    ) -> std::result::Result<MetricEncoder<'s>, Error> {
        self.0.encode_descriptor(name, &format!("{help}."), unit, kind)
    }

    /// The name of a counter ends in `_total`, which is added to each of its samples.
    pub(super) fn counter<'s>(
        &'s mut self,
        name: &'s str,
        help: &str,
    ) -> std::result::Result<MetricEncoder<'s>, Error> {
        self.family(name, help, None, MetricType::Counter)
    }

    pub(super) fn counters<'a>(
        &mut self,
        name: &str,
        help: &str,
        of: impl Iterator<Item = (&'a str, u64)>,
    ) -> Result {
        let mut counter = self.counter(name, help)?;
        for (agent, count) in of {
            sample(&mut counter, &[("agent", agent)], &count)?;
        }
        Ok(())
    }

    pub(super) fn gauge(&mut self, name: &str, help: &str, value: &impl EncodeGaugeValue) -> Result {
        self.family(name, help, None, MetricType::Gauge)?.encode_gauge(value)
    }

    pub(super) fn gauges<'a>(
        &mut self,
        name: &str,
        help: &str,
        of: impl Iterator<Item = (&'a str, u64)>,
    ) -> Result {
        let mut gauge = self.family(name, help, None, MetricType::Gauge)?;
        for (agent, value) in of {
            gauge.encode_family(&[("agent", agent)])?.encode_gauge(&value)?;
        }
        Ok(())
    }

    /// Times in seconds, which is added to the name.
    pub(super) fn histograms<'a>(
        &mut self,
        name: &str,
        help: &str,
        of: impl Iterator<Item = (&'a str, &'a EndpointMetrics)>,
        histogram: impl Fn(&EndpointMetrics) -> &Histogram,
    ) -> Result {
        let mut family = self.family(name, help, Some(&Unit::Seconds), MetricType::Histogram)?;
        for (agent, metrics) in of {
            let now = histogram(metrics).get();
            let labels = [("agent", agent)];
            let mut one = family.encode_family(&labels)?;
            one.encode_histogram::<NoLabelSet>(now.sum, now.count, &now.buckets, None)?;
        }
        Ok(())
    }

    pub(super) fn words<'a>(
        &mut self,
        name: &str,
        help: &str,
        of: impl Iterator<Item = (&'a str, &'a EndpointMetrics)>,
        words: impl Fn(&EndpointMetrics) -> &Words,
    ) -> Result {
        let mut counter = self.counter(name, help)?;
        for (agent, metrics) in of {
            for (outcome, count) in words(metrics).get() {
                sample(&mut counter, &[("agent", agent), ("outcome", outcome)], &count)?;
            }
        }
        Ok(())
    }
}

/// One value of a counter.
pub(super) fn sample(
    counter: &mut MetricEncoder<'_>,
    labels: &impl EncodeLabelSet,
    value: &impl EncodeCounterValue,
) -> Result {
    counter.encode_family(labels)?.encode_counter::<NoLabelSet, _, f64>(value, None)
}
