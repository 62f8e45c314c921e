//! The requests of the load.

/// The path of the agent on both servers.
const PATH: &str = "/alphadata/chat/completions";

/// The bytes of a request whose user says `content`.
pub(crate) fn request(content: &str, stream: bool) -> Vec<u8> {
    let body = format!(
        "{{\"model\":\"gpt-4\",\"messages\":[{{\"role\":\"user\",\"content\":\"{content}\"}}],\
         \"stream\":{stream},\"user\":\"user-123\"}}"
    );
    let length = body.len();
    format!(
        "POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: alphora-bench\r\nAccept: */*\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
