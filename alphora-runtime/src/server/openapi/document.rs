//! The document as a whole: what is served, in one JSON value.

use serde_json::{Value, json};

use super::parts::{Names, Object, identifier};
use super::prune::prune;
use super::{operations, paths, responses, schemas};

/// One published endpoint, as the document and the page describe it.
#[derive(Debug, Clone)]
pub(crate) struct DocumentedAgent {
    /// The published name, which is the model's id on `/v1`.
    pub(crate) name: String,
    /// The endpoint's `api_title`, its placeholders filled in.
    pub(crate) title: String,
    /// The endpoint's `api_description`, its placeholders filled in.
    pub(crate) description: String,
    /// `/alphadata` for example; empty at the root.
    pub(crate) path: String,
    /// What an absent `stream` means on that path.
    pub(crate) default_stream: bool,
    /// Whether the agent remembers sessions.
    pub(crate) has_memory: bool,
    /// Whether clients may list, read and delete them.
    pub(crate) session_endpoints: bool,
}

/// The title of a server with several agents, and the seed's default for one.
const TITLE: &str = "Alphora Agent API Service";

/// The document, in version 3.1 of its format, of `agents`, each on its own path, and all of them on `openai_path`.
/// Where requests are `authenticated`, they may be refused for it; everywhere for more than `max_messages` messages.
pub(crate) fn document(
    agents: &[DocumentedAgent],
    openai_path: Option<&str>,
    authenticated: bool,
    max_messages: usize,
) -> Value {
    let mut served = Served { authenticated, ..Served::default() };
    let mut paths = Object::new();
    for agent in agents {
        let group = served.group(&agent.name, &agent.name, agent_tag(agent, agents.len() > 1));
        paths.extend(paths::of_agent(agent, &group));
    }
    // As the router has it: `/v1/` is `/v1`.
    if let Some(path) = openai_path.map(|path| path.trim_end_matches('/')) {
        let group = served.group(path, "openai", openai_tag(path));
        paths.extend(paths::of_openai(path, agents, &group));
    }
    served.authenticated = false;
    let group = served.group("server", "server", server_tag());
    // Last: of an agent at the root, `{path}/health` is the server's own.
    paths.extend(paths::of_server(&group, authenticated));
    let mut document = json!({
        "openapi": "3.1.0",
        "info": info(agents),
        // Relative to the document, so that it stays true when the router is nested under a prefix.
        "servers": [{"url": "./", "description": "Where this document comes from."}],
        "tags": served.tags,
        "paths": paths,
        "components": {
            "schemas": schemas::all(max_messages, authenticated),
            "responses": responses::all(),
            "headers": responses::headers(),
            "parameters": paths::parameters(),
        },
    });
    prune(&mut document);
    if authenticated {
        document["components"]["securitySchemes"] = operations::security_schemes();
    }
    document
}

/// What the operations of one surface have in common.
pub(super) struct Group {
    /// The tag under which they are listed.
    pub(super) tag: String,
    /// What their ids begin with.
    pub(super) id: String,
    /// Whether they are refused to whom nobody knows.
    pub(super) authenticated: bool,
}

/// The groups so far, each with a tag and a beginning of ids that no other has.
#[derive(Default)]
struct Served {
    tags: Vec<Value>,
    tag_names: Names,
    ids: Names,
    authenticated: bool,
}

impl Served {
    fn group(&mut self, name: &str, id: &str, mut tag: Object) -> Group {
        let (tag_name, id) = (self.tag_names.take(name), self.ids.take(&identifier(id)));
        let group = Group { tag: tag_name, id, authenticated: self.authenticated };
        tag.insert("name".to_owned(), json!(group.tag));
        self.tags.push(Value::Object(tag));
        group
    }
}

fn info(agents: &[DocumentedAgent]) -> Value {
    let (title, description) = match agents {
        [agent] => (agent.title.clone(), agent.description.clone()),
        agents => (TITLE.to_owned(), list(agents)),
    };
    json!({"title": title, "description": description, "version": env!("CARGO_PKG_VERSION")})
}

fn list(agents: &[DocumentedAgent]) -> String {
    let lines = agents.iter().map(|agent| {
        let path = if agent.path.is_empty() { "/" } else { &agent.path };
        format!("- `{}` at `{path}`: {}", agent.name, agent.title)
    });
    std::iter::once("The agents of this server:\n".to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}

/// A tag whose `x-alphora` tells the page what kind of surface it is.
fn tag(title: &str, description: &str, surface: Value) -> Object {
    Object::from_iter([
        // Understood by most viewers; a tag of OpenAPI 3.1 has no title of its own.
        ("x-displayName".to_owned(), json!(title)),
        ("description".to_owned(), json!(description)),
        ("x-alphora".to_owned(), surface),
    ])
}

fn agent_tag(agent: &DocumentedAgent, several: bool) -> Object {
    let surface = json!({"surface": "agent", "path": agent.path, "has_memory": agent.has_memory});
    // Several agents often have one title, the default.
    let title = if several { format!("{}: {}", agent.name, agent.title) } else { agent.title.clone() };
    tag(&title, &agent.description, surface)
}

fn openai_tag(path: &str) -> Object {
    let description = format!(
        "For OpenAI's clients and everything built on them, as they are: set their base URL to this server's \
         address and `{path}`, and their `model` to an agent's name."
    );
    tag("OpenAI-compatible API", &description, json!({"surface": "openai", "path": path}))
}

fn server_tag() -> Object {
    tag("Server", "Whether the server is alive and ready, and this document.", json!({"surface": "server"}))
}
