//! The same in a real browser: what pages of other sites achieve, and what texts of agents do to the docs page.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use alphora::ServerConfig;
use alphora_tests::{Scripted, ScriptedConfig, TestServer};
use serde_json::{Value, json};

use super::by_key;
use super::chromium::{Chromium, Tab};

/// Texts that would run something if they were read as markup, as a URL or as code.
const PAYLOADS: [&str; 30] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<iframe src=javascript:parent.alert(1)></iframe>",
    "<a href=javascript:alert(1) autofocus onfocus=alert(1)>x</a>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button autofocus>x</button></form>",
    "<base href=javascript:alert(1)//>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=data:text/css,*{background:url(javascript:alert(1))}>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<template><script>alert(1)</script></template>",
    "<x-y onclick=alert(1) style=animation-name:x onanimationstart=alert(1)>",
    "javascript:alert(1)",
    "`${alert(1)}`<script>`${alert(1)}`</script>",
    "{{constructor.constructor('alert(1)')()}}",
    "<!--><img src=x onerror=alert(1)>-->",
    "\u{2028}<scr\u{0}ipt>alert(1)</script>&lt;script&gt;alert(1)&lt;/script&gt;",
];

fn base(server: &TestServer, host: &str) -> String {
    format!("http://{host}:{}", server.addr.port())
}

/// A server of pages that are of other origins.
async fn strangers() -> TestServer {
    let config = ServerConfig {
        allow_hosts: vec!["evil.test".to_owned(), "app.test".to_owned()],
        allow_anonymous: true,
        ..ServerConfig::default()
    };
    TestServer::start(alphora::publish(Scripted::new(Arc::default())).server(config)).await
}

/// Sends a chat completion from the tab, and says what the page could see of it.
fn ask(browser: &mut Chromium, tab: &Tab, url: &str, options: &Value) -> Value {
    let body = json!({ "messages": [{ "role": "user", "content": "text x" }] }).to_string();
    let script = format!(
        "(async () => {{ try {{
            const answer = await fetch({}, {{ method: 'POST', body: {}, ...{options} }});
            const read = {{ type: answer.type, status: answer.status, text: await answer.text() }};
            return {{ ...read, run: answer.headers.get('x-run-id'), session: answer.headers.get('x-session-id') }};
        }} catch (error) {{ return String(error); }} }})()",
        json!(url),
        json!(body),
    );
    browser.evaluate(tab, &script)
}

