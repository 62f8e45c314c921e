//! The older text format of Prometheus, for readers that do not ask for `OpenMetrics`.
//!
//! Both write samples in the same way. They differ in the names of counters, which the older one does not shorten
//! where it describes them, and in what it does not know: units and the mark of the end.

/// `text`, which is `OpenMetrics`, in the older format.
pub(super) fn classic(text: &str) -> String {
    let mut classic = String::with_capacity(text.len() + 512);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let is_unknown = line.starts_with("# UNIT ") || line == "# EOF";
        if is_unknown {
            continue;
        }
        // What a metric is comes behind its description.
        let description = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' '));
        if let Some((name, help)) = description
            && lines.peek().is_some_and(|next| is_counter(next, name))
        {
            classic.extend(["# HELP ", name, "_total ", help, "\n# TYPE ", name, "_total counter\n"]);
            lines.next();
            continue;
        }
        classic.extend([line, "\n"]);
    }
    classic
}

fn is_counter(line: &str, name: &str) -> bool {
    let described = line.strip_prefix("# TYPE ").and_then(|rest| rest.strip_suffix(" counter"));
    described == Some(name)
}

#[cfg(test)]
mod tests {
    use super::classic;

    #[test]
    fn counters_have_their_whole_names_and_what_is_not_known_is_left_out() {
        let text = "# HELP a_runs Runs.\n# TYPE a_runs counter\na_runs_total{agent=\"x\"} 1\n\
                    # HELP a_bytes Size.\n# TYPE a_bytes gauge\n# UNIT a_bytes bytes\na_bytes 2\n# EOF\n";
        let expected = "# HELP a_runs_total Runs.\n# TYPE a_runs_total counter\na_runs_total{agent=\"x\"} 1\n\
                        # HELP a_bytes Size.\n# TYPE a_bytes gauge\na_bytes 2\n";
        assert_eq!(classic(text), expected);
    }
}
