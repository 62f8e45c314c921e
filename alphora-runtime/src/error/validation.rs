//! The mistakes in what is published that only a running program can see.

use std::fmt::Write as _;
use std::net::SocketAddr;

/// A mistake in what is published that no compiler can see, found before the first request.
///
/// The seed's `AgentValidationError` covers a wrong method, parameter or type; here those are compile errors.
/// What is left concerns several agents in one server, and values that come from a file or a variable. Each
/// case names both sides.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AgentValidationError {
    /// Two agents would answer under one path.
    #[error(
        "path `{path}` is used by both `{first}` and `{second}`: give one of them another `path`, in \
         `#[agent(path = \"..\")]` or in its config"
    )]
    PathTaken {
        /// The path that both want.
        path: String,
        /// The agent that was published first.
        first: String,
        /// The agent that was published second.
        second: String,
    },
    /// A route of one side is also a route of the other: agents below `/models` of each other or of `openai_path`.
    #[error(
        "{first} and {second} would both answer `{route}`: give one of them another path, for an agent in \
         `#[agent(path = \"..\")]` or in its config"
    )]
    RouteTaken {
        /// The route that both have, with `*` for any rest of a path.
        route: String,
        /// Who has the route first, with its path.
        first: String,
        /// Who has it too, with its path.
        second: String,
    },
    /// Two agents would be one model on `/v1`.
    #[error(
        "two agents are published as `{name}`: `{first}` and `{second}`; give one of them another name with \
         `#[agent(name = \"..\")]`"
    )]
    NameTaken {
        /// The published name that both want.
        name: String,
        /// The agent that was published first, with its method.
        first: String,
        /// The agent that was published second, with its method.
        second: String,
    },
    /// An agent's path and the path of the OpenAI surface are the same.
    #[error(
        "`path` of agent `{agent}` and `openai_path` of the server are both `{path}`: change one, or turn the \
         OpenAI surface off with `.openai_path(None)`"
    )]
    PathIsOpenAiPath {
        /// The agent whose path it is.
        agent: String,
        /// The path.
        path: String,
    },
    /// A path of an agent is one that the server answers by itself.
    #[error("path `{path}` of agent `{agent}` is one of the server's own routes: choose another")]
    PathReserved {
        /// The agent whose path it is.
        agent: String,
        /// The path.
        path: String,
    },
    /// An option has a value that it cannot have.
    #[error("{place}: `{value}` is not a valid `{option}`: {expected}")]
    InvalidOption {
        /// Where the value comes from: a variable, a line of a file, a field of a config.
        place: String,
        /// The option's name.
        option: String,
        /// The value as it was written.
        value: String,
        /// What would be valid.
        expected: String,
    },
    /// An option that does not exist.
    #[error("{place}: unknown option `{option}`{}", suggestion.as_ref().map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default())]
    UnknownOption {
        /// Where it was written.
        place: String,
        /// The option as it was written.
        option: String,
        /// The name that was probably meant.
        suggestion: Option<String>,
    },
    /// A variable that could be meant for two agents, because their names are the same in a variable's name.
    #[error(
        "variable {variable} could be meant for {first} and for {second}: give one of them another name with \
         `#[agent(name = \"..\")]`"
    )]
    VariableAmbiguous {
        /// The variable as it was set.
        variable: String,
        /// The agent that was published first.
        first: String,
        /// The agent that was published second.
        second: String,
    },
    /// A configuration file that cannot be read as one.
    #[error("{place}: {reason}")]
    InvalidFile {
        /// The file, with line and column where they are known.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An option that cannot be used as things stand: another one rules it out or is missing, or this build has not got
    /// what it needs.
    #[error("{place}: {reason}")]
    UnusableOption {
        /// Where it was set.
        place: String,
        /// The option's name.
        option: String,
        /// Why it cannot be used, and what to write instead.
        reason: String,
    },
    /// What a start needs and cannot have: a file, a store, an address.
    #[error("{reason}")]
    Unavailable {
        /// What it is, and why it cannot be had.
        reason: String,
    },
    /// A server that others reach, and that asks nobody who they are.
    #[error(
        "the server would listen on {addr}, {}, and let everybody who reaches it use the agents: \
         set `api_keys_file` under [server] (ALPHORA_API_KEYS_FILE) or `jwt_keys_file`, or give the publisher an \
         `.authenticate(..)`; if it is meant, set `allow_anonymous = true` (ALPHORA_ALLOW_ANONYMOUS=true)",
        if *.is_behind_a_proxy { "where a proxy brings others (`allow_hosts` is set)" } else { "beyond this machine" }
    )]
    Exposed {
        /// The address.
        addr: SocketAddr,
        /// Whether only this machine reaches the address, and a proxy on it brings others: `allow_hosts` is set.
        is_behind_a_proxy: bool,
    },
    /// Several mistakes, none of which is of this kind itself, in the order in which they were found.
    #[error("{}", list(.0))]
    Several(Vec<AgentValidationError>),
}

impl AgentValidationError {
    /// The mistakes one by one; most errors are one.
    pub fn mistakes(&self) -> &[AgentValidationError] {
        match self {
            Self::Several(mistakes) => mistakes,
            one => std::slice::from_ref(one),
        }
    }
}

/// How many are named; whoever has made more has made one of them often.
const NAMED: usize = 50;

/// One line each. What has several lines itself, such as the words of a parser, is indented.
fn list(mistakes: &[AgentValidationError]) -> String {
    let mut text = format!("{} mistakes:", mistakes.len());
    for mistake in &mistakes[..mistakes.len().min(NAMED)] {
        let _ = write!(text, "\n- {}", mistake.to_string().trim_end().replace('\n', "\n  "));
    }
    if let Some(further @ 1..) = mistakes.len().checked_sub(NAMED) {
        let _ = write!(text, "\n- and {further} more");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(reason: &str) -> AgentValidationError {
        AgentValidationError::Unavailable { reason: reason.to_owned() }
    }

    #[test]
    fn one_is_said_as_it_is_and_several_are_listed() {
        assert_eq!(mistake("no disk").to_string(), "no disk");
        assert_eq!(mistake("no disk").mistakes(), [mistake("no disk")]);
        let both = AgentValidationError::Several(vec![mistake("no disk"), mistake("line 1\nline 2\n")]);
        assert_eq!(both.to_string(), "2 mistakes:\n- no disk\n- line 1\n  line 2");
        assert_eq!(both.mistakes().len(), 2);
    }

    #[test]
    fn a_list_has_an_end() {
        let many = AgentValidationError::Several(vec![mistake("no disk"); 53]).to_string();
        assert!(many.starts_with("53 mistakes:\n- no disk") && many.ends_with("\n- and 3 more"), "{many}");
        assert_eq!(many.lines().count(), 52);
    }
}
