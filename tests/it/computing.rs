//! An agent that sends and then computes without awaiting: what it has sent is on its way meanwhile, even where one
//! worker does everything.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use alphora::prelude::*;
use alphora_tests::TestServer;

/// How long the agent computes. Nothing else runs on its worker then.
const COMPUTING: Duration = Duration::from_millis(250);

/// When the agent began to compute for the last time, and when it was done.
type Computed = Arc<Mutex<Vec<(Instant, Instant)>>>;

/// Gives way and is woken before anybody else gets a turn.
async fn woken_at_once() {
    let mut woken = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut woken, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

#[agent]
struct Thinker {
    computed: Computed,
    /// How often it has begun to compute.
    begun: Arc<AtomicUsize>,
    #[agent(stream)]
    stream: DataStreamer,
}

impl Thinker {
    fn compute(&self) {
        let begun = Instant::now();
        self.begun.fetch_add(1, Ordering::SeqCst);
        // As good as computing: nothing is awaited.
        sleep(COMPUTING);
        self.computed.lock().unwrap().push((begun, Instant::now()));
    }
}

#[agent]
impl Thinker {
    /// Sends what is asked for: a word for each letter, computing at each `-`, giving way at `.` and `!`.
    async fn run(&self, request: OpenAIRequest) -> alphora::Result {
        for (at, letter) in request.get_user_query().chars().enumerate() {
            match letter {
                '-' => self.compute(),
                '.' => tokio::task::yield_now().await,
                '!' => woken_at_once().await,
                letter => self.stream.text(format!("<{letter}{at}>")).await?,
            }
        }
        Ok(())
    }
}

/// What was read, and when.
fn read(addr: SocketAddr, script: &str) -> Vec<(Instant, String)> {
    let body = format!("{{\"messages\":[{{\"role\":\"user\",\"content\":\"{script}\"}}]}}");
    let mut socket = TcpStream::connect(addr).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST /alphadata/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).unwrap();
    socket.write_all(body.as_bytes()).unwrap();
    let (mut pieces, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        match socket.read(&mut buffer).unwrap() {
            0 => return pieces,
            read => pieces.push((Instant::now(), String::from_utf8(buffer[..read].to_vec()).unwrap())),
        }
    }
}

/// When `word` had arrived.
fn arrival(pieces: &[(Instant, String)], word: &str) -> Instant {
    let mut text = String::new();
    let found = pieces.iter().find(|(_, piece)| {
        text.push_str(piece);
        text.contains(word)
    });
    found.unwrap_or_else(|| panic!("{word} never came: {pieces:?}")).0
}

