//! What the toolbox costs: the parser of events, the memory of a chat, the model client, and its faults.
//!
//! `cargo bench -p alphora-tests --bench toolbox`; with `ALPHORA_BENCH_QUICK=1` a tenth of it. Every time is a ratio
//! to something plain that was measured in the same run.

mod events;
mod faults;
mod first_token;
mod memory;
#[expect(dead_code, reason = "the runtime uses the rest")]
mod sse;
mod table;

use table::Table;

/// Measures, quickly or well, and adds rows.
type Measure = fn(bool, &mut Table);

fn main() {
    // Cargo passes `--bench`; anything else chooses figures by name.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let quick = std::env::var_os("ALPHORA_BENCH_QUICK").is_some();
    let figures: [(&str, Measure); 4] = [
        ("events", events::measure),
        ("memory", memory::measure),
        ("first-token", first_token::measure),
        ("faults", faults::measure),
    ];
    let mut table = Table::default();
    for (name, measure) in figures {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            measure(quick, &mut table);
        }
    }
    table.print();
    assert!(table.holds(), "a figure is out of its bound");
}
