//! Holds the walls that ARCHITECTURE.md names.

use std::fs;
use std::path::{Path, PathBuf};

/// A folder or file of the runtime with the words that may not occur in it.
const WALLS: &[(&str, &str, &[&str])] = &[
    (
        "W1",
        "wire",
        &[
            "tokio",
            "axum",
            "hyper",
            "http::",
            "bytes::",
            "crate::stream",
            "crate::session",
            "crate::model",
            "crate::tool",
            "crate::agent",
            "crate::server",
        ],
    ),
    ("W1", "schema", &["tokio", "crate::stream", "crate::session", "crate::model", "crate::tool"]),
    (
        "W1",
        "principal",
        &[
            "tokio",
            "axum",
            "hyper",
            "http::",
            "bytes::",
            "crate::wire",
            "crate::stream",
            "crate::session",
            "crate::server",
        ],
    ),
    (
        "W12",
        "telemetry",
        &["crate::stream", "crate::session", "crate::model", "crate::tool", "crate::agent", "crate::server"],
    ),
    ("W2", "stream", &["crate::session", "crate::model", "crate::tool", "crate::agent", "crate::server"]),
    ("W3", "session", &["crate::stream", "crate::model", "crate::tool", "crate::agent", "crate::server"]),
    ("W4", "agent", &["tower", "crate::server"]),
    ("W10", "model", &["crate::session", "crate::tool", "crate::agent", "crate::server"]),
    ("W10", "tool", &["crate::agent", "crate::server"]),
    ("W11", "session/store", &["session::pool", "MemoryPool", "session::memory", "session::manager"]),
];

/// Who may name a crate that speaks HTTP: the server with its own, the model client with its own.
const HTTP: &[(&str, &[&str], &[&str])] = &[
    ("W5", &["server"], &["axum", "hyper", "hyper_util", "http::", "http_body", "tower", "tower_http"]),
    ("W10", &["model/openai", "fetch", "telemetry"], &["reqwest"]),
    (
        "W12",
        &["telemetry"],
        &["opentelemetry", "opentelemetry_otlp", "opentelemetry_sdk", "tracing_opentelemetry"],
    ),
    ("W10", &["encryption.rs", "server/tls"], &["rustls", "rustls_platform_verifier"]),
    ("W11", &["session/store/embedded"], &["redb::"]),
    ("W11", &["session/store/redis"], &["redis::cmd", "redis::Client", "redis::aio", "redis::Script"]),
    ("W11", &["session/store/postgres"], &["tokio_postgres", "deadpool_postgres"]),
];

/// Files that may do what W8 forbids, each with what it does.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("server/banner.rs", "stdout"),
    ("config/environment.rs", "std::env"),
    ("logging.rs", "std::env"),
    ("logging.rs", "stderr"),
    ("private/entry.rs", "stderr"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != "target") {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The code of a file, without its comments and without what only tests compile.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines().map(without_comment).collect::<Vec<_>>().join("\n")
}

/// A line up to its comment. Slashes in a string, as in an address, begin none; a string that goes over several lines
/// is not followed.
fn without_comment(line: &str) -> &str {
    let (mut is_text, mut is_escaped) = (false, false);
    for (at, character) in line.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = is_text,
            // A quote in apostrophes is a character, not a string's end or beginning.
            '"' if !line[..at].ends_with('\'') || !line[at + 1..].starts_with('\'') => is_text = !is_text,
            '/' if !is_text && line[at..].starts_with("//") => return &line[..at],
            _ => {}
        }
    }
    line
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs")
}

/// Whether `word` occurs in `code` where no identifier goes on to its left.
fn names(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        !code[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_')
    })
}

#[test]
fn folders_name_only_what_they_may() {
    let runtime = root().join("alphora-runtime/src");
    let mut looked_at = 0;
    for (wall, folder, forbidden) in WALLS {
        for file in rust_files(&runtime.join(folder)).into_iter().filter(|file| !is_test(file)) {
            let code = code(&file);
            looked_at += 1;
            for word in *forbidden {
                // The facade of a feature may be spelled out; a dependency may not.
                assert!(!names(&code, word), "{wall}: {} names `{word}`", file.display());
            }
        }
    }
    assert!(looked_at > 100, "the folders are where this test looks: {looked_at}");
}

#[test]
fn only_their_folders_speak_to_others() {
    let runtime = root().join("alphora-runtime/src");
    for (wall, folders, words) in HTTP {
        let mut inside = 0;
        for file in rust_files(&runtime).into_iter().filter(|file| !is_test(file)) {
            let code = code(&file);
            if folders.iter().any(|folder| file.starts_with(runtime.join(folder))) {
                inside += usize::from(words.iter().any(|word| names(&code, word)));
                continue;
            }
            for word in *words {
                // The facade of a dependency may be spelled out in a manifest; in code it has one place.
                assert!(!names(&code, word), "{wall}: {} names `{word}`", file.display());
            }
        }
        assert!(inside > 0, "{wall}: {folders:?} are where this test looks");
    }
}

