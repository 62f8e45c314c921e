//! Ten thousand turns at a model server of whose answers a fifth are faults.

use alphora_tests::model_server::figures;
use tokio::runtime::{Builder, Runtime};

use crate::table::Table;

pub(crate) fn measure(quick: bool, table: &mut Table) {
    let turns = if quick { 1_000 } else { 10_000 };
    let report = runtime().block_on(figures::faults(turns));
    table.shown(
        &format!("{turns} turns, a fifth of the requests faulty: failed with a typed error"),
        report.failed,
    );
    table.at_most("their requests a call", report.amplification, 1.2);
    table.exactly("their retries after a first token", report.retries_after_first_token, 0);
    table.exactly("their turns in which something was said twice", report.duplicated, 0);
    table.exactly("their turns that ended well and short", report.missing, 0);
    table.exactly("their turns that hung", report.hung, 0);
}

pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread().enable_all().build().expect("a runtime")
}
