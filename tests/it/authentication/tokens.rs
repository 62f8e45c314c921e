//! JSON Web Tokens of an issuer whose public keys the server knows.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use alphora::{Claims, Environment};

use super::signed::{Signer, base64url, message, with_secret};
use super::*;

const ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];
const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "alphora";

/// Says what the claims of whoever asks say.
#[agent]
struct Reader;

#[agent(path = "/reader")]
impl Reader {
    async fn run(&self, request: OpenAIRequest) -> Result<String, AgentError> {
        let principal = request.principal().ok_or("nobody has signed this")?;
        let roles = match principal.detail::<Claims>() {
            Some(claims) => claims.get::<Vec<String>>("roles")?.unwrap_or_default().join("+"),
            None => "no claims".to_owned(),
        };
        Ok(format!("{} of {}: {roles}", principal.name(), principal.owner()))
    }
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed()
}

/// The claims of a good token, and those in place of some of them; `null` leaves one out.
fn claims(changed: &Value) -> Value {
    let mut claims =
        json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "zhang", "exp": now() + 300, "roles": ["a", "b"] });
    let all = claims.as_object_mut().unwrap();
    for (name, value) in changed.as_object().unwrap() {
        all.insert(name.clone(), value.clone());
    }
    all.retain(|_, value| !value.is_null());
    claims
}

fn header(algorithm: &str, id: &str) -> Value {
    json!({ "alg": algorithm, "typ": "JWT", "kid": id })
}

fn set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

fn config(file: PathBuf) -> ServerConfig {
    ServerConfig {
        jwt_keys_file: Some(file),
        jwt_issuer: Some(ISSUER.to_owned()),
        jwt_audience: Some(AUDIENCE.to_owned()),
        ..ServerConfig::default()
    }
}

async fn serve(config: ServerConfig) -> TestServer {
    TestServer::start(alphora::publish(Reader).server(config)).await
}

async fn ask(server: &TestServer, token: &str) -> Answer {
    say(server.addr, "/reader/chat/completions", token, "", None).await
}

#[tokio::test]
async fn a_token_of_every_algorithm_lets_in_and_its_claims_reach_the_agent() {
    let folder = Folder::create("keys").unwrap();
    let signers = ALGORITHMS.map(|algorithm| (algorithm, Signer::new(algorithm)));
    let keys: Vec<_> =
        signers.iter().map(|(algorithm, signer)| signer.public(algorithm, algorithm)).collect();
    let server = serve(config(folder.put("keys.json", &set(&keys)))).await;
    for (algorithm, signer) in &signers {
        let token = signer.token(&header(algorithm, algorithm), &claims(&json!({})));
        for path in ["/reader/chat/completions", OPENAI] {
            let answer = say(server.addr, path, &token, "", None).await;
            assert_eq!(
                answer.content(),
                "zhang of https://issuer.example#zhang: a+b",
                "{algorithm}: {}",
                answer.body
            );
        }
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let other = message(&header(algorithm, algorithm), &claims(&json!({ "sub": "li" })));
        for forged in [
            format!("{other}.{signature}"),
            format!("{signed}."),
            format!("{signed}.{}", base64url(&[7; 64])),
            format!("{signed}.{}", signature.to_lowercase()),
            format!("{token}.{signature}"),
        ] {
            assert_unknown(&ask(&server, &forged).await, &forged);
        }
    }
}

