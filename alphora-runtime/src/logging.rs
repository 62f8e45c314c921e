//! What `#[alphora::main]` sets up for tracing's events and spans: which events are printed, and how, and where traces
//! are sent.

mod fields;

use std::io::{IsTerminal as _, Write as _};

use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::telemetry::TARGET;
#[cfg(feature = "otel")]
use crate::telemetry::Traces;

/// What is printed when `RUST_LOG` says nothing, or nothing that can be read.
const DEFAULT: &str = "info";

/// What lasts as long as the program does: dropping it sends the last spans.
#[derive(Debug, Default)]
pub(crate) struct Started {
    #[cfg(feature = "otel")]
    _traces: Option<Traces>,
}

/// Prints events to standard error: those that `RUST_LOG` chooses, as JSON if `ALPHORA_LOG` is `json`. Sends traces if
/// OpenTelemetry's variables say where to.
///
/// A program that has set up a subscriber of its own before keeps it.
pub(crate) fn start() -> Started {
    let (targets, complaint) = targets(variable("RUST_LOG").as_deref());
    if let Some(complaint) = complaint {
        complain(&complaint);
    }
    let layer = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let (is_json, complaint) = form(variable("ALPHORA_LOG").as_deref());
    if let Some(complaint) = complaint {
        complain(&complaint);
    }
    let layer = if is_json {
        layer.json().flatten_event(true).fmt_fields(fields::Json).boxed()
    } else {
        layer.fmt_fields(fields::Text).boxed()
    };
    let subscriber = tracing_subscriber::registry().with(layer.with_filter(targets));
    #[cfg(feature = "otel")]
    {
        let traces = Traces::from_env().unwrap_or_else(|error| {
            complain(&format!("{error}; no traces are sent"));
            None
        });
        let layer = traces.as_ref().map(Traces::layer);
        // A program with a subscriber of its own has no use for these.
        let is_ours = subscriber.with(layer).try_init().is_ok();
        Started { _traces: traces.filter(|_| is_ours) }
    }
    #[cfg(not(feature = "otel"))]
    {
        let _ = subscriber.try_init();
        Started::default()
    }
}

/// Whether events are printed as JSON, and what to tell the user whose word is none. Text, unless it says otherwise.
fn form(word: Option<&str>) -> (bool, Option<String>) {
    let word = word.unwrap_or_default().trim();
    if word.eq_ignore_ascii_case("json") {
        return (true, None);
    }
    let is_text = word.is_empty() || word.eq_ignore_ascii_case("text");
    let complaint =
        || format!("ALPHORA_LOG: `{word}` is no form of a log; using `text`. Write `text` or `json`");
    (false, (!is_text).then(complaint))
}

/// There is no log yet that could be told.
fn complain(complaint: &str) {
    let _ = writeln!(std::io::stderr(), "{complaint}");
}

/// The name of the program's file.
#[cfg(feature = "otel")]
pub(crate) fn program_name() -> Option<String> {
    let path = std::env::current_exe().ok()?;
    Some(path.file_stem()?.to_str()?.to_owned())
}

/// The filter that `directives` describe, and what to tell the user if they describe none.
///
/// The spans of runs belong to it unless it names them, so that what is printed says to which request it belongs.
fn targets(directives: Option<&str>) -> (Targets, Option<String>) {
    let (targets, complaint) = chosen(directives);
    let names_them = directives.is_some_and(|directives| directives.contains(TARGET));
    let prints = targets.iter().any(|(_, level)| level > LevelFilter::OFF)
        || targets.default_level().is_some_and(|level| level > LevelFilter::OFF);
    if names_them || !prints || targets.would_enable(TARGET, &Level::ERROR) {
        return (targets, complaint);
    }
    (targets.with_target(TARGET, Level::ERROR), complaint)
}

fn chosen(directives: Option<&str>) -> (Targets, Option<String>) {
    let default = || Targets::new().with_default(Level::INFO);
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
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::{form, targets};

    #[test]
    fn a_form_is_text_or_json_and_another_word_is_reported() {
        for word in [None, Some(""), Some(" "), Some("text"), Some("TEXT")] {
            assert_eq!(form(word), (false, None), "{word:?}");
        }
        for word in ["json", "JSON", " json "] {
            assert_eq!(form(Some(word)), (true, None), "{word}");
        }
        let (is_json, complaint) = form(Some("jsno"));
        assert!(!is_json);
        let complaint = complaint.expect("a complaint");
        assert!(complaint.contains("`jsno`") && complaint.contains("`text` or `json`"), "{complaint}");
    }

    #[test]
    fn absent_and_empty_mean_info() {
        for directives in [None, Some(""), Some("  ")] {
            let (targets, complaint) = targets(directives);
            assert!(targets.would_enable("any", &Level::INFO) && !targets.would_enable("any", &Level::DEBUG));
            assert_eq!(complaint, None);
        }
    }

    #[test]
    fn runs_have_spans_wherever_something_is_printed() {
        let has_spans =
            |directives| targets(Some(directives)).0.would_enable("alphora::trace", &Level::ERROR);
        assert!(has_spans("info") && has_spans("error") && has_spans("my_agent=info"));
        assert!(!has_spans("off") && !has_spans("info,alphora::trace=off"));
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
