//! Who is let in by a key, and what is whose.

use super::*;

#[tokio::test]
async fn a_key_lets_in_however_it_is_sent() {
    let folder = Folder::create("keys").unwrap();
    let server = TestServer::start(with_keys(&folder.put("keys", &key("a", "sk-right", "")))).await;
    let ways = [
        ("Authorization", "Bearer sk-right"),
        ("authorization", "bearer  sk-right"),
        ("X-Api-Key", "sk-right"),
        ("Api-Key", "sk-right"),
    ];
    for path in [AGENT, OPENAI] {
        for way in ways {
            let answer = post(server.addr, path, chat("text hi", None), &[way]).await;
            assert_eq!((answer.status, answer.content().as_str()), (200, "hi"), "{way:?}");
            let wrong = (way.0, &*way.1.replace("right", "wrong"));
            assert_unknown(&post(server.addr, path, chat("text hi", None), &[wrong]).await, "sk-wrong");
        }
        for (nothing, url) in
            [(("X-Other", "sk-right"), ""), (("X-Other", ""), "?api_key=sk-right&key=sk-right")]
        {
            let answer = post(server.addr, &format!("{path}{url}"), chat("text hi", None), &[nothing]).await;
            assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")));
            assert!(
                answer.error()["message"].as_str().unwrap().contains("has no API key"),
                "{}",
                answer.body
            );
        }
        let two = [ways[0], ways[0]];
        assert_eq!(post(server.addr, path, chat("text hi", None), &two).await.status, 401);
    }
}

#[tokio::test]
async fn the_agent_knows_whose_key_it_is() {
    let folder = Folder::create("keys").unwrap();
    let file = folder.put("keys", &key("front", "sk-1", "owner = \"shop\""));
    let config = ServerConfig { api_keys_file: Some(file), ..ServerConfig::default() };
    let publisher = alphora::publish_with(|context: &RunContext<'_>| {
        let made_for = context.request().principal().map(|principal| principal.name().to_owned());
        Host { made_for: made_for.unwrap_or_default(), ..Host::default() }
    });
    let server = TestServer::start(publisher.server(config)).await;
    for path in ["/host/chat/completions", OPENAI] {
        let answer = say(server.addr, path, "sk-1", "", None).await;
        assert_eq!(answer.content(), "front of shop, made for front", "{}", answer.body);
    }
}

#[tokio::test]
async fn keys_of_one_owner_share_sessions_and_others_see_nothing() {
    let folder = Folder::create("keys").unwrap();
    let text = key("front", "sk-1", "owner = \"shop\"")
        + &key("back", "sk-2", "owner = \"shop\"")
        + &key("bob", "sk-3", "");
    let server = TestServer::start(with_keys(&folder.put("keys", &text))).await;
    assert_eq!(say(server.addr, AGENT, "sk-1", "remember x", Some("s")).await.status, 200);
    assert_eq!(say(server.addr, OPENAI, "sk-2", "recall", Some("s")).await.content(), "x");
    let session = "/scripted/sessions/s";
    assert_eq!(call(server.addr, "GET", session, "sk-2").await.status, 200);
    let theirs = call(server.addr, "GET", session, "sk-3").await;
    assert_eq!((theirs.status, &theirs.error()["code"]), (404, &json!("session_not_found")));
    let never = call(server.addr, "GET", "/scripted/sessions/never", "sk-3").await;
    assert_eq!(theirs.body, never.body);
    assert_unknown(&call(server.addr, "GET", session, "sk-4").await, "sk-4");
    assert_eq!(say(server.addr, OPENAI, "sk-3", "recall", Some("s")).await.content(), "");
}

#[tokio::test]
async fn one_of_ten_thousand_keys_is_found() {
    let folder = Folder::create("keys").unwrap();
    let text: String =
        (0..10_000).map(|number| key(&format!("k{number}"), &format!("sk-{number}"), "")).collect();
    let server = TestServer::start(with_keys(&folder.put("keys", &text))).await;
    for number in [0, 1, 4_999, 9_998, 9_999] {
        assert_eq!(say(server.addr, OPENAI, &format!("sk-{number}"), "text hi", None).await.content(), "hi");
        assert_unknown(&say(server.addr, OPENAI, &format!("sx-{number}"), "text hi", None).await, "sx-");
    }
    let begun = Instant::now();
    folder.put("keys", &(text + &key("one-more", "sk-more", "")));
    let took = becomes(server.addr, "sk-more", 200).await;
    assert!(took < SOON && begun.elapsed() < SOON, "{took:?}");
}
