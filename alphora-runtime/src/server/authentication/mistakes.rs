//! What is wrong with a file, all of it at once.

use std::fmt;

/// More than these are counted and not named: who has made so many has made one in a program.
const NAMED: usize = 20;

/// What is wrong with a file. None of it repeats what may be a secret.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mistakes {
    named: Vec<String>,
    further: usize,
}

impl Mistakes {
    /// Adds one. Its words, and its place, are looked for only if it is named.
    pub(super) fn add(&mut self, mistake: impl FnOnce() -> String) {
        if self.named.len() < NAMED {
            self.named.push(mistake());
        } else {
            self.further += 1;
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.named.is_empty()
    }
}

/// The only one.
impl<T: Into<String>> From<T> for Mistakes {
    fn from(mistake: T) -> Self {
        Self { named: vec![mistake.into()], further: 0 }
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.named.join("; "))?;
        if self.further > 0 {
            write!(f, "; and {} more like these", self.further)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_an_end() {
        let mut mistakes = Mistakes::default();
        assert!(mistakes.is_empty());
        (0..1000).for_each(|number| mistakes.add(|| format!("mistake {number}")));
        let shown = mistakes.to_string();
        assert!(shown.starts_with("mistake 0; mistake 1; "), "{shown}");
        assert!(shown.ends_with("; mistake 19; and 980 more like these"), "{shown}");
    }
}
