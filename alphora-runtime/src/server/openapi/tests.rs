//! What every document promises, whatever is served.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::parts::parameter;
use super::{CONTENT_SECURITY_POLICY, DocumentedAgent, PAGE_FILES};
use crate::server::negotiate;
use crate::wire::{OpenAIRequest, RequestError};

/// The default of the configuration.
const MAX_MESSAGES: usize = 4096;

/// The committed documents of one agent, open and with owners.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/openapi.json");
const OWNED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/openapi_owners.json");

fn agent(name: &str, path: &str) -> DocumentedAgent {
    DocumentedAgent {
        name: name.to_owned(),
        title: format!("{name} API Service"),
        description: format!("Auto-generated API for {name}.run"),
        path: path.to_owned(),
        default_stream: true,
        has_memory: true,
        session_endpoints: false,
    }
}

/// The document of an open server.
fn document(agents: &[DocumentedAgent], openai_path: Option<&str>) -> Value {
    super::document(agents, openai_path, false, MAX_MESSAGES)
}

/// The document of a server whose agent has owners.
fn owned() -> Value {
    super::document(
        &[DocumentedAgent { session_endpoints: true, ..agent("Echo", "/alphadata") }],
        Some("/v1"),
        true,
        MAX_MESSAGES,
    )
}

/// Documents of every kind of server: the number and the places of agents, with and without `/v1`.
fn documents() -> Vec<Value> {
    let forgetful =
        DocumentedAgent { has_memory: false, default_stream: false, ..agent("Forgetful", "/forgetful") };
    // Names that look alike as identifiers, or like the names of the other groups.
    let names = ["a-b", "a_b", "server", "openai", "/v1", "助手", "", "x.list", "a_b_2"];
    let hostile: Vec<_> =
        names.into_iter().enumerate().map(|(at, name)| agent(name, &format!("/{at}"))).collect();
    vec![
        document(&[agent("Echo", "/alphadata")], Some("/v1")),
        document(&[agent("Echo", "/alphadata")], None),
        document(&[agent("Root", "")], Some("/v1")),
        document(&[agent("Root", ""), forgetful], Some("/openai/v1")),
        document(&hostile, Some("/v1")),
        document(&[], Some("/v1/")),
        owned(),
    ]
}

fn operations(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().values().map(move |operation| (path, operation)))
}

fn visit(value: &Value, see: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            see(object);
            object.values().for_each(|value| visit(value, see));
        }
        Value::Array(values) => values.iter().for_each(|value| visit(value, see)),
        _ => {}
    }
}

#[test]
fn every_reference_resolves_and_every_component_is_referred_to() {
    for document in documents() {
        let mut referred = BTreeSet::new();
        visit(&document, &mut |object| {
            if let Some(reference) = object.get("$ref") {
                referred.insert(reference.as_str().unwrap().to_owned());
            }
            // Ways to sign a request are referred to by their names.
            for way in object.get("security").and_then(Value::as_array).into_iter().flatten() {
                let names = way.as_object().unwrap().keys();
                referred.extend(names.map(|name| format!("#/components/securitySchemes/{name}")));
            }
        });
        for reference in &referred {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
        for (kind, components) in document["components"].as_object().unwrap() {
            for name in components.as_object().unwrap().keys() {
                let reference = format!("#/components/{kind}/{name}");
                assert!(referred.contains(&reference), "nothing refers to {reference}");
            }
        }
    }
}

#[test]
fn ids_and_tags_are_unique_and_known() {
    for document in documents() {
        let tags: Vec<_> =
            document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].clone()).collect();
        let mut ids = BTreeSet::new();
        for (index, tag) in tags.iter().enumerate() {
            assert!(!tags[..index].contains(tag), "two tags {tag}");
        }
        for (path, operation) in operations(&document) {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id), "two operations {id}");
            assert!(operation["tags"].as_array().unwrap().iter().all(|tag| tags.contains(tag)), "{path}");
        }
    }
}

#[test]
fn one_agent_gives_the_document_its_title() {
    let one = document(&[agent("Echo", "/alphadata")], Some("/v1"));
    assert_eq!(one["info"]["title"], "Echo API Service");
    assert_eq!(one["info"]["description"], "Auto-generated API for Echo.run");
    let two = document(&[agent("Echo", "/alphadata"), agent("Root", "")], None);
    assert_eq!(two["info"]["title"], "Alphora Agent API Service");
    assert_eq!(
        two["info"]["description"],
        "The agents of this server:\n\n- `Echo` at `/alphadata`: Echo API Service\n- `Root` at `/`: Root API Service"
    );
}

#[test]
fn paths_are_those_that_are_served() {
    let paths = |document: &Value| {
        let mut paths: Vec<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
        paths.sort();
        paths
    };
    let own = ["/health", "/openapi.json", "/ready"];
    let with = |more: &[&str]| {
        let mut all: Vec<_> = own.iter().chain(more).map(|path| (*path).to_owned()).collect();
        all.sort();
        all
    };
    let at = document(&[agent("Echo", "/a")], None);
    assert_eq!(
        paths(&at),
        with(&[
            "/a/chat/completions",
            "/a/health",
            "/a/models",
            "/a/models/{model}",
            "/a/runs/{id}/cancel",
            "/a/runs/{id}/events"
        ])
    );
    // At the root the agent's health is the server's own.
    let root = document(&[agent("Root", "")], None);
    assert_eq!(
        paths(&root),
        with(&["/chat/completions", "/models", "/models/{model}", "/runs/{id}/cancel", "/runs/{id}/events"])
    );
    assert_eq!(root["paths"]["/health"]["get"]["operationId"], "server_health");
}