#[tokio::test]
async fn the_key_and_not_the_token_says_the_algorithm() {
    let folder = Folder::create("keys").unwrap();
    let signers = ALGORITHMS.map(|algorithm| (algorithm, Signer::new(algorithm)));
    let keys: Vec<_> =
        signers.iter().map(|(algorithm, signer)| signer.public(algorithm, algorithm)).collect();
    let server = serve(config(folder.put("keys.json", &set(&keys)))).await;
    let good = claims(&json!({}));
    for (algorithm, signer) in &signers {
        for none in ["none", "None", "NONE", "", "HS256", "RS384", "ES384"] {
            let unsigned = format!("{}.", message(&header(none, algorithm), &good));
            assert_unknown(&ask(&server, &unsigned).await, &unsigned);
        }
        // The public key as the secret of an HMAC, in the forms in which it may be had.
        let public = signer.public(algorithm, algorithm);
        let number = public["n"].as_str().or(public["x"].as_str()).unwrap();
        for secret in [signer.public_bytes(), number.as_bytes().to_vec(), public.to_string().into_bytes()] {
            let forged = with_secret(&secret, &header("HS256", algorithm), &good);
            assert_unknown(&ask(&server, &forged).await, &forged);
        }
        for other in ALGORITHMS.iter().filter(|other| *other != algorithm) {
            // By another key's name, and by another algorithm's.
            for header in [header(algorithm, other), header(other, algorithm), header(other, other)] {
                let confused = signer.token(&header, &good);
                assert_unknown(&ask(&server, &confused).await, &confused);
            }
        }
        let stranger = Signer::new(algorithm);
        let mut with_key = header(algorithm, algorithm);
        with_key["jwk"] = stranger.public(algorithm, algorithm);
        let embedded = stranger.token(&with_key, &good);
        assert_unknown(&ask(&server, &embedded).await, &embedded);
        let mut critical = header(algorithm, algorithm);
        (critical["crit"], critical["b64"]) = (json!(["b64"]), json!(true));
        let critical = signer.token(&critical, &good);
        assert_unknown(&ask(&server, &critical).await, &critical);
        let nameless = signer.token(&json!({ "alg": algorithm }), &good);
        assert_unknown(&ask(&server, &nameless).await, &nameless);
    }
}

#[tokio::test]
async fn a_token_is_for_us_from_the_issuer_and_for_a_while() {
    let folder = Folder::create("keys").unwrap();
    let signer = Signer::new("EdDSA");
    let server = serve(config(folder.put("keys.json", &set(&[signer.public("k", "EdDSA")])))).await;
    let token = |changed: &Value| signer.token(&header("EdDSA", "k"), &claims(changed));
    for good in [
        json!({ "exp": now() - 30 }),
        json!({ "nbf": now() + 30 }),
        json!({ "nbf": now() - 300, "iat": now() + 1000 }),
        json!({ "aud": ["other", AUDIENCE] }),
        json!({ "exp": 4_102_444_800_u64 }),
    ] {
        let answer = ask(&server, &token(&good)).await;
        assert_eq!(answer.status, 200, "{good}: {}", answer.body);
    }
    // A set of one key needs no name.
    assert_eq!(
        ask(&server, &signer.token(&json!({ "alg": "EdDSA" }), &claims(&json!({})))).await.status,
        200
    );
    for (bad, expected) in [
        (json!({ "exp": now() - 90 }), "it has expired"),
        (json!({ "exp": null }), "it needs `exp`"),
        (json!({ "exp": "tomorrow" }), "it needs `exp`"),
        (json!({ "exp": -1 }), ""),
        (json!({ "nbf": now() + 90 }), "it is not valid yet"),
        (json!({ "nbf": "now" }), ""),
        (json!({ "iss": null }), "it needs `exp`, `iss`"),
        (json!({ "iss": "https://issuer.example/" }), "not from the issuer"),
        (json!({ "iss": [ISSUER, "https://evil.example"] }), "not from the issuer"),
        (json!({ "aud": null }), "it needs"),
        (json!({ "aud": "other" }), "it is not for this server"),
        (json!({ "aud": [] }), "it is not for this server"),
        (json!({ "sub": null }), "it needs"),
        (json!({ "sub": "" }), "its `sub` is not a name"),
        (json!({ "sub": " zhang" }), "its `sub` is not a name"),
        (json!({ "sub": "a\nb" }), "its `sub` is not a name"),
        (json!({ "sub": "x".repeat(257) }), "its `sub` is not a name"),
        (json!({ "roles": "x".repeat(7000) }), "it is longer than 8 KiB"),
    ] {
        let token = token(&bad);
        let answer = ask(&server, &token).await;
        assert_unknown(&answer, &token);
        assert!(answer.body.contains(expected), "{bad}: {}", answer.body);
    }
    for strange in
        ["..", "a.b.c", "sk-1", "a.b", &format!("{}.{}.{}", base64url(b"{}"), base64url(b"{}"), "x")]
    {
        assert_unknown(&ask(&server, strange).await, &format!("`{strange}`"));
    }
}