fn json_body() -> Value {
    json!({ "headers": { "content-type": "application/json" } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts Chromium"]
async fn a_name_that_is_moved_to_this_machine_opens_nothing() {
    let running: Arc<AtomicUsize> = Arc::default();
    let server = TestServer::start(alphora::publish(Scripted::new(running.clone()))).await;
    let mut browser = Chromium::start("rebinding");
    // To the browser the server is of the page's own origin: nothing but the server keeps the page out.
    let evil = browser.open_without_policy(&format!("{}/docs", base(&server, "evil.test")));
    assert_eq!(browser.evaluate(&evil, "location.hostname"), "evil.test");
    for path in ["/v1/models", "/docs", "/openapi.json", "/metrics", "/scripted/sessions", "/health"] {
        let read = browser.evaluate(&evil, &format!("fetch('{path}').then((answer) => answer.status)"));
        assert_eq!(read, 403, "{path}");
    }
    for path in ["/v1/chat/completions", "/scripted/chat/completions"] {
        let answer = ask(&mut browser, &evil, path, &json_body());
        assert_eq!(answer["status"], 403, "{answer}");
        assert!(answer["text"].as_str().unwrap().contains("host_not_allowed"), "{answer}");
        let streamed = ask(
            &mut browser,
            &evil,
            path,
            &json!({ "keepalive": true, "headers": { "content-type": "application/json" } }),
        );
        assert_eq!(streamed["status"], 403, "{streamed}");
    }
    assert_eq!(running.load(Ordering::SeqCst), 0);
    // The same in the page of the server itself.
    let own = browser.open(&format!("{}/docs", base(&server, "127.0.0.1")));
    assert_eq!(ask(&mut browser, &own, "/v1/chat/completions", &json_body())["status"], 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts Chromium"]
async fn pages_of_other_origins_neither_read_nor_act() {
    let elsewhere = strangers().await;
    let listed = base(&elsewhere, "app.test");
    let running: Arc<AtomicUsize> = Arc::default();
    let publisher = alphora::publish(Scripted::new(running.clone())).allow_origin(listed.as_str());
    let server = TestServer::start(publisher).await;
    let chat = format!("{}/v1/chat/completions", base(&server, "127.0.0.1"));
    let mut browser = Chromium::start("origins");

    let evil = browser.open_without_policy(&format!("{}/nowhere", base(&elsewhere, "evil.test")));
    let refused = ask(&mut browser, &evil, &chat, &json_body());
    assert!(refused.as_str().is_some_and(|error| error.contains("TypeError")), "{refused}");
    for options in [
        json!({ "mode": "no-cors" }),
        json!({ "mode": "no-cors", "headers": { "content-type": "text/plain" } }),
        json!({ "mode": "no-cors", "keepalive": true, "credentials": "include" }),
    ] {
        let blind = ask(&mut browser, &evil, &chat, &options);
        assert_eq!((&blind["type"], &blind["text"]), (&json!("opaque"), &json!("")), "{blind}");
    }
    assert_eq!(running.load(Ordering::SeqCst), 0);

    let app = browser.open_without_policy(&format!("{listed}/nowhere"));
    let answer = ask(&mut browser, &app, &chat, &json_body());
    assert_eq!(answer["status"], 200, "{answer}");
    assert!(answer["run"].is_string() && answer["session"].is_string(), "{answer}");
    let error = browser.evaluate(
        &app,
        &format!("fetch('{}/nowhere').then((answer) => answer.status)", base(&server, "127.0.0.1")),
    );
    assert_eq!(error, 404, "errors can be read as well");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts Chromium"]
async fn no_text_of_an_agent_is_ever_markup() {
    let literal = |text: &str| text.replace('{', "{{").replace('}', "}}");
    let named = |at: usize, payload: &str| {
        let name: String = payload.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
        ScriptedConfig {
            path: format!("/p{at}"),
            name: Some(format!("{at}{name}")),
            api_title: literal(payload),
            api_description: literal(&format!("{payload}\n\n- {payload}\n- `{payload}`")),
            ..Default::default()
        }
    };
    let mut publisher = alphora::publish(Scripted::new(Arc::default())).config(named(0, PAYLOADS[0]));
    for (at, payload) in PAYLOADS.iter().enumerate().skip(1) {
        publisher = publisher.and(Scripted::new(Arc::default())).config(named(at, payload));
    }
    let server = TestServer::start(publisher).await;
    let mut browser = Chromium::start("texts");
    let tab = browser.open(&format!("{}/docs", base(&server, "127.0.0.1")));
    browser.until(&tab, "document.querySelectorAll('form.try').length === 30");

    for (at, payload) in PAYLOADS.iter().enumerate() {
        let kind: String = payload.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
        let script = format!(
            "text {payload}\nsend thinking {payload}\nsend code {payload}\nsend status {payload}\nsend {kind} {payload}\n\
             call {kind} {payload}\npublic 400 {payload}"
        );
        browser.evaluate(
            &tab,
            &format!(
                "{{ const form = document.querySelectorAll('form.try')[{at}];
                    form.elements.message.value = {}; form.requestSubmit(); }}",
                json!(script)
            ),
        );
        let state = format!("document.querySelectorAll('form.try .state')[{at}].textContent");
        browser.until(&tab, &format!("!['', 'running'].includes({state})"));
        let shown = browser
            .evaluate(&tab, &format!("document.querySelectorAll('form.try .answer')[{at}].textContent"));
        let shown = shown.as_str().unwrap();
        assert!(shown.matches(payload).count() >= 6, "{payload}: {shown}");
        // The same as an error before the first byte, and in the field of the session.
        browser.evaluate(
            &tab,
            &format!(
                "{{ const form = document.querySelectorAll('form.try')[{at}]; form.elements.message.value = {};
                    form.elements.session.removeAttribute('pattern'); form.elements.session.value = {};
                    form.requestSubmit(); }}",
                json!(format!("public 400 {payload}")),
                json!(payload),
            ),
        );
        browser.until(&tab, &format!("{state} !== 'running'"));
        // Whatever has a handler is made to call it.
        browser.evaluate(&tab, &format!("document.querySelectorAll('section.surface')[{at}].click()"));
    }
    let text = browser.evaluate(&tab, "document.body.textContent");
    for payload in PAYLOADS {
        assert!(text.as_str().unwrap().contains(payload), "the page shows {payload}");
    }
    assert_eq!(browser.evaluate(&tab, "window.alerts"), 0);
    assert_eq!(browser.evaluate(&tab, "window.violations.length"), 0, "the page itself keeps to its policy");
    let made = "document.querySelectorAll('img, svg, iframe, object, embed, video, base, math, script:not([src])').length";
    assert_eq!(browser.evaluate(&tab, made), 0);
    assert_eq!(browser.evaluate(&tab, "location.pathname"), "/docs");

    // The policy holds where a page would not.
    let injected = format!(
        "(() => {{ let stopped = 0; for (const text of {}) {{
            try {{ document.body.insertAdjacentHTML('beforeend', text); }} catch {{ stopped += 1; }}
        }} return stopped; }})()",
        json!(PAYLOADS)
    );
    assert_eq!(browser.evaluate(&tab, &injected), 30);
    assert_eq!(browser.evaluate(&tab, "window.alerts"), 0);

    // And the hook would have seen them.
    let naked = browser.open("data:text/html,<body></body>");
    browser.evaluate(&naked, &injected);
    browser.until(&naked, "window.alerts > 0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts Chromium"]
