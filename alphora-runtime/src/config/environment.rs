//! The one place that reads the process's environment.

#[cfg(feature = "server")]
use std::ffi::OsString;
#[cfg(feature = "server")]
use std::path::PathBuf;

/// What surrounds a server: variables, command-line arguments, and the configuration file.
///
/// [`Environment::process`] is the default. Tests and embedders give their own, so that nothing outside a test
/// decides what it tests.
#[cfg(feature = "server")]
#[derive(Clone, Default)]
pub struct Environment {
    /// Without a value, one that is not UTF-8.
    variables: Vec<(String, Option<String>)>,
    arguments: Vec<String>,
    file: Option<PathBuf>,
    /// The file was named by somebody, so that it has to exist.
    file_is_named: bool,
}

#[cfg(feature = "server")]
impl Environment {
    /// The process's own: its variables, its arguments, and `alphora.toml` in the working directory, or the file
    /// that `ALPHORA_CONFIG` names.
    pub fn process() -> Self {
        let readable =
            |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()));
        let variables: Vec<_> = std::env::vars_os()
            .filter_map(readable)
            .filter(|(name, _)| name.starts_with("ALPHORA_"))
            .collect();
        // A path need not be text.
        let named = std::env::var_os("ALPHORA_CONFIG").filter(|file| !file.is_empty()).map(PathBuf::from);
        Self {
            arguments: std::env::args_os()
                .skip(1)
                .filter_map(|argument| argument.into_string().ok())
                .collect(),
            file_is_named: named.is_some(),
            file: Some(named.unwrap_or_else(|| PathBuf::from("alphora.toml"))),
            variables,
        }
    }

    /// No variables, no arguments, no file.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Adds a variable.
    #[must_use]
    pub fn with_variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.push((name.into(), Some(value.into())));
        self
    }

    /// Adds a command-line argument.
    #[must_use]
    pub fn with_argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Names the configuration file, which then has to exist.
    #[must_use]
    pub fn with_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self.file_is_named = true;
        self
    }

    pub(super) fn variables(&self) -> &[(String, Option<String>)] {
        &self.variables
    }

    pub(crate) fn file(&self) -> Option<(&PathBuf, bool)> {
        self.file.as_ref().map(|file| (file, self.file_is_named))
    }

    /// The value of `--name value` or `--name=value`; the last one wins. Other arguments are the user's own.
    pub(super) fn argument(&self, name: &str) -> Option<&str> {
        let mut found = None;
        let mut arguments = self.arguments.iter().take_while(|argument| *argument != "--");
        while let Some(argument) = arguments.next() {
            let Some(rest) = argument.strip_prefix("--").and_then(|rest| rest.strip_prefix(name)) else {
                continue;
            };
            if rest.is_empty() {
                found = arguments.next().map(String::as_str).or(Some(""));
            } else if let Some(value) = rest.strip_prefix('=') {
                found = Some(value);
            }
        }
        found
    }

    /// The arguments that begin with `--`, without it. What follows a `--` alone is the program's own.
    pub(super) fn options(&self) -> impl Iterator<Item = &str> {
        self.arguments
            .iter()
            .take_while(|argument| *argument != "--")
            .filter_map(|argument| argument.strip_prefix("--"))
    }
}

/// What variables and arguments say may be secret; their names are not.
#[cfg(feature = "server")]
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let variables: Vec<_> = self.variables.iter().map(|(name, _)| name).collect();
        f.debug_struct("Environment")
            .field("variables", &variables)
            .field("arguments", &self.arguments.len())
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

/// The variable called exactly `name`, of the process. One that is empty counts as unset.
#[cfg(feature = "llm")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok().filter(|value| !value.is_empty())
}
