//! What an operator may configure, and what is refused when the server starts.

use alphora::axum::http::HeaderMap;
use alphora::{AuthenticationError, Environment, Principal};

use super::*;

fn refused(publisher: Publisher<Scripted>) -> String {
    publisher.environment(Environment::empty()).router().unwrap_err().to_string()
}

fn with(config: ServerConfig) -> Publisher<Scripted> {
    alphora::publish(Scripted::new(Arc::default())).server(config)
}

#[tokio::test]
async fn a_bad_file_is_an_error_at_the_start() {
    let folder = Folder::create("keys").unwrap();
    for (text, expected) in [
        ("", "there is no key"),
        ("[keys.shop]\nsha256 = \"canary\"", "line 2: key `shop`: `sha256` is not a digest"),
        ("[keys.shop]\nsha256 = canary", "line 2"),
    ] {
        let path = folder.put("keys", text);
        let error = refused(with_keys(&path));
        assert!(error.contains(expected) && error.contains(path.to_str().unwrap()), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
    let missing = refused(with_keys(&folder.path().join("missing")));
    assert!(missing.contains("it cannot be read: No such file"), "{missing}");
    let directory = refused(with_keys(folder.path()));
    assert!(directory.contains("it is not a file"), "{directory}");
}

#[tokio::test]
async fn a_program_and_a_file_do_not_both_say_who_it_is() {
    let folder = Folder::create("keys").unwrap();
    let by_nobody = |_: &HeaderMap| -> Result<Principal, AuthenticationError> {
        Err(AuthenticationError::unauthenticated())
    };
    let publisher = with_keys(&folder.put("keys", &key("a", "sk-1", ""))).authenticate(by_nobody);
    let error = refused(publisher);
    assert!(
        error.contains("`api_keys_file` of the server is set, and this program says by itself"),
        "{error}"
    );
}

#[tokio::test]
async fn a_variable_names_the_file() {
    let folder = Folder::create("keys").unwrap();
    let path = folder.put("keys", &key("a", "sk-1", ""));
    let environment = Environment::empty().with_variable("ALPHORA_API_KEYS_FILE", path.to_str().unwrap());
    let publisher = alphora::publish(Scripted::new(Arc::default())).environment(environment);
    let server = TestServer::start_with(publisher).await;
    assert_eq!(call(server.addr, "GET", "/v1/models", "sk-1").await.status, 200);
    assert_unknown(&call(server.addr, "GET", "/v1/models", "sk-2").await, "sk-2");
}

#[tokio::test]
async fn keys_of_one_reading_are_an_authentication_too() {
    let keys = ApiKeys::parse(&key("a", "sk-1", "")).unwrap();
    let server = TestServer::start(alphora::publish(Scripted::new(Arc::default())).authenticate(keys)).await;
    assert_eq!(call(server.addr, "GET", "/v1/models", "sk-1").await.status, 200);
    assert_unknown(&call(server.addr, "GET", "/v1/models", "sk-2").await, "sk-2");
}

#[tokio::test]
async fn an_issuer_without_keys_is_a_mistake() {
    for config in [
        ServerConfig { jwt_issuer: Some("https://issuer".to_owned()), ..ServerConfig::default() },
        ServerConfig { jwt_audience: Some("us".to_owned()), ..ServerConfig::default() },
    ] {
        let error = refused(with(config));
        assert!(error.contains("is set without `jwt_keys_file`, and no token is checked"), "{error}");
    }
}

#[cfg(not(feature = "jwt"))]
#[tokio::test]
async fn tokens_need_their_feature() {
    let config = ServerConfig { jwt_keys_file: Some("keys.json".into()), ..ServerConfig::default() };
    let error = refused(with(config));
    assert!(error.contains("built without JSON Web Tokens: add `features = [\"jwt\"]`"), "{error}");
}