async fn the_page_keeps_a_key_to_itself() {
    let publisher = alphora::publish(Scripted::new(Arc::default())).authenticate(by_key);
    let server = TestServer::start(publisher).await;
    let mut browser = Chromium::start("key");
    let tab = browser.open(&format!("{}/docs", base(&server, "127.0.0.1")));
    browser.until(&tab, "document.querySelectorAll('form.try').length === 1");
    let field = "document.querySelector('#key input')";
    assert_eq!(browser.evaluate(&tab, "document.querySelector('#key').hidden"), false);
    assert_eq!(
        browser.evaluate(&tab, &format!("{field}.type + {field}.autocomplete + ({field}.form === null)")),
        "passwordofftrue"
    );
    let send = "document.querySelector('form.try').elements.message.value = 'text heard'; document.querySelector('form.try').requestSubmit()";
    let state = "document.querySelector('form.try .state').textContent";
    browser.evaluate(&tab, send);
    browser.until(&tab, &format!("{state}.startsWith('401')"));
    browser.evaluate(&tab, &format!("{field}.value = ' the-key '; {send}"));
    browser.until(&tab, &format!("{state} === 'finished: stop'"));
    assert_eq!(browser.evaluate(&tab, "document.querySelector('.answer').textContent"), "textheard");
    let kept = "JSON.stringify([location.href, document.cookie, {...localStorage}, {...sessionStorage}, \
                history.state, document.body.textContent]).includes('the-key')";
    assert_eq!(browser.evaluate(&tab, kept), false);
    assert_eq!(browser.evaluate(&tab, "localStorage.length + sessionStorage.length"), 0);
    let curl = browser.evaluate(&tab, "document.querySelector('.calls').textContent");
    assert!(curl.as_str().unwrap().contains("Authorization: Bearer $API_KEY"), "{curl}");
    assert_eq!(browser.evaluate(&tab, "window.violations.length"), 0);

    let open = TestServer::start(alphora::publish(Scripted::new(Arc::default()))).await;
    let tab = browser.open(&format!("{}/docs", base(&open, "127.0.0.1")));
    browser.until(&tab, "document.querySelectorAll('form.try').length === 1");
    assert_eq!(browser.evaluate(&tab, "document.querySelector('#key').hidden"), true);
}
