//! A real Chromium without a window, driven through its own protocol over two pipes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The longest that one browser may live.
const LIFE: Duration = Duration::from_secs(180);

/// Counts what an attack would call, and what the page's own policy had to stop.
const HOOKS: &str = "window.alerts = 0; window.violations = [];\
    window.alert = window.confirm = window.prompt = window.print = () => { window.alerts += 1; };\
    addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));";

/// A browser of this test's own. It ends with this value.
pub struct Chromium {
    process: Arc<Mutex<Child>>,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    last: u64,
    profile: PathBuf,
    _alive: mpsc::Sender<()>,
}

/// A tab.
pub struct Tab {
    session: String,
}

impl Chromium {
    /// Starts one that reaches this machine alone; `evil.test` and `app.test` are names of it.
    pub fn start(name: &str) -> Self {
        let profile = std::env::temp_dir().join(format!("alphora-chromium-{}-{name}", std::process::id()));
        // The pipes are the third and the fourth descriptor to Chromium.
        let mut process = Command::new("sh")
            .args(["-c", "exec chromium \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "sh"])
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--remote-debugging-pipe"])
            .arg("--host-resolver-rules=MAP evil.test 127.0.0.1, MAP app.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("chromium");
        let (requests, answers) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let process = Arc::new(Mutex::new(process));
        let (alive, ended) = mpsc::channel::<()>();
        let watched = process.clone();
        // A browser that hangs would let the test hang.
        std::thread::spawn(move || {
            if ended.recv_timeout(LIFE) == Err(mpsc::RecvTimeoutError::Timeout) {
                let _ = watched.lock().unwrap().kill();
            }
        });
        Self { process, requests, answers: BufReader::new(answers), last: 0, profile, _alive: alive }
    }

    /// Sends a command and waits for its answer; events are let pass.
    fn call(&mut self, session: Option<&str>, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut command = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = session {
            command["sessionId"] = session.into();
        }
        self.requests.write_all(format!("{command}\0").as_bytes()).unwrap();
        loop {
            let mut bytes = Vec::new();
            self.answers.read_until(0, &mut bytes).unwrap();
            assert_eq!(bytes.pop(), Some(0), "chromium has left before it answered {method}");
            let answer: Value = serde_json::from_slice(&bytes).unwrap();
            if answer["id"] == self.last {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    /// Opens a tab in a context of its own, and waits for its page to be loaded.
    pub fn open(&mut self, url: &str) -> Tab {
        let context = self.call(None, "Target.createBrowserContext", json!({}))["browserContextId"].clone();
        let blank = json!({ "url": "about:blank", "browserContextId": context });
        let target = self.call(None, "Target.createTarget", blank)["targetId"].clone();
        let attached =
            self.call(None, "Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        let tab = Tab { session: attached["sessionId"].as_str().unwrap().to_owned() };
        self.call(Some(&tab.session), "Page.enable", json!({}));
        self.call(Some(&tab.session), "Page.addScriptToEvaluateOnNewDocument", json!({ "source": HOOKS }));
        self.call(Some(&tab.session), "Page.navigate", json!({ "url": url }));
        self.until(&tab, "document.readyState === 'complete' && location.href !== 'about:blank'");
        tab
    }

    /// Loads `url` in the tab, where no policy of the page's is kept: it stands for a page of somebody else's.
    pub fn open_without_policy(&mut self, url: &str) -> Tab {
        let tab = self.open("data:text/html,");
        self.call(Some(&tab.session), "Page.setBypassCSP", json!({ "enabled": true }));
        self.call(Some(&tab.session), "Page.navigate", json!({ "url": url }));
        self.until(&tab, "document.readyState === 'complete' && location.protocol !== 'data:'");
        tab
    }

    /// What `expression` comes to in the tab, promises awaited.
    pub fn evaluate(&mut self, tab: &Tab, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let result = self.call(Some(&tab.session), "Runtime.evaluate", parameters);
        assert!(result.get("exceptionDetails").is_none(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    /// Waits until `expression` is true in the tab.
    pub fn until(&mut self, tab: &Tab, expression: &str) {
        let begun = Instant::now();
        while self.evaluate(tab, expression) != true {
            assert!(begun.elapsed() < Duration::from_secs(60), "never: {expression}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let mut process = self.process.lock().unwrap();
        let _ = self.requests.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        for _ in 0..50 {
            if process.try_wait().is_ok_and(|ended| ended.is_some()) {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = process.kill();
        let _ = process.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
