//! What `#[alphora::main]` sets up for tracing's events: which are printed, and how.

use std::io::{IsTerminal as _, Write as _};

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// What is printed when `RUST_LOG` says nothing, or nothing that can be read.
const DEFAULT: &str = "info";

/// Prints events to standard error: those that `RUST_LOG` chooses, as JSON if `ALPHORA_LOG` is `json`.
///
/// A program that has set up a subscriber of its own before keeps it.
pub(crate) fn start() {
    let (targets, complaint) = targets(variable("RUST_LOG").as_deref());
    if let Some(complaint) = complaint {
        let _ = writeln!(std::io::stderr(), "{complaint}");
    }
    let layer = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let layer = if variable("ALPHORA_LOG").is_some_and(|form| form.eq_ignore_ascii_case("json")) {
        layer.json().flatten_event(true).boxed()
    } else {
        layer.boxed()
    };
    let _ = tracing_subscriber::registry().with(layer.with_filter(targets)).try_init();
}

/// The filter that `directives` describe, and what to tell the user if they describe none.
fn targets(directives: Option<&str>) -> (Targets, Option<String>) {
    let default = || Targets::new().with_default(tracing::Level::INFO);
    let Some(directives) = directives.filter(|directives| !directives.trim().is_empty()) else {
        return (default(), None);
    };
    match directives.parse() {
        Ok(targets) => (targets, None),
        Err(error) => {
            let complaint = format!(
                "RUST_LOG: `{directives}` is not a filter ({error}); using `{DEFAULT}`. Write a level (`debug`) or \
                 targets with levels (`info,alphora_runtime=debug`)"
            );
            (default(), Some(complaint))
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "logging starts before there is a configuration to read it from"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::targets;

    #[test]
    fn absent_and_empty_mean_info() {
        for directives in [None, Some(""), Some("  ")] {
            let (targets, complaint) = targets(directives);
            assert!(targets.would_enable("any", &Level::INFO) && !targets.would_enable("any", &Level::DEBUG));
            assert_eq!(complaint, None);
        }
    }

    #[test]
    fn targets_are_read() {
        let (targets, complaint) = targets(Some("warn,alphora_runtime=trace"));
        assert!(targets.would_enable("alphora_runtime::agent", &Level::TRACE));
        assert!(!targets.would_enable("hyper", &Level::INFO));
        assert_eq!(complaint, None);
    }

    #[test]
    fn what_cannot_be_read_is_reported_and_means_info() {
        let (targets, complaint) = targets(Some("alphora=loud"));
        assert!(targets.would_enable("any", &Level::INFO));
        let complaint = complaint.expect("a complaint");
        assert!(complaint.contains("`alphora=loud`") && complaint.contains("debug"), "{complaint}");
    }
}
