//! Which source wins, and what a bad value says.

mod policies;
mod stores;

use std::io::Write as _;
use std::time::Duration;

use super::{AgentSettings, EndpointConfig, Environment, Mistakes, ServerConfig, apply_layers};
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
    let mut mistakes = Mistakes::default();
    apply_layers(environment, &mut server, &mut agents, &mut mistakes);
    mistakes.finish_validation()?;
    Ok((server, settings))
}

fn checked(server: &ServerConfig) -> Result<(), AgentValidationError> {
    let mut mistakes = Mistakes::default();
    server.check(&mut mistakes);
    mistakes.finish_validation()
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
    assert_eq!(server.addr.port(), 10, "arguments are for a server that chooses its address");
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
        (
            variable("ALPHORA_OPENAI_PATH", "/{x"),
            "variable ALPHORA_OPENAI_PATH: `/{x` is not a valid `openai_path`",
        ),
        (
            variable("ALPHORA_ALLOW_ORIGINS", "https://a.example, *"),
            "variable ALPHORA_ALLOW_ORIGINS: `*` is not a valid `allow_origins`: origins are listed one by one",
        ),
        (
            Environment::empty().with_file(file("openai", "[server]\nopenai_path = \"v1\"\n")),
            "table [server]: `v1` is not a valid `openai_path`: a path starts with `/`: write `/v1`",
        ),
        (
            Environment::empty().with_file(file("direct", "[Support.endpoints]\npath = \"/x\"\n")),
            "option `path` stands directly under `endpoints`: put it into the table of an endpoint, here \
             [..endpoints.run]",
        ),
        (
            Environment::empty().with_file(file("deep", "[Support.endpoints.run.more]\npath = \"/x\"\n")),
            "endpoint `run`: unknown option `more`",
        ),
        (
            Environment::empty().with_file(file("misplaced", "[server]\nmemory_ttl = 5\n")),
            "table [server]: `memory_ttl` is an option of an agent as a whole: write it in the table of its published \
             name",
        ),
        (
            variable("ALPHORA_SUPPORT_MAX_RUNS", "5"),
            "variable ALPHORA_SUPPORT_MAX_RUNS: `max_runs` is an option of the server: write it in the table [server], or as ALPHORA_MAX_RUNS",
        ),
        (
            Environment::empty().with_file(file("other-name", "[server]\nport = 9000\n")),
            "table [server]: unknown option `port` (did you mean `addr`?)",
        ),
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

const MARKED: Description = Description {
    agent: "Marked",
    options: Options::NONE,
    endpoints: &[EndpointDescription {
        method: "run",
        options: Options { path: Some("/method"), name: Some("meth"), ..Options::NONE },
    }],
};

#[test]
fn an_only_endpoint_is_the_agent() {
    let resolved = |change: fn(&mut AgentSettings), environment: &Environment| {
        let mut settings = AgentSettings::described(&MARKED);
        change(&mut settings);
        let mut mistakes = Mistakes::default();
        let agents = &mut [(&MARKED, &mut settings)];
        apply_layers(environment, &mut ServerConfig::default(), agents, &mut mistakes);
        mistakes.finish().unwrap();
        let endpoint = settings.endpoints(&MARKED).unwrap().remove(0);
        (endpoint.name, endpoint.path)
    };
    let is = |(name, path): (String, String), expected: (&str, &str)| {
        assert_eq!((name.as_str(), path.as_str()), expected);
    };
    let nothing = Environment::empty();
    let file = nothing
        .clone()
        .with_file(file("only", "[meth]\npath = \"/agent\"\n[meth.endpoints.run]\npath = \"/file\"\n"));
    is(resolved(|_| {}, &nothing), ("meth", "/method"));
    is(resolved(|one| one.path = "/program".into(), &nothing), ("meth", "/program"));
    is(resolved(|one| one.path = "/program".into(), &file), ("meth", "/file"));
    is(resolved(|_| {}, &file.clone().with_variable("ALPHORA_PATH", "/variable")), ("meth", "/variable"));
    is(resolved(|_| {}, &file.with_variable("ALPHORA_METH_RUN_PATH", "/own")), ("meth", "/own"));
    let of_endpoint = |one: &mut AgentSettings| {
        let own = EndpointConfig { name: Some("program".into()), ..EndpointConfig::default() };
        one.endpoints.insert("run".into(), own);
    };
    is(resolved(of_endpoint, &nothing), ("program", "/method"));
    is(resolved(of_endpoint, &nothing.with_variable("ALPHORA_NAME", "variable")), ("variable", "/method"));
}

/// An agent of this name, with a method `run`.
const fn named(agent: &'static str) -> Description {
    Description {
        agent,
        options: Options::NONE,
        endpoints: &[EndpointDescription { method: "run", options: Options::NONE }],
    }
}

const MEMORY: Description = named("Memory");
const MAX: Description = named("Max");
const OPENAI: Description = named("OpenAI");
const DASH: Description = named("a-b");
const LINE: Description = named("a_b");

#[test]
fn a_whole_option_wins_over_the_beginning_of_a_name() {
    let set = |description, variable: &str, value: &str| {
        let (server, mut settings) =
            layered(&[description], &Environment::empty().with_variable(variable, value)).unwrap();
        (server, settings.remove(0))
    };
    assert_eq!(set(&MEMORY, "ALPHORA_MEMORY_TTL", "5").1.memory_ttl, Duration::from_secs(5));
    assert_eq!(set(&MEMORY, "ALPHORA_MEMORY_MEMORY_TTL", "6").1.memory_ttl, Duration::from_secs(6));
    assert_eq!(set(&MAX, "ALPHORA_MAX_RUNS", "7").0.max_runs, 7);
    let (server, settings) = set(&OPENAI, "ALPHORA_OPENAI_PATH", "/v2");
    assert_eq!((server.openai_path.as_deref(), settings.path.as_str()), (Some("/v2"), "/alphadata"));
    let both = Environment::empty().with_variable("ALPHORA_MAX_RUNS", "7");
    assert_eq!(layered(&[&MAX, &MEMORY], &both).unwrap().0.max_runs, 7);
}

#[test]
fn a_variable_for_two_agents_is_refused_only_when_it_is_set() {
    let environment = Environment::empty().with_variable("ALPHORA_MAX_RUNS", "7");
    assert!(layered(&[&DASH, &LINE], &environment).is_ok());
    let error = layered(&[&DASH, &LINE], &environment.with_variable("ALPHORA_A_B_PATH", "/x")).unwrap_err();
    assert!(matches!(error, AgentValidationError::VariableAmbiguous { .. }));
    let error = error.to_string();
    for part in ["ALPHORA_A_B_PATH", "`a-b`", "`a_b`"] {
        assert!(error.contains(part), "{error}\n  does not say: {part}");
    }
    let table = Environment::empty().with_file(file("twice", "[Support]\nmemory_ttl = 1\n"));
    let error = layered(&[&ONE, &ONE], &table).unwrap_err();
    assert!(matches!(error, AgentValidationError::NameTaken { name, .. } if name == "Support"));
}

#[test]
fn a_server_has_limits_that_it_can_keep() {
    let changed = |change: fn(&mut ServerConfig)| {
        let mut server = ServerConfig::default();
        change(&mut server);
        checked(&server).map_err(|error| error.to_string())
    };
    assert_eq!(changed(|_| {}), Ok(()));
    assert_eq!(changed(|server| server.openai_path = None), Ok(()));
    assert_eq!(changed(|server| server.openai_path = Some("/".into())), Ok(()));
    assert_eq!(changed(|server| server.allow_origins = vec!["http://localhost:3000".into()]), Ok(()));
    let says = |result: Result<(), String>, text: &str| {
        let error = result.unwrap_err();
        assert!(error.contains(text), "{error}\n  does not say: {text}");
    };
    says(changed(|server| server.max_runs = 0), "`max_runs` of the server: `0`");
    says(changed(|server| server.max_runs = usize::MAX), "at most");
    says(changed(|server| server.max_connections = 0), "`max_connections`");
    says(changed(|server| server.max_connections = usize::MAX), "`max_connections`");
    says(changed(|server| server.bodies_in_flight = 0), "`bodies_in_flight`");
    says(changed(|server| server.body_limit = 0), "`body_limit`");
    says(changed(|server| server.body_limit = 1 << 30), "`bodies_in_flight`, which is 268435456 bytes");
    says(changed(|server| server.max_head_bytes = 1023), "write at least 1024 and at most 1048576");
    says(changed(|server| server.send_buffer = 0), "`send_buffer` of the server: `0`");
    assert_eq!(changed(|server| server.max_messages = 10_000), Ok(()));
    says(changed(|server| server.max_messages = 0), "write at least 1 and at most 10000");
    says(changed(|server| server.max_messages = 10_001), "`max_messages` of the server: `10001`");
    says(changed(|server| server.head_timeout = Duration::ZERO), "`head_timeout`");
    says(changed(|server| server.body_timeout = Duration::ZERO), "`body_timeout`");
    says(changed(|server| server.keep_alive_timeout = Duration::MAX), "`keep_alive_timeout`");
    says(changed(|server| server.stall_timeout = Duration::MAX), "100 years");
    says(changed(|server| server.drain_timeout = Duration::ZERO), "above zero");
    says(changed(|server| server.drain_timeout = Duration::MAX), "100 years");
    says(changed(|server| server.allow_origins = vec!["*".into()]), "one by one");
    for path in ["", "v1", "/v1/", "/{x", "/{x}/y", "/:x", "/v1/chat/completions"] {
        let server = ServerConfig { openai_path: Some(path.into()), ..ServerConfig::default() };
        let error = checked(&server).unwrap_err().to_string();
        assert!(error.contains("`openai_path` of the server"), "{error}");
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
    says(settings(|one| one.path = "/v1/chat/completions".into()), "write `/v1`");
    says(settings(|one| one.api_title = "{agent}".into()), "unknown placeholder `{agent}`");
    says(settings(|one| one.timeout = Duration::ZERO), "above zero");
    says(settings(|one| one.memory_ttl = Duration::MAX), "100 years");
    says(settings(|one| one.max_memory_items = 0), "at least 1");
    says(settings(|one| one.name = Some(String::new())), "without white space");
    says(
        settings(|one| one.name = Some("server".into())),
        "[server] is the table of the server's own options",
    );
    says(settings(|one| drop(one.endpoints.insert("rum".into(), EndpointConfig::default()))), "`rum`");
}
