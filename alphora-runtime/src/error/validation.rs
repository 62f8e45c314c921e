//! The mistakes in what is published that only a running program can see.

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
}