/// The body, without its chunks.
fn dechunked(pieces: &[(Instant, String)]) -> String {
    let text: String = pieces.iter().map(|(_, piece)| piece.as_str()).collect();
    let mut rest = text.split_once("\r\n\r\n").unwrap().1;
    let mut body = String::new();
    loop {
        let (size, after) = rest.split_once("\r\n").unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            assert_eq!(after, "\r\n");
            return body;
        }
        body.push_str(&after[..size]);
        rest = after[size..].strip_prefix("\r\n").unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_was_sent_leaves_while_the_agent_computes() {
    let computed = Computed::default();
    let server = TestServer::start(publish(Thinker::new(computed.clone(), Arc::default()))).await;
    // The word whose arrival counts comes right before each time of computing: first of all, right after another
    // one, and after the agent has waited.
    for script in ["a-", "ab-", "ab-c-", "a.b-cd-.e-f", "abcdefghij-k", "a.b!-c", "a!-b!-c"] {
        let addr = server.addr;
        computed.lock().unwrap().clear();
        let pieces = tokio::task::spawn_blocking(move || read(addr, script)).await.unwrap();
        let computed = computed.lock().unwrap().clone();
        let mut times = computed.iter();
        for (at, letter) in script.chars().enumerate().filter(|(_, letter)| *letter == '-') {
            let (begun, done) = times.next().unwrap();
            let before =
                script.chars().enumerate().take(at).filter(|(_, letter)| letter.is_alphabetic()).last();
            let (at, before) = before.unwrap();
            let arrived = arrival(&pieces, &format!("<{before}{at}>"));
            assert!(arrived < *done - COMPUTING / 2, "{script}{letter}: {:?} late", arrived - *begun);
        }
        let body = dechunked(&pieces);
        let sent = script.chars().filter(|letter| letter.is_alphabetic()).count();
        assert_eq!(body.matches("\"content_type\":\"text\"").count(), sent, "one send, one chunk: {body}");
        let places: Vec<_> = script
            .chars()
            .enumerate()
            .filter(|(_, letter)| letter.is_alphabetic())
            .map(|(at, letter)| body.find(&format!("<{letter}{at}>")).unwrap())
            .collect();
        assert!(places.is_sorted(), "{body}");
        assert!(body.ends_with("data: [DONE]\n\n"), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn nothing_is_lost_or_doubled_between_times_of_computing() {
    let computed = Computed::default();
    let server = TestServer::start(publish(Thinker::new(computed.clone(), Arc::default()))).await;
    // Bursts of text, each with a time of computing behind it.
    let script: String = "abcdefghijklmnop".repeat(24).replace('p', "-").replacen('-', "x", 20);
    let (addr, sent) = (server.addr, script.chars().filter(|letter| letter.is_alphabetic()).count());
    let pieces = tokio::task::spawn_blocking(move || read(addr, &script)).await.unwrap();
    let body = dechunked(&pieces);
    assert_eq!(body.matches("\"content_type\":\"text\"").count(), sent);
    assert!(body.ends_with("data: [DONE]\n\n"));
}

/// The worker that computes may be the one that waited for everybody's sockets and timers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_are_answered_while_one_agent_computes() {
    let (computed, begun) = (Computed::default(), Arc::new(AtomicUsize::new(0)));
    let server = TestServer::start(publish(Thinker::new(computed.clone(), begun.clone()))).await;
    let addr = server.addr;
    for round in 1..=10 {
        let computing = tokio::task::spawn_blocking(move || read(addr, "a-"));
        let (computed, begun) = (computed.clone(), begun.clone());
        let answered = move || {
            // It computes for as long as it cannot say that it is done.
            let _computing = computed.lock().unwrap();
            while begun.load(Ordering::SeqCst) < round {
                sleep(Duration::from_millis(1));
            }
            read(addr, "b");
        };
        tokio::task::spawn_blocking(answered).await.expect("it is answered while another agent computes");
        computing.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_whose_agent_computes_has_an_end_when_the_server_stops() {
    let limits = alphora::ServerConfig { drain_timeout: Duration::from_millis(200), ..Default::default() };
    let mut server =
        TestServer::start(publish(Thinker::new(Computed::default(), Arc::default())).server(limits)).await;
    let addr = server.addr;
    let (arrived, has_arrived) = tokio::sync::oneshot::channel();
    // Longer than the drain and all that follows it.
    let reading = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(addr).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let body = format!("{{\"messages\":[{{\"role\":\"user\",\"content\":\"ab{}\"}}]}}", "-".repeat(16));
        let length = body.len();
        let head = format!(
            "POST /alphadata/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        socket.write_all((head + &body).as_bytes()).unwrap();
        let (mut text, mut buffer, mut arrived) = (String::new(), [0; 4096], Some(arrived));
        while !text.contains("[DONE]") {
            let read = socket.read(&mut buffer).unwrap();
            assert!(read > 0, "cut off after: {text}");
            text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
            if text.contains("<b1>")
                && let Some(arrived) = arrived.take()
            {
                arrived.send(()).unwrap();
            }
        }
        text
    });
    has_arrived.await.unwrap();
    server.tell_to_stop();
    let text = reading.await.unwrap();
    assert!(text.contains("<b1>") && text.contains("\"code\":\"shutdown\""), "{text}");
    server.stopped().await;
}
