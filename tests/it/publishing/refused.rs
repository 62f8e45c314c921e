//! What cannot be served, alone or together: a typed mistake that names both sides, and never a panic.

use std::sync::Arc;

use alphora::{AgentValidationError, Environment, ServerConfig};
use alphora_tests::{Scripted, ScriptedConfig};

use super::{Desk, Echo, EchoConfig};

fn refused<A>(publisher: alphora::Publisher<A>) -> AgentValidationError {
    let error = publisher.environment(Environment::empty()).router().unwrap_err();
    error.validation().expect("a typed mistake").clone()
}

#[tokio::test]
async fn what_cannot_be_served_together_names_both_sides() {
    let at = |path: &str| EchoConfig { path: path.into(), ..Default::default() };
    let same_path = refused(
        alphora::publish(Echo)
            .and(Scripted::new(Arc::default()))
            .config(ScriptedConfig { path: "/echo".into(), ..Default::default() }),
    );
    assert_eq!(
        same_path,
        AgentValidationError::PathTaken {
            path: "/echo".into(),
            first: "Echo.run".into(),
            second: "Scripted.run".into()
        }
    );
    let same_name = refused(alphora::publish(Echo).and(Echo).config(at("/other")));
    assert!(matches!(same_name, AgentValidationError::NameTaken { name, .. } if name == "parrot"));
    // Sessions and permissions go by the name of the agent as a whole, which no model is called here.
    let named = |name: &str, path: &str| EchoConfig {
        name: Some(name.into()),
        path: path.into(),
        ..Default::default()
    };
    let whole = refused(alphora::publish(Desk::new()).and(Echo).config(named("Desk", "/echo")));
    assert!(matches!(whole, AgentValidationError::NameTaken { name, .. } if name == "Desk"));
    let openai = refused(alphora::publish(Echo).config(at("/v1")));
    assert!(openai.to_string().contains("openai_path"), "{openai}");
    assert!(matches!(
        refused(alphora::publish(Echo).config(at("/docs"))),
        AgentValidationError::PathReserved { .. }
    ));
    assert!(matches!(
        refused(alphora::publish(Echo).config(at("x"))),
        AgentValidationError::InvalidOption { .. }
    ));
    assert!(
        alphora::publish(Echo)
            .config(at("/v1"))
            .openai_path(None)
            .environment(Environment::empty())
            .router()
            .is_ok()
    );
}

/// Of two paths, whether a route of one is also the other's.
fn overlap(one: &str, other: &str) -> bool {
    let root = |path: &str| path.trim_end_matches('/').to_owned();
    let (one, other) = (root(one), root(other));
    one == other || one == format!("{other}/models") || other == format!("{one}/models")
}

#[tokio::test]
async fn no_two_paths_make_the_router_panic() {
    const PATHS: [&str; 16] = [
        "/",
        "/models",
        "/models/x",
        "/models/models",
        "/a",
        "/a/models",
        "/a/b",
        "/a/health",
        "/a/chat",
        "/v1",
        "/v1x",
        "/v1/models",
        "/chat",
        "/docs",
        "/docs/script.js",
        "/a:b",
    ];
    let build = |first: &str, second: Option<&str>, openai_path: Option<&str>, pages: bool| {
        let config = EchoConfig { path: first.into(), ..Default::default() };
        let publisher = alphora::publish(Echo).config(config).environment(Environment::empty());
        let publisher = publisher.openai_path(openai_path);
        let publisher = if pages { publisher.with_pages() } else { publisher };
        match second {
            None => publisher.router().map(drop),
            Some(path) => {
                let config = ScriptedConfig { path: path.into(), ..Default::default() };
                publisher.and(Scripted::new(Arc::default())).config(config).router().map(drop)
            }
        }
    };
    for first in PATHS {
        for second in PATHS.map(Some).into_iter().chain([None]) {
            for openai_path in [Some("/v1"), Some("/"), None] {
                let paths: Vec<_> = [Some(first), second, openai_path].into_iter().flatten().collect();
                let shares = |at: usize| paths[..at].iter().any(|earlier| overlap(earlier, paths[at]));
                let refused = first == "/docs" || second == Some("/docs") || (1..paths.len()).any(shares);
                for pages in [false, true] {
                    let built = build(first, second, openai_path, pages);
                    assert_eq!(built.is_err(), refused, "{paths:?}: {built:?}");
                    assert!(built.err().is_none_or(|error| error.validation().is_some()), "{paths:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_route_of_two_sides_names_both() {
    let at = |path: &str| EchoConfig { path: path.into(), ..Default::default() };
    let error = refused(alphora::publish(Echo).config(at("/v1/models")));
    assert_eq!(
        error,
        AgentValidationError::RouteTaken {
            route: "/v1/models/*".into(),
            first: "`openai_path` (`/v1`)".into(),
            second: "`Echo.run` (`/v1/models`)".into(),
        }
    );
    let scripted = ScriptedConfig { path: "/".into(), ..Default::default() };
    let publisher = alphora::publish(Echo).config(at("/models")).and(Scripted::new(Arc::default()));
    let error = refused(publisher.config(scripted));
    assert_eq!(
        error.to_string(),
        "`Echo.run` (`/models`) and `Scripted.run` (`/`) would both answer `/models/*`: give one of them another \
         path, for an agent in `#[agent(path = \"..\")]` or in its config"
    );
}

#[tokio::test]
async fn a_server_that_cannot_be_is_a_typed_mistake() {
    let publish = || alphora::publish(Echo);
    for publisher in [
        publish().openai_path(Some("v1")),
        publish().openai_path(Some("/{x}/y")),
        publish().openai_path(Some("/:x")),
        publish().allow_origin("*"),
        publish().allow_origin("https://example.com/app"),
        publish().server(ServerConfig { max_runs: usize::MAX, ..ServerConfig::default() }),
        publish().server(ServerConfig { max_connections: 0, ..ServerConfig::default() }),
        publish().server(ServerConfig { bodies_in_flight: 1, ..ServerConfig::default() }),
        publish().config(EchoConfig { name: Some("server".into()), ..Default::default() }),
    ] {
        let error = refused(publisher);
        assert!(matches!(error, AgentValidationError::InvalidOption { .. }), "{error}");
    }
}