#[test]
fn every_component_is_referred_to_somewhere() {
    let all = super::responses::all().into_iter().map(|(name, _)| ("responses", name));
    let all =
        all.chain(super::schemas::all(MAX_MESSAGES, false).into_iter().map(|(name, _)| ("schemas", name)));
    let all = all.chain(super::paths::parameters().into_iter().map(|(name, _)| ("parameters", name)));
    let document = owned();
    for (kind, name) in all {
        assert!(document["components"][kind].get(&name).is_some(), "nothing refers to the {kind} `{name}`");
    }
}

#[test]
fn sessions_and_refusals_are_there_where_there_are_owners() {
    let owned = owned();
    for (path, methods) in [
        ("/alphadata/sessions", &["get"][..]),
        ("/alphadata/sessions/{id}", &["get", "delete"]),
        ("/alphadata/sessions/{id}/export", &["get"]),
    ] {
        let item: Vec<_> = owned["paths"][path].as_object().unwrap().keys().collect();
        assert_eq!(item, methods, "{path}");
    }
    for (path, operation) in operations(&owned) {
        let is_open = path.ends_with("/health") || path.starts_with("/ready") || path.starts_with("/openapi");
        assert_eq!(operation["responses"].get("401").is_none(), is_open, "{path}");
    }
}

#[test]
fn only_turns_of_agents_with_memory_can_meet_others() {
    let forgetful = DocumentedAgent { has_memory: false, ..agent("Forgetful", "/a") };
    let of = |agents: &[DocumentedAgent], path: &str| {
        let document = document(agents, Some("/v1"));
        let parameters = document["paths"][path]["post"]["parameters"].as_array().unwrap();
        parameters.contains(&parameter("Concurrency"))
    };
    assert!(!of(std::slice::from_ref(&forgetful), "/a/chat/completions"));
    assert!(!of(std::slice::from_ref(&forgetful), "/v1/chat/completions"));
    assert!(of(&[forgetful, agent("Echo", "/b")], "/v1/chat/completions"));
}

#[test]
fn examples_of_requests_are_requests() {
    for document in documents() {
        for (path, operation) in operations(&document) {
            let Some(examples) = operation["requestBody"]["content"]["application/json"].get("examples")
            else {
                continue;
            };
            for (name, example) in examples.as_object().unwrap() {
                let body = example["value"].to_string();
                let request = OpenAIRequest::from_slice(body.as_bytes());
                assert_eq!(request.unwrap().get_user_query(), "你好", "{path}: {name}");
            }
        }
    }
}

/// Whether a request is taken that has these fields.
fn take(fields: &Value, max_messages: usize) -> Result<(), RequestError> {
    let request = OpenAIRequest::from_slice(fields.to_string().as_bytes())?;
    negotiate::check_model(&request)?;
    negotiate::check_bounds(&request, max_messages)
}

#[test]
fn what_the_document_allows_is_taken_and_no_more() {
    for max_messages in [1, 3, MAX_MESSAGES, 10_000] {
        let document = super::document(&[agent("Echo", "")], None, false, max_messages);
        let schema = &document["components"]["schemas"]["ChatCompletionRequest"];
        let message = json!({"role": "user", "content": "hi"});
        for (name, one) in
            [("messages", message), ("tools", json!({})), ("functions", json!({})), ("stop", json!("."))]
        {
            let most = schema["properties"][name]["maxItems"].as_u64().unwrap();
            let count = |count| json!({name: vec![one.clone(); usize::try_from(count).unwrap()]});
            assert_eq!(take(&count(most), max_messages), Ok(()), "{name}");
            assert!(take(&count(most + 1), max_messages).is_err(), "{name}");
        }
        let longest = usize::try_from(schema["properties"]["model"]["maxLength"].as_u64().unwrap()).unwrap();
        assert_eq!(take(&json!({"model": "m".repeat(longest)}), max_messages), Ok(()));
        assert!(take(&json!({"model": "m".repeat(longest + 1)}), max_messages).is_err());
        let fields = schema["maxProperties"].as_u64().unwrap();
        let count =
            |count| Value::Object((0..count).map(|number| (format!("x{number}"), Value::Null)).collect());
        assert_eq!(take(&count(fields), max_messages), Ok(()));
        assert!(take(&count(fields + 1), max_messages).is_err());
    }
}

#[test]
fn the_document_of_one_agent_is_the_golden_one() {
    for (file, mut now) in [(GOLDEN, document(&[agent("Echo", "/alphadata")], Some("/v1"))), (OWNED, owned())]
    {
        now.sort_all_objects();
        if option_env!("UPDATE_GOLDEN").is_some() {
            std::fs::write(file, format!("{now:#}\n")).unwrap();
        }
        let golden: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        assert!(
            now == golden,
            "{file} differs: write it with UPDATE_GOLDEN=1 cargo test, and look at the difference"
        );
    }
}

#[test]
fn the_page_has_nothing_inline_and_nothing_from_elsewhere() {
    for file in PAGE_FILES {
        for forbidden in [
            "http:",
            "https:",
            " url(",
            ":url(",
            "@import",
            "innerHTML",
            "outerHTML",
            "document.write",
            "eval(",
        ] {
            assert!(!file.body.contains(forbidden), "{}: {forbidden}", file.path);
        }
    }
    let page = PAGE_FILES[0].body;
    for inline in
        ["<style", " style=", " onclick", " onload", " onsubmit", "javascript:", "src=\"/", "href=\"/"]
    {
        assert!(!page.contains(inline), "{inline}");
    }
    assert_eq!(page.matches("<script").count(), page.matches("<script type=\"module\" src=").count());
    assert!(!CONTENT_SECURITY_POLICY.contains("unsafe"));
}
