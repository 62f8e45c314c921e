//! What is fetched, and what is not, from servers on loopback that are listed or that are not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::resolver::Lookup;
use super::{Client, ClientBuilder, FetchError, FetchErrorKind};

#[cfg(feature = "logging")]
mod log;

/// A server that gives each connection the next answer, the last one from then on, and keeps what it was asked.
struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let notes = asked.clone();
        #[expect(clippy::disallowed_methods, reason = "it ends with its test's runtime")]
        tokio::spawn(async move {
            for at in 0_usize.. {
                let Ok((mut stream, _)) = listener.accept().await else { return };
                let mut head = vec![0; 8192];
                let read = stream.read(&mut head).await.unwrap_or(0);
                notes.lock().unwrap().push(String::from_utf8_lossy(&head[..read]).into_owned());
                let _ = stream.write_all(answers[at.min(answers.len() - 1)].as_bytes()).await;
            }
        });
        Self { port, asked }
    }

    async fn saying(body: &str) -> Self {
        Self::start(vec![whole(body)]).await
    }

    async fn redirecting(status: u16, location: &str) -> Self {
        Self::start(vec![redirect(status, location), whole("there")]).await
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/page", self.port)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn whole(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn redirect(status: u16, location: &str) -> String {
    format!(
        "HTTP/1.1 {status} Elsewhere\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
}

/// A client that may reach this machine.
fn local() -> ClientBuilder {
    Client::builder().allow("127.0.0.1")
}

/// Names that lead where `answers` say, one after the other.
fn names(answers: &'static [&'static [&'static str]]) -> Lookup {
    let asked = AtomicUsize::new(0);
    Arc::new(move |_| {
        let at = asked.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
        let addresses =
            answers[at].iter().map(|text| std::net::SocketAddr::new(text.parse().unwrap(), 0)).collect();
        Box::pin(async move { Ok(addresses) })
    })
}

async fn kind(client: &Client, url: &str) -> FetchErrorKind {
    client.get(url).await.map(|answer| answer.status()).expect_err(url).kind()
}

#[tokio::test]
async fn what_is_listed_is_fetched() {
    let server = Server::saying("{\"a\": 1}").await;
    let client = local().build().unwrap();
    let answer = client.get(server.url()).header("x-mine", "1").await.unwrap();
    assert_eq!((answer.status(), answer.text()), (200, "{\"a\": 1}".to_owned()));
    assert_eq!(answer.json::<serde_json::Value>().unwrap()["a"], 1);
    assert_eq!(answer.url(), server.url());
    let sent = client.post(server.url()).json(&[1, 2]).await.unwrap();
    assert_eq!(sent.success().unwrap().header("content-length"), Some("8"));
    let asked = server.asked();
    assert!(asked[0].starts_with("GET /page HTTP/1.1\r\n") && asked[0].contains("x-mine: 1"), "{asked:?}");
    assert!(asked[1].contains("content-type: application/json") && asked[1].ends_with("[1,2]"), "{asked:?}");
}

#[tokio::test]
async fn what_is_not_public_is_refused_in_every_form() {
    let server = Server::saying("never").await;
    let client = Client::new().unwrap();
    let port = server.port;
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",
        "127.0.0.1.",
        "127。0。0。1",
        "①②⑦.⓪.⓪.①",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[::127.0.0.1]",
        "localhost",
        "LOCALHOST",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0xa9fea9fe",
        "2852039166",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "168.63.129.16",
        "[fe80::1]",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
    ];
    for host in hosts {
        assert_eq!(kind(&client, &format!("http://{host}:{port}/")).await, FetchErrorKind::Refused, "{host}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn only_addresses_of_the_web_are_fetched() {
    let client = local().build().unwrap();
    for url in [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/",
        "data:,x",
        "javascript:1",
        "unix:/run/x",
    ] {
        assert_eq!(kind(&client, url).await, FetchErrorKind::Refused, "{url}");
    }
    for url in ["", "page", "//127.0.0.1/", "http://", "http://[::1", "http://a b/", "http://999.1.1.1/"] {
        assert_eq!(kind(&client, url).await, FetchErrorKind::InvalidRequest, "{url}");
    }
    for url in ["http://user@127.0.0.1/", "http://user:canary@127.0.0.1/", "http://1.1.1.1@127.0.0.1/"] {
        let error = client.get(url).await.unwrap_err();
        assert_eq!(error.kind(), FetchErrorKind::Refused, "{url}");
        assert!(!error.to_string().contains("canary"));
    }
    let secure = local().https_only(true).build().unwrap();
    assert_eq!(kind(&secure, "http://127.0.0.1/").await, FetchErrorKind::Refused);
}

#[tokio::test]
async fn a_name_is_as_good_as_its_addresses() {
    let server = Server::saying("there").await;
    let url = format!("http://shop.test:{}/", server.port);
    let to = |answers| local().lookup(names(answers)).build().unwrap();
    assert_eq!(to(&[&["127.0.0.1"]]).get(&url).await.unwrap().text(), "there");
    assert_eq!(kind(&to(&[&["127.0.0.2"]]), &url).await, FetchErrorKind::Refused);
    // One honest address does not make up for another.
    assert_eq!(kind(&to(&[&["127.0.0.1", "10.0.0.1"]]), &url).await, FetchErrorKind::Refused);
    // Which names there are here is nobody's business either.
    assert_eq!(kind(&to(&[&[]]), &url).await, FetchErrorKind::Refused);
}

#[tokio::test]
async fn an_answer_that_changes_gains_nothing() {
    let server = Server::saying("there").await;
    let url = format!("http://rebinding.test:{}/", server.port);
    // The name is asked once for each connection, and what was checked is what is connected to.
    let client = local().lookup(names(&[&["127.0.0.1"], &["127.0.0.2"], &["127.0.0.1"]])).build().unwrap();
    assert_eq!(client.get(&url).await.unwrap().text(), "there");
    assert_eq!(kind(&client, &url).await, FetchErrorKind::Refused);
    assert_eq!(client.get(&url).await.unwrap().text(), "there");
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn each_redirect_is_checked() {
    let client = local().build().unwrap();
    for location in
        ["http://127.0.0.2/", "http://2130706434/", "http://[::1]/", "//169.254.169.254/latest/meta-data"]
    {
        let server = Server::redirecting(302, location).await;
        let expected = FetchErrorKind::Refused;
        assert_eq!(kind(&client, &server.url()).await, expected, "{location}");
        assert_eq!(server.asked().len(), 1);
    }
    let server = Server::redirecting(302, "file:///etc/passwd").await;
    assert_eq!(kind(&client, &server.url()).await, FetchErrorKind::Refused);
}

#[tokio::test]
async fn a_redirect_takes_secrets_nowhere_else() {
    let client = local().build().unwrap();
    let there = Server::saying("there").await;
    let here = Server::redirecting(302, &there.url()).await;
    let answer =
        client.get(here.url()).header("authorization", "Bearer canary").header("x-api-key", "canary").await;
    assert_eq!(answer.unwrap().url(), there.url());
    assert!(here.asked()[0].contains("canary") && !there.asked()[0].contains("canary"));

    let home = Server::redirecting(307, "/other").await;
    let sent = client.post(home.url()).header("x-api-key", "mine").body("text").await.unwrap();
    assert_eq!(sent.text(), "there");
    assert!(home.asked()[1].starts_with("POST /other") && home.asked()[1].contains("mine"));

    let away = Server::redirecting(308, &there.url()).await;
    let error = client.post(away.url()).body("canary").await.unwrap_err();
    assert_eq!((error.kind(), there.asked().len()), (FetchErrorKind::Refused, 1));
}

#[tokio::test]
async fn redirects_change_the_method_as_everywhere() {
    let client = local().build().unwrap();
    for (status, method) in [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")] {
        let server = Server::redirecting(status, "next").await;
        assert_eq!(client.post(server.url()).body("text").await.unwrap().text(), "there");
        assert!(server.asked()[1].starts_with(&format!("{method} /next ")), "{status}: {:?}", server.asked());
    }
}

#[tokio::test]
async fn redirects_have_an_end() {
    let round = Server::start(vec![redirect(302, "/again")]).await;
    let client = local().max_redirects(3).build().unwrap();
    assert_eq!(kind(&client, &round.url()).await, FetchErrorKind::TooManyRedirects);
    assert_eq!(round.asked().len(), 4);
    let none = local().max_redirects(0).build().unwrap();
    assert_eq!(none.get(round.url()).await.unwrap().status(), 302);
}

#[tokio::test]
async fn size_is_bounded_whether_it_is_announced_or_not() {
    let client = local().max_bytes(4).build().unwrap();
    let fits = Server::saying("1234").await;
    assert_eq!(client.get(fits.url()).await.unwrap().text(), "1234");
    let announced = Server::saying("12345").await;
    assert_eq!(kind(&client, &announced.url()).await, FetchErrorKind::TooLarge);
    let until_closed =
        Server::start(vec!["HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n12345".to_owned()]).await;
    assert_eq!(kind(&client, &until_closed.url()).await, FetchErrorKind::TooLarge);
    let torn = Server::start(vec!["HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n12".to_owned()]).await;
    assert_eq!(kind(&client, &torn.url()).await, FetchErrorKind::InvalidResponse);
}

#[tokio::test]
async fn time_is_bounded_redirects_and_all() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = local().timeout(Duration::from_millis(50)).build().unwrap();
    let silent = format!("http://{}/", listener.local_addr().unwrap());
    assert_eq!(kind(&client, &silent).await, FetchErrorKind::Timeout);
}

#[tokio::test]
async fn what_cannot_be_sent_is_an_error_and_nothing_is_sent() {
    let server = Server::saying("never").await;
    let client = local().build().unwrap();
    let url = server.url();
    let errors: [Result<_, FetchError>; 5] = [
        client.get(&url).header("a b", "c").await,
        client.get(&url).header("a", "b\r\nc: d").await,
        client.get(&url).header("Host", "elsewhere").await,
        client.request("CONNECT", &url).await,
        client.request("G E T", &url).await,
    ];
    for error in errors {
        assert_eq!(error.unwrap_err().kind(), FetchErrorKind::InvalidRequest);
    }
    assert!(server.asked().is_empty());
}

#[test]
fn options_that_are_none_are_refused_in_words() {
    let error = Client::builder().allow("10.0.0.0/99").build().unwrap_err();
    assert!(error.to_string().contains("`10.0.0.0/99`"), "{error}");
    let shown = format!("{:?}", Client::builder().allow("10.0.0.0/8"));
    assert!(shown.contains("10.0.0.0") && shown.contains("max_bytes"), "{shown}");
}