#[tokio::test]
async fn keys_and_tokens_go_together_and_an_issuer_may_exchange_its_keys() {
    let folder = Folder::create("keys").unwrap();
    let (old, new) = (Signer::new("ES256"), Signer::new("ES256"));
    let keys = folder.put("keys", &key("shop", "sk-1", ""));
    let file = folder.put("keys.json", &set(&[old.public("old", "ES256")]));
    let server = serve(ServerConfig { api_keys_file: Some(keys), ..config(file) }).await;
    let old = (old.token(&header("ES256", "old"), &claims(&json!({}))), old);
    let by_new = new.token(&header("ES256", "new"), &claims(&json!({})));
    assert_eq!(ask(&server, "sk-1").await.content(), "shop of shop: no claims");
    assert_eq!(ask(&server, &old.0).await.content(), "zhang of https://issuer.example#zhang: a+b");
    // Who calls themselves as a key's owner is called is another owner.
    let same_name = old.1.token(&header("ES256", "old"), &claims(&json!({ "sub": "shop" })));
    let of_the_issuer = "shop of https://issuer.example#shop: a+b";
    assert_eq!(ask(&server, &same_name).await.content(), of_the_issuer);
    assert_unknown(&ask(&server, &by_new).await, &by_new);
    assert_unknown(&ask(&server, "sk-2").await, "sk-2");
    let in_a_key_header = post(server.addr, OPENAI, chat("", None), &[("X-Api-Key", &old.0)]).await;
    assert_unknown(&in_a_key_header, &old.0);

    folder.put("keys.json", &set(&[old.1.public("old", "ES256"), new.public("new", "ES256")]));
    becomes(server.addr, &by_new, 200).await;
    assert_eq!(ask(&server, &old.0).await.status, 200);
    folder.put("keys.json", &set(&[new.public("new", "ES256")]));
    becomes(server.addr, &old.0, 401).await;
    assert_eq!(ask(&server, &by_new).await.status, 200);
    assert_eq!(ask(&server, "sk-1").await.status, 200);
}

#[tokio::test]
async fn a_bad_set_changes_nothing_and_a_good_one_counts_again() {
    let folder = Folder::create("keys").unwrap();
    let (old, new) = (Signer::new("ES256"), Signer::new("ES256"));
    let file = folder.put("keys.json", &set(&[old.public("old", "ES256")]));
    let ServerConfig { jwt_issuer: Some(issuer), jwt_audience: Some(audience), .. } = config(file.clone())
    else {
        panic!("both are set")
    };
    let program = program(&[
        ("ALPHORA_JWT_KEYS_FILE", file.to_str().unwrap()),
        ("ALPHORA_JWT_ISSUER", &issuer),
        ("ALPHORA_JWT_AUDIENCE", &audience),
    ])
    .await;
    let old = old.token(&header("ES256", "old"), &claims(&json!({})));
    folder.put("keys.json", "{}");
    until_complaints(&program, 1).await;
    assert_eq!(call(program.addr, "GET", "/v1/models", &old).await.status, 200);
    folder.put("keys.json", &set(&[new.public("new", "ES256")]));
    becomes(program.addr, &new.token(&header("ES256", "new"), &claims(&json!({}))), 200).await;
    assert_unknown(&call(program.addr, "GET", "/v1/models", &old).await, &old);
}

#[tokio::test]
async fn tokens_need_an_issuer_and_an_audience() {
    let folder = Folder::create("keys").unwrap();
    let file = folder.put("keys.json", &set(&[Signer::new("EdDSA").public("k", "EdDSA")]));
    let refused = |config: ServerConfig| {
        let publisher = alphora::publish(Reader).server(config).environment(Environment::empty());
        publisher.router().unwrap_err().to_string()
    };
    let error = refused(ServerConfig { jwt_issuer: None, ..config(file.clone()) });
    assert!(error.contains("`jwt_keys_file` of the server is set without `jwt_issuer`"), "{error}");
    let error = refused(ServerConfig { jwt_audience: None, ..config(file) });
    assert!(error.contains("`jwt_keys_file` of the server is set without `jwt_audience`"), "{error}");
    let error = refused(config(folder.put("bad.json", &set(&[json!({ "kty": "oct", "k": "canary" })]))));
    assert!(error.contains("a symmetric key") && !error.contains("canary"), "{error}");
}
