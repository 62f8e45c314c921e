//! The compile-fail spec: each mistake gives one error, in our words where rustc allows, on the token to change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The rows of the table of diagnostics, without those that are found at run time (22, R); 32 is part of 31, 40 is
/// `#[tool]` and what else crosses to a model.
const ROWS: &[&str] = &[
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
    "20", "21", "23", "24", "25", "26", "27", "28", "29", "30", "31", "33", "34", "35", "36", "37", "38",
    "39", "40", "41", "42",
];

/// The row of cases that hold several mistakes.
const SEVERAL: &str = "39";

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui").join(name)
}

/// The cases that have to fail, by file name, with the row that their first line names.
fn fail_cases() -> BTreeMap<PathBuf, String> {
    let files = std::fs::read_dir(folder("fail")).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let row = text
                .strip_prefix("//! row ")
                .and_then(|rest| rest.split_once(':'))
                .map(|(row, _)| row.to_owned());
            let row = row
                .unwrap_or_else(|| panic!("{}: the first line must be `//! row N: mistake`", path.display()));
            (path, row)
        })
        .collect()
}

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/fail/*.rs");
    cases.pass("ui/pass/*.rs");
}

#[test]
fn every_row_has_a_case() {
    let cases = fail_cases();
    for row in ROWS {
        assert!(cases.values().any(|covered| covered == row), "row {row} has no case in tests/ui/fail");
    }
}

#[test]
fn one_mistake_is_one_error() {
    for (path, row) in fail_cases() {
        let messages = std::fs::read_to_string(path.with_extension("stderr")).unwrap();
        let errors = messages.lines().filter(|line| line.starts_with("error")).count();
        // rustc's last lines are not kept by trybuild, so that each of these lines is an error.
        if row == SEVERAL {
            assert!(errors > 1, "{}: {errors} error", path.display());
        } else {
            assert_eq!(errors, 1, "{}: one mistake", path.display());
        }
        assert!(
            !messages.contains("/rustlib/"),
            "{}: points into std, which is not always there",
            path.display()
        );
        assert!(!messages.lines().any(|line| line.starts_with("warning")), "{}: a warning", path.display());
    }
}
