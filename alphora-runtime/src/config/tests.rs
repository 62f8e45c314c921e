//! Which source wins, and what a bad value says.

use std::io::Write as _;
use std::time::Duration;

use super::{AgentSettings, Environment, ServerConfig, apply_layers};
use crate::agent::{Description, EndpointDescription, Options};
use crate::error::AgentValidationError;

const ONE: Description = Description {
    agent: "Support",
    options: Options { memory_ttl: Some(10), ..Options::NONE },
    endpoints: &[EndpointDescription { method: "run", options: Options::NONE }],
};
const SEVERAL: Description = Description {
    agent: "Desk",
    options: Options::NONE,
    endpoints: &[
        EndpointDescription { method: "ask", options: Options { path: Some("/ask"), ..Options::NONE } },
        EndpointDescription { method: "sum_up", options: Options { path: Some("/sum"), ..Options::NONE } },
    ],
};

fn layered(
    descriptions: &[&'static Description],
    environment: &Environment,
) -> Result<(ServerConfig, Vec<AgentSettings>), AgentValidationError> {
    let mut server = ServerConfig::default();
    let mut settings: Vec<_> = descriptions.iter().map(|one| AgentSettings::described(one)).collect();
    let mut agents: Vec<_> = descriptions.iter().copied().zip(settings.iter_mut()).collect();
    apply_layers(environment, &mut server, &mut agents)?;
    Ok((server, settings))
}

#[expect(clippy::unwrap_used, reason = "a test that cannot write its file has failed")]
fn file(name: &str, text: &str) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("alphora-{}-{name}.toml", std::process::id()));
    std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
    path
}

#[test]
fn attribute_then_file_then_variable() {
    let (server, settings) = layered(&[&ONE], &Environment::empty()).unwrap();
    assert_eq!(settings[0].memory_ttl, Duration::from_secs(10));
    assert_eq!(server.addr.to_string(), "127.0.0.1:8000");

    let file =
        file("order", "[server]\naddr = \"127.0.0.1:9\"\n[Support]\nmemory_ttl = 20\nmax_memory_items = 7\n");
    let environment = Environment::empty().with_file(&file);
    let (server, settings) = layered(&[&ONE], &environment).unwrap();
    assert_eq!((settings[0].memory_ttl, settings[0].max_memory_items), (Duration::from_secs(20), 7));
    assert_eq!(server.addr.port(), 9);

    let environment = environment
        .with_variable("ALPHORA_SUPPORT_MEMORY_TTL", "2m")
        .with_variable("ALPHORA_MEMORY_TTL", "30")
        .with_variable("ALPHORA_ADDR", "127.0.0.1:10")
        .with_argument("--port=11");
    let (server, settings) = layered(&[&ONE], &environment).unwrap();
    assert_eq!((settings[0].memory_ttl, settings[0].max_memory_items), (Duration::from_secs(120), 7));
    assert_eq!(server.addr.port(), 11);
}

#[test]
fn endpoints_have_options_of_their_own() {
    let file = file("endpoints", "[Desk.endpoints.ask]\npath = \"/questions\"\n");
    let environment =
        Environment::empty().with_file(file).with_variable("ALPHORA_DESK_SUM_UP_NAME", "summary");
    let (_, settings) = layered(&[&SEVERAL, &ONE], &environment).unwrap();
    let endpoints = settings[0].endpoints(&SEVERAL).unwrap();
    let resolved: Vec<_> = endpoints.iter().map(|one| (one.name.as_str(), one.path.as_str())).collect();
    assert_eq!(resolved, [("Desk.ask", "/questions"), ("summary", "/sum")]);
    assert_eq!(endpoints[0].description, "Auto-generated API for Desk.ask");
}

#[test]
fn a_bad_value_names_its_place() {
    let variable = |name: &str, value: &str| Environment::empty().with_variable(name, value);
    for (environment, says) in [
        (
            variable("ALPHORA_SUPPORT_MEMORY_TTL", "soon"),
            "variable ALPHORA_SUPPORT_MEMORY_TTL: `soon` is not a valid `memory_ttl`",
        ),
        (
            variable("ALPHORA_SUPPORT_MEMORY_TLL", "5"),
            "variable ALPHORA_SUPPORT_MEMORY_TLL: unknown option `memory_tll` (did you mean `memory_ttl`?)",
        ),
        (variable("ALPHORA_ADDR", "here"), "variable ALPHORA_ADDR: `here` is not a valid `addr`"),
        (
            variable("ALPHORA_MAX_MEMORY_ITEMS", "0"),
            "variable ALPHORA_MAX_MEMORY_ITEMS: `0` is not a valid `max_memory_items`",
        ),
        (Environment::empty().with_argument("--port").with_argument("x"), "argument --port: `x`"),
        (
            Environment::empty().with_file(file("table", "[Suport]\n")),
            "table [Suport] belongs to nothing that is published here (did you mean [Support]?)",
        ),
        (Environment::empty().with_file(file("none", "path = \"/x\"\n")), "option `path` stands in no table"),
        (Environment::empty().with_file(file("syntax", "[Support]\npath = \n")), "line 2"),
        (
            Environment::empty().with_file(file("type", "[Support]\ndefault_stream = \"perhaps\"\n")),
            "table [Support]: `perhaps` is not a valid `default_stream`",
        ),
        (Environment::empty().with_file("/nowhere/alphora.toml"), "cannot be read"),
    ] {
        let error = layered(&[&ONE], &environment).unwrap_err().to_string();
        assert!(error.contains(says), "{error}\n  does not say: {says}");
    }
}

#[test]
fn what_cannot_be_served_is_refused() {
    let settings = |change: fn(&mut AgentSettings)| {
        let mut settings = AgentSettings::described(&ONE);
        change(&mut settings);
        settings.endpoints(&ONE).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(settings(|_| {}), Ok(()));
    assert_eq!(settings(|one| one.path = "/".into()), Ok(()));
    let says = |result: Result<(), String>, text: &str| {
        let error = result.unwrap_err();
        assert!(error.contains(text), "{error}\n  does not say: {text}");
    };
    says(settings(|one| one.path = "api".into()), "write `/api`");
    says(settings(|one| one.path = "/api/".into()), "write `/api`");
    says(settings(|one| one.path = "/a//b".into()), "no empty segment");
    says(settings(|one| one.path = "/{id}".into()), "captures");
    says(settings(|one| one.path = "/a b".into()), "cannot stand in a path");
    says(settings(|one| one.path = "/v1/chat/completions".into()), "base path");
    says(settings(|one| one.api_title = "{agent}".into()), "unknown placeholder `{agent}`");
    says(settings(|one| one.timeout = Duration::ZERO), "above zero");
    says(settings(|one| one.memory_ttl = Duration::MAX), "100 years");
    says(settings(|one| one.max_memory_items = 0), "at least 1");
    says(settings(|one| one.name = Some(String::new())), "without white space");
    says(settings(|one| drop(one.endpoints.insert("rum".into(), super::EndpointConfig::default()))), "`rum`");
}
