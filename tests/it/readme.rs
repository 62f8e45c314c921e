//! The README's quick start is the example that runs.

use std::fs;
use std::path::Path;

#[test]
fn the_quick_start_is_the_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let example = fs::read_to_string(root.join("examples/quick_start.rs")).unwrap();
    let block = readme.split("```rust,no_run\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let code = example.split_once("\n\n").unwrap().1;
    assert_eq!(block, code, "README.md and examples/quick_start.rs show the same program");
    assert!(block.lines().filter(|line| !line.is_empty()).count() <= 30, "it is short");
}
