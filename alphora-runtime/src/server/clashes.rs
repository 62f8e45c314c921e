//! Whether every path, every route and every name of a server has one owner.

use std::collections::{HashMap, HashSet};

use super::application::Candidate;
use super::router;
use crate::config::{Endpoint, Mistakes, ServerConfig};
use crate::error::AgentValidationError;

/// Paths that a server answers by itself.
const RESERVED: [&str; 5] = ["/health", "/ready", "/metrics", "/docs", "/openapi.json"];

/// What wants to answer a route.
struct Claimant {
    /// The agent and its method.
    title: String,
    endpoint: Endpoint,
    has_memory: bool,
}

/// Notes what two agents want at once, or an agent and the server. An agent whose options cannot be used themselves has
/// none of it.
pub(super) fn check(candidates: &[Candidate], server: &ServerConfig, mistakes: &mut Mistakes) {
    let mut claimants = Vec::new();
    for candidate in candidates {
        let (agent, has_memory) = (candidate.description.agent, candidate.has_memory);
        let endpoints = mistakes.note(candidate.settings.endpoints(candidate.description));
        claimants.extend(endpoints.into_iter().flatten().map(|endpoint| {
            let title = format!("{agent}.{}", endpoint.method);
            Claimant { title, endpoint, has_memory }
        }));
    }
    // Of an unknown `openai_path` nothing can be said, whoever else wants it.
    let openai_path = server.openai_path.as_deref().filter(|_| !mistakes.concern("openai_path"));
    let openai_path = openai_path.map(|path| path.trim_end_matches('/'));
    // Who meets as a whole also meets route by route: that is one mistake.
    let mut met = HashSet::new();
    for (at, second) in claimants.iter().enumerate() {
        let Endpoint { path, name, .. } = &second.endpoint;
        let (shown, title) = (shown(path), || second.title.clone());
        if openai_path == Some(path) {
            met.insert((0, at + 1));
            mistakes.add(AgentValidationError::PathIsOpenAiPath { agent: title(), path: shown.clone() });
        }
        if RESERVED.contains(&path.as_str()) {
            mistakes.add(AgentValidationError::PathReserved { agent: title(), path: shown.clone() });
        }
        for (before, first) in claimants[..at].iter().enumerate() {
            if first.endpoint.path == *path {
                met.insert((before + 1, at + 1));
                mistakes.add(AgentValidationError::PathTaken {
                    path: shown.clone(),
                    first: first.title.clone(),
                    second: title(),
                });
            }
            let is_told = |known: &AgentValidationError| matches!(known, AgentValidationError::NameTaken { name: known, .. } if known == name);
            if first.endpoint.name == *name && !mistakes.any(is_told) {
                mistakes.add(AgentValidationError::NameTaken {
                    name: name.clone(),
                    first: first.title.clone(),
                    second: title(),
                });
            }
        }
    }
    check_routes(&claimants, openai_path, met, mistakes);
}

/// Two paths that differ can have a route in common: what is below `/models` of one is a model's name, and everything of
/// another whose path that is.
///
/// `met` are those whose paths are the same, by their numbers; 0 is the OpenAI surface.
fn check_routes(
    claimants: &[Claimant],
    openai_path: Option<&str>,
    mut met: HashSet<(usize, usize)>,
    mistakes: &mut Mistakes,
) {
    let surface = openai_path.map(|path| format!("`openai_path` (`{}`)", shown(path))).unwrap_or_default();
    let owner = |number: usize| match number.checked_sub(1).and_then(|at| claimants.get(at)) {
        Some(claimant) => format!("`{}` (`{}`)", claimant.title, shown(&claimant.endpoint.path)),
        None => surface.clone(),
    };
    let mut owners: HashMap<String, usize> = HashMap::new();
    let mut claim = |route: &str, second: usize| {
        // The router takes one wildcard at a place, whatever its name and whatever follows it.
        let route = route.split_once('{').map_or_else(|| route.to_owned(), |(fixed, _)| format!("{fixed}*"));
        let first = *owners.entry(route.clone()).or_insert(second);
        if first != second && met.insert((first, second)) {
            mistakes.add(AgentValidationError::RouteTaken {
                route,
                first: owner(first),
                second: owner(second),
            });
        }
    };
    if let Some(path) = openai_path {
        router::routes_of_openai(path).for_each(|route| claim(&route, 0));
    }
    for (at, claimant) in claimants.iter().enumerate() {
        router::routes_of_agent(&claimant.endpoint.path, claimant.has_memory)
            .for_each(|route| claim(&route, at + 1));
    }
}

/// A path as it is written: the root's is empty here.
fn shown(path: &str) -> String {
    if path.is_empty() { "/".to_owned() } else { path.to_owned() }
}
