//! What the kernel is told about sockets.

use std::io;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};

/// How many connections may wait to be accepted. The system may allow fewer (`net.core.somaxconn`).
const BACKLOG: i32 = 4096;

/// How much the kernel holds for a client that has not shown yet that it reads, at most, in bytes.
const UNPROVEN: usize = 16 * 1024;

/// How long what was sent may stay unacknowledged before the connection counts as broken. A client that has vanished
/// without a word is noticed so long after the next event or heartbeat.
#[cfg(target_os = "linux")]
const ACKNOWLEDGEMENT: Duration = Duration::from_secs(30);

/// Tells a listening socket what all connections have in common. They inherit it, so that it costs a connection
/// nothing.
pub(super) fn prepare(listener: &TcpListener, send_buffer: usize) -> io::Result<()> {
    let socket = SockRef::from(listener);
    socket.set_send_buffer_size(send_buffer.min(UNPROVEN))?;
    // Without it the kernel holds back the second small chunk of a stream until the first is acknowledged.
    socket.set_tcp_nodelay(true)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(ACKNOWLEDGEMENT))?;
    // It listens already; this makes its queue longer.
    socket.listen(BACKLOG)
}

/// Gives a client that reads more than was there for it the room to do so quickly. One that reads nothing keeps what a
/// connection begins with, which is what thousands of them cost.
pub(super) fn make_room(stream: &TcpStream, send_buffer: usize) {
    if send_buffer > UNPROVEN {
        let _ = SockRef::from(stream).set_send_buffer_size(send_buffer);
    }
}

/// Tells the kernel to leave a client that reads nothing, but is there, to the stall timeout. To the kernel, which
/// may not have been told for how long, it would be broken as soon as one that is gone.
#[cfg(target_os = "linux")]
pub(super) fn wait_for_reader(stream: &TcpStream, stall_timeout: Duration) {
    let patience = ACKNOWLEDGEMENT.max(stall_timeout.saturating_add(Duration::from_secs(5)));
    // The option counts milliseconds in a `c_uint`, and what is longer is for ever.
    let patience = patience.min(Duration::from_millis(i32::MAX as u64));
    let _ = SockRef::from(stream).set_tcp_user_timeout(Some(patience));
}

/// Undoes [`wait_for_reader`].
#[cfg(target_os = "linux")]
pub(super) fn wait_as_usual(stream: &TcpStream) {
    let _ = SockRef::from(stream).set_tcp_user_timeout(Some(ACKNOWLEDGEMENT));
}

#[cfg(not(target_os = "linux"))]
pub(super) fn wait_for_reader(_: &TcpStream, _: Duration) {}

#[cfg(not(target_os = "linux"))]
pub(super) fn wait_as_usual(_: &TcpStream) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn connections_inherit_what_their_listener_was_told() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        prepare(&listener, 60_000).unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let socket = SockRef::from(&stream);
        assert!(stream.nodelay().unwrap());
        assert_eq!(socket.send_buffer_size().unwrap(), 2 * UNPROVEN, "Linux doubles it");
        make_room(&stream, 4096);
        assert_eq!(socket.send_buffer_size().unwrap(), 2 * UNPROVEN);
        make_room(&stream, 60_000);
        assert_eq!(socket.send_buffer_size().unwrap(), 120_000);
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(ACKNOWLEDGEMENT));
        wait_for_reader(&stream, Duration::from_secs(60));
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(Duration::from_secs(65)));
        wait_for_reader(&stream, Duration::MAX);
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(Duration::from_millis(i32::MAX as u64)));
        wait_as_usual(&stream);
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(ACKNOWLEDGEMENT));
    }
}
