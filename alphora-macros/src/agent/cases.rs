//! The cases that the runtime's tests read too, so that both crates have the same rules of paths and names.

/// The values of one kind, each with whether it is good.
pub(super) fn of(kind: &str) -> Vec<(String, bool)> {
    let lines = include_str!("../../tests/paths_and_names.txt").lines();
    let case = |line: &str| {
        let (verdict, value) = line.strip_prefix(kind)?.strip_prefix(' ')?.split_once(' ')?;
        Some((value.trim_matches('"').replace("\\t", "\t"), verdict == "good"))
    };
    lines.filter_map(case).collect()
}
