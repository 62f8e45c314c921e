//! Each expansion is compared with its golden file.

use super::{cases, expanded, folder};

#[test]
fn expansions_are_as_written_down() {
    let overwrite = std::env::var_os("ALPHORA_EXPAND").is_some_and(|value| value == "overwrite");
    let mut wrong = Vec::new();
    for case in cases() {
        let header = format!("// The expansion of input/{case}.rs, written by ALPHORA_EXPAND=overwrite.\n\n");
        let actual = header + &prettyplease::unparse(&expanded(&case));
        let path = folder().join(format!("{case}.rs"));
        if overwrite {
            std::fs::write(path, actual).unwrap();
        } else if std::fs::read_to_string(path).unwrap_or_default() != actual {
            wrong.push(case);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?} differ: look at the diff after ALPHORA_EXPAND=overwrite");
}

#[test]
fn every_golden_file_has_its_input() {
    let cases = cases();
    for file in std::fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            assert!(cases.contains(&name), "{name} has no input");
        }
    }
}
