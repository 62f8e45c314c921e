//! One connection: requests in, steps out.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::answer::{Answer, Step};
use super::record::{Record, Seen};

/// What the server is told to do with a request.
pub(super) type Script = Arc<dyn Fn(&Seen) -> Answer + Send + Sync>;

/// Whether a connection goes on after an answer.
enum Then {
    Next,
    Over,
}

/// Answers the requests of one connection until it ends.
pub(super) async fn serve(
    mut stream: TcpStream,
    number: usize,
    record: Record,
    script: Script,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = Vec::new();
    while let Some(mut seen) = read_request(&mut stream, &mut bytes, number).await? {
        record.request(&mut seen);
        for step in script(&seen).steps {
            match run(&mut stream, step).await {
                Ok(Then::Next) => {}
                Ok(Then::Over) => return Ok(()),
                Err(error) => {
                    record.abandoned();
                    return Err(error);
                }
            }
        }
    }
    Ok(())
}

async fn run(stream: &mut TcpStream, step: Step) -> io::Result<Then> {
    match step {
        Step::Write(bytes) => stream.write_all(&bytes).await?,
        Step::Pause(pause) => tokio::select! {
            () = tokio::time::sleep(pause) => {}
            error = gone(stream) => return Err(error),
        },
        Step::Stall => return Err(gone(stream).await),
        Step::Close => {
            stream.shutdown().await?;
            return Ok(Then::Over);
        }
        Step::Reset => {
            stream.set_zero_linger()?;
            return Ok(Then::Over);
        }
        Step::HalfClose => {
            stream.shutdown().await?;
            gone(stream).await;
            return Ok(Then::Over);
        }
    }
    Ok(Then::Next)
}

/// Waits until the client goes away. It has nothing more to say while it is being answered.
async fn gone(stream: &mut TcpStream) -> io::Error {
    let mut byte = [0];
    match stream.read(&mut byte).await {
        Ok(_) => io::ErrorKind::ConnectionAborted.into(),
        Err(error) => error,
    }
}

/// The next request, or `None` if the client has no more.
async fn read_request(
    stream: &mut TcpStream,
    bytes: &mut Vec<u8>,
    connection: usize,
) -> io::Result<Option<Seen>> {
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = content_length(&head);
            if bytes.len() >= end + 4 + length {
                let body = String::from_utf8_lossy(&bytes[end + 4..end + 4 + length]).into_owned();
                bytes.drain(..end + 4 + length);
                return Ok(Some(Seen::new(connection, &head, body)));
            }
        }
        if stream.read_buf(bytes).await? == 0 {
            return Ok(None);
        }
    }
}

fn content_length(head: &str) -> usize {
    let lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
    let mut lengths = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    lengths.next().and_then(|(_, length)| length.parse().ok()).unwrap_or(0)
}
