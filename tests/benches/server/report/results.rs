//! The samples of a run, by case, measure and server.

use crate::case::{Case, Measure, Sample};
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
}

/// The samples of one figure, one for each round.
pub(super) struct Measured {
    pub(super) measure: Measure,
    pub(super) baseline: Vec<f64>,
    pub(super) alphora: Vec<f64>,
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
        for (measured, value) in results.measures.iter_mut().zip(&sample.values) {
            measured.of(contestant).push(*value);
        }
    }
}

impl CaseResults {
    fn new(case: Case) -> Self {
        let measures = case.measures().into_iter().map(Measured::new).collect();
        Self { name: case.to_string(), measures, busy: Vec::new() }
    }
}

impl Measured {
    fn new(measure: Measure) -> Self {
        Self { measure, baseline: Vec::new(), alphora: Vec::new(), baseline_again: Vec::new() }
    }

    fn of(&mut self, contestant: Contestant) -> &mut Vec<f64> {
        match contestant {
            Contestant::Baseline => &mut self.baseline,
            Contestant::Alphora => &mut self.alphora,
            Contestant::BaselineAgain => &mut self.baseline_again,
        }
    }
}
