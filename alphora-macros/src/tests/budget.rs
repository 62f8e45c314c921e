//! How much is generated: users compile it, and read it when they look.

use super::{expanded, input};

/// The lines of code that stand beside the user's own, without attributes and documentation.
fn generated(case: &str) -> usize {
    let lines = |file| {
        let text = prettyplease::unparse(&file);
        let code = |line: &&str| !line.is_empty() && !line.starts_with("///") && !line.starts_with("#[");
        text.lines().map(str::trim).filter(code).count()
    };
    lines(expanded(case)).saturating_sub(lines(input(case)))
}

#[test]
fn an_agent_costs_few_lines() {
    for (case, most) in [("shortest", 55), ("support", 84)] {
        let lines = generated(case);
        assert!(lines <= most, "{case}: {lines} generated lines, at most {most}");
    }
}

#[test]
fn a_field_costs_few_lines() {
    // Nine fields more than none.
    let fields = generated("fields") - generated("shortest");
    assert!(fields <= 9 * 5, "{fields} lines for nine fields");
}

#[test]
fn main_costs_few_lines() {
    assert!(generated("entry") <= 5, "{}", generated("entry"));
}

#[test]
fn a_tool_costs_few_lines() {
    for (case, most) in [("tool_nothing", 31), ("tool_sync", 39), ("tool_async", 31)] {
        let lines = generated(case);
        assert!(lines <= most, "{case}: {lines} generated lines, at most {most}");
    }
}
