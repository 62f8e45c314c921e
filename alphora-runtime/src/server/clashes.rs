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
            if first.endpoint.name == *name {
                tell_of_name(name, &first.title, &title(), mistakes);
            }
        }
    }
    check_agents(candidates, mistakes);
    check_routes(&claimants, openai_path, met, mistakes);
}

/// Sessions, idempotency keys and what an API key may use go by the agent's own name, also where its endpoints have others.
fn check_agents(candidates: &[Candidate], mistakes: &mut Mistakes) {
    let named = |candidate: &Candidate| candidate.settings.published_name(candidate.description).to_owned();
    for (at, second) in candidates.iter().enumerate() {
        let name = named(second);
        for first in &candidates[..at] {
            if named(first) == name {
                tell_of_name(&name, first.description.agent, second.description.agent, mistakes);
            }
        }
        // One that is another agent's would be let in by that agent's name.
        for (other_at, other) in candidates.iter().enumerate().filter(|(other_at, _)| *other_at != at) {
            let endpoints = other.settings.endpoints(other.description).unwrap_or_default();
            for endpoint in endpoints.iter().filter(|endpoint| endpoint.name == name) {
                let title = format!("{}.{}", other.description.agent, endpoint.method);
                let agent = second.description.agent;
                let (first, second) = if other_at < at { (&*title, agent) } else { (agent, &*title) };
                tell_of_name(&name, first, second, mistakes);
            }
        }
    }
}

/// Once of each name.
fn tell_of_name(name: &str, first: &str, second: &str, mistakes: &mut Mistakes) {
    let is_told = |known: &AgentValidationError| matches!(known, AgentValidationError::NameTaken { name: known, .. } if known == name);
    if !mistakes.any(is_told) {
        let (name, first, second) = (name.to_owned(), first.to_owned(), second.to_owned());
        mistakes.add(AgentValidationError::NameTaken { name, first, second });
    }
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
