//! The samples of a run, by case, measure and server.

use crate::case::{Better, Case, Measure, Sample};
use crate::conductor::Contestant;

/// All samples of a run.
pub(crate) struct Results {
    pub(super) cases: Vec<CaseResults>,
}

/// The samples of one case.
pub(super) struct CaseResults {
    pub(super) name: String,
    pub(super) measures: Vec<Measured>,
    /// Of a second, how much the server and the load were at work, for each turn.
    pub(super) busy: Vec<[f64; 2]>,
    /// What an operation costs the load, in microseconds of its processor.
    pub(super) load_micros: Measured,
}

/// The samples of one figure, one for each round.
pub(super) struct Measured {
    pub(super) measure: Measure,
    pub(super) baseline: Vec<f64>,
    pub(super) alphora: Vec<f64>,
    pub(super) floor: Vec<f64>,
    pub(super) baseline_again: Vec<f64>,
}

impl Results {
    pub(crate) fn new(cases: &[Case]) -> Self {
        Self { cases: cases.iter().map(|case| CaseResults::new(*case)).collect() }
    }

    /// Adds one turn of one server.
    pub(crate) fn add(&mut self, case: &Case, contestant: Contestant, sample: &Sample) {
        let name = case.to_string();
        let Some(results) = self.cases.iter_mut().find(|results| results.name == name) else { return };
        results.busy.push(sample.busy);
        results.load_micros.of(contestant).push(sample.load_micros);
        for (measured, value) in results.measures.iter_mut().zip(&sample.values) {
            measured.of(contestant).push(*value);
        }
    }
}

impl CaseResults {
    fn new(case: Case) -> Self {
        let measures = case.measures().into_iter().map(Measured::new).collect();
        let load = Measure { name: "load us", better: Better::Less, promise: None, promise_to_floor: None };
        Self { name: case.to_string(), measures, busy: Vec::new(), load_micros: Measured::new(load) }
    }
}

impl Measured {
    fn new(measure: Measure) -> Self {
        let (baseline, alphora, floor, baseline_again) = Default::default();
        Self { measure, baseline, alphora, floor, baseline_again }
    }

    fn of(&mut self, contestant: Contestant) -> &mut Vec<f64> {
        match contestant {
            Contestant::Baseline => &mut self.baseline,
            Contestant::Alphora => &mut self.alphora,
            Contestant::Floor => &mut self.floor,
            Contestant::BaselineAgain => &mut self.baseline_again,
        }
    }
}