#[test]
fn the_macros_depend_on_syntax_alone() {
    let manifest = fs::read_to_string(root().join("alphora-macros/Cargo.toml")).unwrap();
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let listed: Vec<&str> = dependencies
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(listed, ["proc-macro2", "quote", "syn"], "W6");
    for golden in rust_files(&root().join("alphora-macros/tests/expand")) {
        // The type that `main` returns is the one thing that only `std` has.
        let text = fs::read_to_string(&golden).unwrap().replace("::std::process::ExitCode", "");
        for word in ["::tokio", "::serde", "::axum", "::alphora_runtime", "::std::"] {
            assert!(!names(&text, word), "W6: {} names `{word}`", golden.display());
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for folder in [
        "alphora/src",
        "alphora-macros/src",
        "alphora-runtime/src",
        "examples",
        "tests/src",
        "tests/it",
        "tests/benches",
    ] {
        for file in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            let first = text.lines().next().unwrap_or("");
            assert!(
                first.starts_with("//!") || first.starts_with("#![doc"),
                "W7: {} begins with {first:?}",
                file.display()
            );
        }
    }
}

/// An entry file may tie its parts together; what it holds besides belongs in a file with a name.
#[test]
fn entry_files_are_tables_of_contents() {
    const LONGEST: usize = 60;
    for krate in ["alphora", "alphora-runtime", "alphora-macros"] {
        for file in rust_files(&root().join(krate).join("src")).into_iter().filter(|file| !is_test(file)) {
            if file.file_name().is_some_and(|name| name == "mod.rs" || name == "lib.rs") {
                let code = code(&file);
                let holds = code.lines().find(|line| line.starts_with("impl") || line.contains("struct "));
                assert_eq!(holds, None, "W7: {}", file.display());
                let lines = code.lines().filter(|line| !line.trim().is_empty()).count();
                assert!(lines <= LONGEST, "W7: {} has {lines} lines", file.display());
            }
        }
    }
}

#[test]
fn libraries_neither_print_nor_read_the_environment() {
    for krate in ["alphora", "alphora-runtime", "alphora-macros"] {
        let source = root().join(krate).join("src");
        for file in rust_files(&source).into_iter().filter(|file| !is_test(file)) {
            let code = code(&file);
            let relative = file.strip_prefix(&source).unwrap().to_string_lossy().into_owned();
            for word in [
                "stdout",
                "stderr",
                "println!",
                "eprintln!",
                "std::env",
                "process::exit",
                "unsafe {",
                "todo!(",
            ] {
                // The macros run in the compiler, and their messages may speak of the environment.
                let spoken = krate == "alphora-macros" && *word == *"std::env";
                let excepted =
                    spoken || EXCEPTIONS.iter().any(|(path, what)| *path == relative && *what == word);
                assert!(excepted || !names(&code, word), "W8: {krate}: {relative} has `{word}`");
            }
        }
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""), "W9");
    for lint in ["expect_used", "panic", "unwrap_used", "print_stdout"] {
        assert!(manifest.contains(&format!("{lint} = \"warn\"")), "W8: {lint}");
    }
}

#[test]
fn comments_are_cut_off_and_strings_are_not() {
    for (line, code) in [
        ("let a = 1; // axum", "let a = 1; "),
        ("/// axum", ""),
        (r#"let url = "http://localhost"; axum(); // hyper"#, r#"let url = "http://localhost"; axum(); "#),
        (r#"say("a \" // b"); // c"#, r#"say("a \" // b"); "#),
        (r#"split('"'); // c"#, r#"split('"'); "#),
    ] {
        assert_eq!(without_comment(line), code);
    }
}

#[test]
fn the_page_names_the_walls_that_are_held() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let here = fs::read_to_string(root().join("tests/it/architecture.rs")).unwrap();
    let number = |line: &str| line.strip_prefix("**W")?.split_once(' ')?.0.parse().ok();
    let walls: Vec<usize> = page.lines().filter_map(number).collect();
    assert_eq!(walls, (1..=12).collect::<Vec<_>>(), "the walls of the page");
    for number in walls {
        // A name ends after its number: W1 is not held because W10 is.
        let is_held = ["\"", ":"].iter().any(|end| here.contains(&format!("\"W{number}{end}")));
        assert!(is_held, "W{number} is not held here");
    }
}
