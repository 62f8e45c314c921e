//! The floor: a bare socket server without any HTTP library, which shows what the machine allows.
//!
//! It is no server that anyone should run: it looks for what the benchmark's requests contain and for nothing
//! else, has one id for all responses, remembers nobody and believes every length. What a server of streams
//! cannot do without, it does: each chunk is put together from what precedes its word, the word and what follows
//! it, and what is ready leaves in one write.

mod request;
mod response;

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use self::response::Frame;
use crate::Result;
use crate::script::{Count, Script};
use crate::server_process::announce;

/// A request of the benchmark fits in.
const REQUEST: usize = 1024;
/// So much leaves in one write, and the rest in the next.
const FRAME: usize = 16 * 1024;

/// Serves on a free port of the loopback interface.
pub(crate) async fn serve() -> Result {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    announce(listener.local_addr()?)?;
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        #[expect(clippy::disallowed_methods, reason = "the floor does without alphora's task tracker")]
        tokio::spawn(async move {
            // A client that leaves is an error like any other, and ends the connection like any other.
            let _ = connection(socket).await;
        });
    }
}

/// Answers the requests of one client, one after the other.
async fn connection(mut socket: TcpStream) -> io::Result<()> {
    let mut received = Vec::with_capacity(REQUEST);
    let mut out = Vec::new();
    loop {
        received.clear();
        while !request::is_whole(&received) {
            if socket.read_buf(&mut received).await? == 0 {
                return Ok(());
            }
        }
        out.clear();
        let content = request::content(&received)?;
        match Script::parse(content) {
            Script::Count(count) if request::streams(&received) => {
                stream(&mut socket, &mut out, &count).await?;
            }
            Script::Echo(text) => {
                response::completion(&mut out, text);
                socket.write_all(&out).await?;
            }
            Script::Count(_) => {
                return Err(io::Error::other("the floor streams what is counted, and only that"));
            }
        }
    }
}

async fn stream(socket: &mut TcpStream, out: &mut Vec<u8>, count: &Count) -> io::Result<()> {
    out.extend_from_slice(response::STREAM_HEAD);
    let mut index = 0;
    while index < count.chunks {
        count.wait(index).await;
        let mut frame = Frame::begin(out);
        loop {
            frame.chunk(index);
            index += 1;
            if index == count.chunks || count.waits() || frame.len() > FRAME {
                break;
            }
        }
        if index == count.chunks {
            frame.stop();
        }
        frame.end();
        if index == count.chunks {
            out.extend_from_slice(response::STREAM_END);
        }
        socket.write_all(out).await?;
        out.clear();
    }
    Ok(())
}
