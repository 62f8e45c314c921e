//! The schemas that models read, as files that a reviewer can read.

use std::path::Path;

use serde_json::Value;

use super::types::{
    ByHand, Enums, Formula, Lists, Nested, Nothing, Optional, Paging, Place, Primitives, Recursive, Tree,
};
use super::{checker, strict};
use crate::schema::CompiledSchema;
use crate::tool::ToolParameters;

fn cases() -> Vec<(&'static str, Value)> {
    let parameters = ToolParameters::new()
        .with::<String>("query", "what to look for")
        .with::<Place>("place", "where to look for it")
        .with::<Option<Place>>("origin", "")
        .with::<Vec<Formula>>("formulas", "")
        .with::<Option<u32>>("limit", "how many results, at most");
    vec![
        ("by_hand", strict::<ByHand>().sent().clone()),
        ("enums", strict::<Enums>().sent().clone()),
        ("lists", strict::<Lists>().sent().clone()),
        ("nested", strict::<Nested>().sent().clone()),
        ("nothing", strict::<Nothing>().sent().clone()),
        ("optional", strict::<Optional>().sent().clone()),
        ("paging", strict::<Paging>().sent().clone()),
        ("parameters", CompiledSchema::strict(&parameters.schema()).unwrap().sent().clone()),
        ("primitives", strict::<Primitives>().sent().clone()),
        ("recursive", strict::<Recursive>().sent().clone()),
        ("tree", strict::<Tree>().sent().clone()),
    ]
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(file!()).parent().unwrap().join("golden")
}

#[test]
fn golden_schemas_are_what_is_sent() {
    let overwrite = std::env::var_os("ALPHORA_GOLDEN").is_some_and(|value| value == "overwrite");
    for (name, schema) in cases() {
        let path = folder().join(format!("{name}.json"));
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if overwrite {
            std::fs::write(&path, text).unwrap();
        } else {
            let golden = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(text, golden, "{}", path.display());
        }
    }
}

#[test]
fn every_golden_file_has_its_type() {
    let cases = cases();
    for file in std::fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(cases.iter().any(|(case, _)| *case == name), "{name} belongs to no type");
    }
}

/// The files, not what is made now, and by rules that were written down apart from the code that makes them.
#[test]
fn golden_schemas_keep_the_rules_of_strict_mode() {
    for (name, _) in cases() {
        let text = std::fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
        let broken = checker::broken_rules(&serde_json::from_str(&text).unwrap());
        assert!(broken.is_empty(), "{name}: {broken:#?}");
    }
}
