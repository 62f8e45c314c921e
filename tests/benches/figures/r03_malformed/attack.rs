//! One request that something is wrong with.

use alphora_tests::chaos::Random;

use super::body;

const PATHS: &[&str] = &[
    "/alphadata/chat/completions",
    "/v1/chat/completions",
    "/alphadata/models",
    "/v1/models/actor",
    "/v1/models/%00",
    "/alphadata/runs/cmpl-0/cancel",
    "/v1/runs/cmpl-00000000000000000000000000000000/events",
    "/alphadata/sessions/a",
    "/alphadata/sessions/%ff/export",
    "/alphadata/sessions?limit=-1&after=%00",
    "/health",
    "/ready",
    "/metrics",
    "/docs",
    "/openapi.json",
    "/",
    "/../../etc/passwd",
    "/alphadata/..%2f..%2fetc",
    "//",
    "*",
    "http://elsewhere.test/v1/models",
];
const METHODS: &[&str] = &[
    "POST", "POST", "POST", "GET", "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT",
    "PRI", "post", "G\u{0}T", "",
];
/// Headers with values that they cannot have, or that contradict others.
const HEADERS: &[&str] = &[
    "Content-Type: text/plain",
    "Content-Type: application/json; charset=\u{1}",
    "Content-Encoding: gzip",
    "Content-Length: -1",
    "Content-Length: 99999999999999999999",
    "Content-Length: 5\r\nContent-Length: 6",
    "Content-Length: 0x10",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 4",
    "Transfer-Encoding: \u{b}chunked",
    "Expect: 100-continue",
    "Expect: nonsense",
    "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
    "Upgrade: websocket\r\nConnection: Upgrade",
    "Connection: close, \u{7f}",
    "Host: ",
    "Host: a\r\nHost: b",
    "Origin: null",
    "Origin: http://elsewhere.test",
    "Authorization: Bearer ",
    "Authorization: Basic \u{ff}",
    "Accept: \u{ff}\u{fe}",
    "x-session-id: ../../etc/passwd",
    "x-session-id: \u{e9}",
    "x-alphora-resumable: maybe",
    "x-alphora-resumable: 1",
    "x-alphora-on-disconnect: explode",
    "x-alphora-concurrency: all",
    "Last-Event-ID: -1",
    "Last-Event-ID: 18446744073709551616",
    "Idempotency-Key: ",
    "Idempotency-Key: \u{e9}\u{1}",
    "traceparent: 00-0-0-0",
    "tracestate: =,=,=",
    " leading: space",
    "no colon at all",
    "name with space: x",
    ": empty",
    "obs: a\r\n folded",
];

/// A request of one of many kinds, with the name of its kind.
pub(super) fn one(random: &mut Random) -> (&'static str, Vec<u8>) {
    match random.below(10) {
        0 => ("noise", noise(random)),
        1 => ("changed bytes", changed(random)),
        2 => ("cut short", cut(random)),
        3 => ("odd headers", odd_headers(random)),
        4 => ("odd routes", odd_route(random)),
        5 => ("large heads", large_head(random)),
        6 => ("odd chunks", odd_chunks(random)),
        7 => ("several at once", several(random)),
        _ => ("odd bodies", post(&body::odd(random), &[])),
    }
}

/// A proper request around a body.
fn post(body: &[u8], headers: &[&str]) -> Vec<u8> {
    let mut bytes =
        b"POST /alphadata/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n".to_vec();
    for header in headers {
        bytes.extend(header.chars().map(low_byte));
        bytes.extend_from_slice(b"\r\n");
    }
    if !headers.iter().any(|header| header.starts_with("Content-Type")) {
        bytes.extend_from_slice(b"Content-Type: application/json\r\n");
    }
    if !headers.iter().any(|header| header.contains("Content-Length") || header.contains("Transfer-Encoding"))
    {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

/// What stands above ASCII is one byte, so that headers have bytes that are no UTF-8.
fn low_byte(letter: char) -> u8 {
    u8::try_from(u32::from(letter)).unwrap_or(b'?')
}

fn noise(random: &mut Random) -> Vec<u8> {
    let length = random.below(2000);
    let mut bytes: Vec<u8> = (0..length).map(|_| random.number().to_le_bytes()[0]).collect();
    if random.one_in(2) {
        bytes.extend_from_slice(b"\r\n\r\n");
    }
    bytes
}

fn changed(random: &mut Random) -> Vec<u8> {
    let mut bytes = post(&body::sound(random), &[]);
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len());
        let any = random.number().to_le_bytes()[0];
        let byte = random.pick(&[0, b'\r', b'\n', b' ', b':', b'"', b'{', 0xff, any]);
        match random.below(3) {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            _ => drop(bytes.remove(at)),
        }
    }
    bytes
}

fn cut(random: &mut Random) -> Vec<u8> {
    let mut bytes = post(&body::sound(random), &[]);
    bytes.truncate(random.below(bytes.len()));
    bytes
}

fn odd_headers(random: &mut Random) -> Vec<u8> {
    let headers: Vec<&str> = (0..=random.below(4)).map(|_| random.pick(HEADERS)).collect();
    post(&body::sound(random), &headers)
}

fn odd_route(random: &mut Random) -> Vec<u8> {
    let version = random.pick(&[
        "HTTP/1.1",
        "HTTP/1.1",
        "HTTP/1.0",
        "HTTP/2.0",
        "HTTP/9.9",
        "HTTP/1.1.1",
        "",
        "SPDY/3",
    ]);
    let (method, path) = (random.pick(METHODS), random.pick(PATHS));
    let body = if random.one_in(2) { body::sound(random) } else { Vec::new() };
    let head = format!(
        "{method} {path} {version}\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body].concat()
}

fn large_head(random: &mut Random) -> Vec<u8> {
    let (count, length) = random.pick(&[(1, 70_000), (150, 10), (90, 300), (1, 17_000), (3, 5_000)]);
    let headers: Vec<String> = (0..count).map(|at| format!("x-{at}: {}", "a".repeat(length))).collect();
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    post(&body::sound(random), &headers)
}

fn odd_chunks(random: &mut Random) -> Vec<u8> {
    let body = String::from_utf8_lossy(&body::sound(random)).into_owned();
    let size = random.pick(&[
        "ffffffffffffffff",
        "-1",
        "zz",
        "0",
        "",
        "5;ext=\"",
        "00000000000000000000001",
        "7fffffff",
    ]);
    let chunks = match random.below(3) {
        0 => format!("{size}\r\n{body}\r\n0\r\n\r\n"),
        1 => format!("{:x}\r\n{body}{size}\r\n", body.len()),
        _ => format!("{:x}\r\n{body}\r\n0\r\nTrailer: \u{1}\r\n\r\n", body.len()),
    };
    post(chunks.as_bytes(), &["Transfer-Encoding: chunked"])
}

fn several(random: &mut Random) -> Vec<u8> {
    (0..2 + random.below(6))
        .flat_map(|_| if random.one_in(2) { changed(random) } else { odd_route(random) })
        .collect()
}
