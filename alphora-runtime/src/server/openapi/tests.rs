//! What every document promises, whatever is served.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{CONTENT_SECURITY_POLICY, DocumentedAgent, PAGE_FILES, document};

/// The committed document of one agent.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/openapi.json");

fn agent(name: &str, path: &str) -> DocumentedAgent {
    DocumentedAgent {
        name: name.to_owned(),
        title: format!("{name} API Service"),
        description: format!("Auto-generated API for {name}.run"),
        path: path.to_owned(),
        default_stream: true,
        has_memory: true,
    }
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
    for (index, document) in documents().into_iter().enumerate() {
        let mut referred = BTreeSet::new();
        visit(&document, &mut |object| {
            if let Some(reference) = object.get("$ref") {
                referred.insert(reference.as_str().unwrap().to_owned());
            }
        });
        for reference in &referred {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
        if index == 0 {
            for (kind, components) in document["components"].as_object().unwrap() {
                for name in components.as_object().unwrap().keys() {
                    let reference = format!("#/components/{kind}/{name}");
                    assert!(referred.contains(&reference), "nothing refers to {reference}");
                }
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
    assert_eq!(paths(&at), with(&["/a/chat/completions", "/a/health", "/a/models", "/a/models/{model}"]));
    // At the root the agent's health is the server's own.
    let root = document(&[agent("Root", "")], None);
    assert_eq!(paths(&root), with(&["/chat/completions", "/models", "/models/{model}"]));
    assert_eq!(root["paths"]["/health"]["get"]["operationId"], "server_health");
}

#[test]
fn only_agents_with_memory_have_busy_sessions() {
    let forgetful = DocumentedAgent { has_memory: false, ..agent("Forgetful", "/a") };
    let of = |agents: &[DocumentedAgent], path: &str| {
        document(agents, Some("/v1"))["paths"][path]["post"]["responses"].get("409").is_some()
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
                let request = crate::wire::OpenAIRequest::from_slice(body.as_bytes());
                assert_eq!(request.unwrap().get_user_query(), "你好", "{path}: {name}");
            }
        }
    }
}

#[test]
fn the_document_of_one_agent_is_the_golden_one() {
    let now = document(&[agent("Echo", "/alphadata")], Some("/v1"));
    if option_env!("UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN, format!("{now:#}\n")).unwrap();
    }
    let golden: Value = serde_json::from_str(&std::fs::read_to_string(GOLDEN).unwrap()).unwrap();
    assert!(
        now == golden,
        "{GOLDEN} differs: write it with UPDATE_GOLDEN=1 cargo test, and look at the difference"
    );
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
