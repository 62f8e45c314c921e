//! The results as JSON, with the samples of each round.

use serde::Serialize;

use super::results::{CaseResults, Measured, Results};
use super::statistics::{Ratio, median};
use crate::case::Better;

/// The whole document.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    pub(super) quick: bool,
    pub(super) seconds: f64,
    pub(super) remarks: &'a [String],
    pub(super) cases: Vec<CaseDocument<'a>>,
}

#[derive(Serialize)]
pub(super) struct CaseDocument<'a> {
    name: &'a str,
    server_busy: f64,
    load_busy: f64,
    measures: Vec<MeasureDocument<'a>>,
    /// What the same operation costs the load.
    load: MeasureDocument<'a>,
}

#[derive(Serialize)]
struct MeasureDocument<'a> {
    name: &'a str,
    better: &'static str,
    /// The median of the rounds, for each server.
    baseline: f64,
    alphora: f64,
    floor: f64,
    /// Of alphora to the baseline.
    ratio: Ratio,
    to_floor: Ratio,
    /// The ratio of the baseline to itself.
    noise: Ratio,
    promise: Option<f64>,
    promise_to_floor: Option<f64>,
    samples: Samples<'a>,
}

#[derive(Serialize)]
struct Samples<'a> {
    baseline: &'a [f64],
    alphora: &'a [f64],
    floor: &'a [f64],
    baseline_again: &'a [f64],
}

/// The cases of a document.
pub(super) fn cases(results: &Results) -> Vec<CaseDocument<'_>> {
    results.cases.iter().map(case).collect()
}

fn case(results: &CaseResults) -> CaseDocument<'_> {
    let [server_busy, load_busy] = results.typically_busy();
    let measures = results.measures.iter().map(measure).collect();
    let load = measure(&results.load_micros);
    CaseDocument { name: &results.name, server_busy, load_busy, measures, load }
}

fn measure(measured: &Measured) -> MeasureDocument<'_> {
    let Measured { measure, baseline, alphora, floor, baseline_again } = measured;
    MeasureDocument {
        name: measure.name,
        better: if measure.better == Better::More { "more" } else { "less" },
        baseline: median(baseline),
        alphora: median(alphora),
        floor: median(floor),
        ratio: Ratio::between(alphora, baseline),
        to_floor: Ratio::between(alphora, floor),
        noise: Ratio::between(baseline_again, baseline),
        promise: measure.promise,
        promise_to_floor: measure.promise_to_floor,
        samples: Samples { baseline, alphora, floor, baseline_again },
    }
}
