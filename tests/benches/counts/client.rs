//! The client: one connection, one request at a time, so that nothing happens at once.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::request::request;
use crate::response::Response;

/// What the server is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Non-streaming requests; each is an operation.
    Json,
    /// Streams of one chunk; each is an operation.
    FirstChunk,
    /// One stream as fast as possible; each chunk is an operation.
    Burst,
    /// One stream with a pause before each chunk, which so travels alone; each chunk is an operation.
    Paced,
}

/// Operations before those that are counted: what is done once is done in them.
const WARM_UP: usize = 100;
/// Before each request: by then the server waits for it, as one does that is not overloaded. Without a pause it would be
/// chance whether it does, and that costs 2,300 instructions.
const PAUSE: Duration = Duration::from_millis(2);
/// The time that the slowest server under valgrind may keep silent.
const PATIENCE: Duration = Duration::from_secs(20);

/// Warms the server at `address` up and asks for `operations` more operations.
pub(crate) fn ask(address: SocketAddr, work: Work, operations: usize) -> io::Result<()> {
    let mut client = Client::connect(address)?;
    let once = |client: &mut Client, content: &str, stream, events, times| {
        let request = request(content, stream);
        (0..times).try_for_each(|_| {
            std::thread::sleep(PAUSE);
            client.exchange(&request, events)
        })
    };
    match work {
        Work::Json => once(&mut client, "good morning, how are you?", false, 0, WARM_UP + operations),
        Work::FirstChunk => once(&mut client, "count:1", true, 1, WARM_UP + operations),
        Work::Burst | Work::Paced => {
            let pause = if work == Work::Paced { ",delay:1" } else { "" };
            once(&mut client, &format!("count:{WARM_UP}{pause}"), true, WARM_UP, 1)?;
            once(&mut client, &format!("count:{operations}{pause}"), true, operations, 1)
        }
    }
}

struct Client {
    socket: TcpStream,
    buffer: Box<[u8]>,
    response: Response,
}

impl Client {
    fn connect(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpStream::connect(address)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { socket, buffer: vec![0; 256 * 1024].into(), response: Response::new() })
    }

    /// Sends `request` and reads the response, which has to bring at least `events` events.
    fn exchange(&mut self, request: &[u8], events: usize) -> io::Result<()> {
        self.response.reset();
        self.socket.write_all(request)?;
        while !self.response.is_done() {
            let length = self.socket.read(&mut self.buffer)?;
            if length == 0 {
                return Err(io::Error::other("the server closed the connection within a response"));
            }
            self.response.feed(&self.buffer[..length])?;
        }
        if self.response.events() < events {
            return Err(io::Error::other("a stream ended before its last chunk"));
        }
        Ok(())
    }
}
