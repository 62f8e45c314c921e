//! The instructions of a search among API keys: the same, however much of a key is right.
//!
//! Each search is a process of this binary under callgrind, which counts one function and all that it calls. A count
//! does not move with the machine's load, so that a single instruction more would be seen.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use alphora::ApiKeys;

use crate::Result;
use crate::figure::Row;

/// The variable that says to a process of this binary which search it is.
const ROLE: &str = "ALPHORA_FIGURES_SEARCH";

const KEY: &str = "sk-0123456789abcdefghijklmnopqrstuvwxyz";

/// How many keys the server knows.
const COUNTS: [usize; 3] = [1, 16, 10_000];

/// What is searched for, and what it has of a key that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Right,
    FirstByteOfKey,
    LastByteOfKey,
    /// A key whose digest differs from a known one in its first digit alone, which nobody could make.
    FirstDigitOfDigest,
    LastDigitOfDigest,
    Nothing,
}

impl Case {
    const ALL: [Self; 6] = [
        Self::Right,
        Self::FirstByteOfKey,
        Self::LastByteOfKey,
        Self::FirstDigitOfDigest,
        Self::LastDigitOfDigest,
        Self::Nothing,
    ];

    fn what(self) -> &'static str {
        match self {
            Self::Right => "a right key",
            Self::FirstByteOfKey => "another first byte",
            Self::LastByteOfKey => "another last byte",
            Self::FirstDigitOfDigest => "another first digit of the digest",
            Self::LastDigitOfDigest => "another last digit of the digest",
            Self::Nothing => "nothing right",
        }
    }

    fn searched(self) -> String {
        match self {
            Self::FirstByteOfKey => KEY.replacen('s', "t", 1),
            Self::LastByteOfKey => KEY.replacen('z', "y", 1),
            Self::Nothing => KEY.chars().rev().collect(),
            _ => KEY.to_owned(),
        }
    }

    /// The digest that the server knows.
    fn known(self) -> String {
        let mut digest = ApiKeys::digest(KEY);
        let at = match self {
            Self::FirstDigitOfDigest => 0,
            Self::LastDigitOfDigest => digest.len() - 1,
            _ => return digest,
        };
        let other = if digest[at..].starts_with('7') { "8" } else { "7" };
        digest.replace_range(at..=at, other);
        digest
    }
}

/// Which search this process is, if it was started for one.
pub(crate) fn asked() -> Option<(usize, usize)> {
    let role = env::var_os(ROLE)?;
    let (case, keys) = role.to_str()?.split_once(' ')?;
    Some((case.parse().ok()?, keys.parse().ok()?))
}

/// Searches once, after a search that is not counted and in which all is done that is done once.
pub(crate) fn run((case, count): (usize, usize)) -> Result {
    let case = *Case::ALL.get(case).ok_or("no such search")?;
    let others = (1..count).map(|number| ApiKeys::digest(&format!("sk-of-somebody-else-{number}")));
    let digests = others.chain([case.known()]).enumerate();
    let text: String = digests.map(|(at, digest)| format!("[keys.k{at}]\nsha256 = \"{digest}\"\n")).collect();
    let keys = ApiKeys::parse(&text)?;
    let searched = case.searched();
    if keys.find("sk-to-warm-up").is_some() || search_keys(&keys, &searched) != (case == Case::Right) {
        return Err(format!("{case:?}: the search went wrong").into());
    }
    Ok(())
}

/// What is counted. The counter knows it by its name.
#[inline(never)]
fn search_keys(keys: &ApiKeys, searched: &str) -> bool {
    keys.find(searched).is_some()
}

/// One line for each number of keys.
pub(super) fn rows() -> Result<Vec<Row>> {
    COUNTS.into_iter().map(row).collect()
}

fn row(keys: usize) -> Result<Row> {
    let mut counts = Vec::new();
    for (number, case) in Case::ALL.into_iter().enumerate() {
        counts.push((case.what(), count(number, keys)?));
    }
    let right = counts[0].1;
    let shown: Vec<_> = counts.iter().map(|(what, count)| format!("{what} {count}")).collect();
    Ok(Row {
        what: format!("instructions of a search among {keys} API keys"),
        value: shown.join(", "),
        goal: "all equal".to_owned(),
        kept: right > 0 && counts.iter().all(|(_, count)| *count == right),
    })
}

/// The instructions of one search.
fn count(case: usize, keys: usize) -> Result<u64> {
    let file: PathBuf = env::temp_dir().join(format!("alphora-search-{}-{case}-{keys}", std::process::id()));
    let mut option = std::ffi::OsString::from("--callgrind-out-file=");
    option.push(&file);
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet", "--toggle-collect=*search_keys*"])
        .arg(option)
        .arg(env::current_exe()?)
        .env(ROLE, format!("{case} {keys}"))
        .output()
        .map_err(|error| format!("instructions are counted by valgrind, which does not run here: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let text = fs::read_to_string(&file)?;
    fs::remove_file(&file)?;
    let totals =
        text.lines().find_map(|line| line.strip_prefix("totals:")).ok_or("valgrind wrote no total")?;
    Ok(totals.trim().parse()?)
}
