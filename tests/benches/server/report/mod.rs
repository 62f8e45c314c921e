//! What a run has found: a table for people, a file for programs.

mod json;
mod results;
mod statistics;
mod table;

pub(crate) use results::Results;

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use self::json::Document;
use self::results::CaseResults;
use self::table::Table;
use crate::Result;
use crate::server_process::FOLDER;
use crate::settings::Settings;

/// Prints the table and writes the file.
pub(crate) fn report(settings: &Settings, results: &Results, remarks: &[String], took: Duration) -> Result {
    let name = if settings.quick { "bench-server-quick.json" } else { "bench-server.json" };
    let path = Path::new(FOLDER).join(name);
    let document =
        Document { quick: settings.quick, seconds: took.as_secs_f64(), remarks, cases: json::cases(results) };
    serde_json::to_writer_pretty(File::create(&path)?, &document)?;

    let mut out = io::stdout().lock();
    writeln!(out, "\n{}", Table(results))?;
    if results.cases.iter().any(CaseResults::is_limited_by_load) {
        writeln!(
            out,
            "\\* the load was at its limit in some turn: here only CPU per operation compares the servers"
        )?;
    }
    for remark in remarks {
        writeln!(out, "- {remark}")?;
    }
    if settings.quick {
        writeln!(out, "- a quick run: it shows that the benchmark works, and large ratios")?;
    }
    writeln!(
        out,
        "- {} rounds, {} paced; {:.0} s; {}",
        settings.rounds,
        settings.paced_rounds,
        took.as_secs_f64(),
        path.display()
    )?;
    Ok(())
}
